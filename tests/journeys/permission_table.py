"""Who may use which address: one row for each endpoint and method, one outcome for each role.

A role named nowhere in a row has the outcome that the row's kind gives to the rest. Names in
braces stand for things of :class:`tests.journeys.trades_in_every_state.World`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.journeys.trades_in_every_state import Role

ANONYMOUS = Role.ANONYMOUS
SUPPLIER, SUPPLIER_FINANCE = Role.SUPPLIER, Role.SUPPLIER_FINANCE
SUPPLIER_VIEWER, PURCHASER = Role.SUPPLIER_VIEWER, Role.PURCHASER
STRANGER, UNVERIFIED = Role.STRANGER, Role.UNVERIFIED
BROKER, FINANCE, DEPOT = Role.BROKER, Role.FINANCE, Role.DEPOT
OTHER_DEPOT, VERIFIER, ADMINISTRATOR = Role.OTHER_DEPOT, Role.VERIFIER, Role.ADMINISTRATOR

EVERYBODY = frozenset(Role)
SUPPLIER_PEOPLE = frozenset({SUPPLIER, SUPPLIER_FINANCE, SUPPLIER_VIEWER})
PARTIES = SUPPLIER_PEOPLE | {PURCHASER}
COMPANY_PEOPLE = PARTIES | {STRANGER, UNVERIFIED}
OWNERS = COMPANY_PEOPLE - {SUPPLIER_FINANCE, SUPPLIER_VIEWER}
STAFF = EVERYBODY - COMPANY_PEOPLE - {ANONYMOUS}
OFFICE = frozenset({BROKER, FINANCE, ADMINISTRATOR})
BROKERS = frozenset({BROKER, ADMINISTRATOR})
KEEPERS = frozenset({DEPOT, BROKER, ADMINISTRATOR})
READERS = frozenset({FINANCE, ADMINISTRATOR})
CHECKERS = frozenset({VERIFIER, ADMINISTRATOR})
#: Who belongs to the supplier but may not trade for it, and who sees its listings all the same.
NO_TRADERS = frozenset({SUPPLIER_FINANCE, SUPPLIER_VIEWER})


class Outcome(StrEnum):
    """What an address answers."""

    LET_IN = "let in"
    SIGN_IN = "sent to sign in"
    FORBIDDEN = "forbidden (403)"
    HIDDEN = "not found (404)"


@dataclass(frozen=True)
class Row:
    """An address, what is sent to it, and the outcome for each role."""

    endpoint: str
    method: str
    path: str
    outcomes: Mapping[Role, Outcome]
    form: Mapping[str, str] = field(default_factory=dict)
    upload: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _row(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    rest: Outcome,
    *,
    forbidden: Collection[Role] = (),
    hidden: Collection[Role] = (),
    upload: str = "",
    **form: str,
) -> Row:
    outcomes = dict.fromkeys(Role, rest)
    outcomes[ANONYMOUS] = Outcome.SIGN_IN
    outcomes |= dict.fromkeys(forbidden, Outcome.FORBIDDEN)
    outcomes |= dict.fromkeys(hidden, Outcome.HIDDEN)
    outcomes |= dict.fromkeys(let_in, Outcome.LET_IN)
    return Row(endpoint, method, path, outcomes, form, upload)


def _public(endpoint: str, method: str, path: str, **form: str) -> Row:
    """Open to everybody."""
    return _row(endpoint, method, path, EVERYBODY, Outcome.LET_IN, **form)


def _signed_in(endpoint: str, method: str, path: str, **form: str) -> Row:
    """For everybody who has signed in."""
    return _row(endpoint, method, path, EVERYBODY - {ANONYMOUS}, Outcome.LET_IN, **form)


def _nobody(endpoint: str, method: str, path: str) -> Row:
    """There only in a demonstration."""
    return _row(endpoint, method, path, (), Outcome.HIDDEN, hidden=EVERYBODY)


def _work(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    hidden: Collection[Role] = (),
    **form: str,
) -> Row:
    """Pages of a kind of work: whoever hasn't that role is told so."""
    return _row(endpoint, method, path, let_in, Outcome.FORBIDDEN, hidden=hidden, **form)


def _own(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    forbidden: Collection[Role] = (),
    hidden: Collection[Role] = (),
    upload: str = "",
    **form: str,
) -> Row:
    """Things that belong to somebody: to others they don't exist."""
    return _row(
        endpoint,
        method,
        path,
        let_in,
        Outcome.HIDDEN,
        forbidden=forbidden,
        hidden=hidden,
        upload=upload,
        **form,
    )


def _entrance() -> Iterator[Row]:
    yield _public("accounts.sign_in", "GET", "/sign-in")
    yield _public("accounts.sign_in", "POST", "/sign-in", email="a@example.org", password="no")
    yield _nobody("accounts.sign_in_as_demo_person", "POST", "/sign-in/demo")
    yield _public("accounts.sign_out", "POST", "/sign-out")
    yield _public("accounts.forgot_password", "GET", "/forgot-password")
    yield _public("accounts.forgot_password", "POST", "/forgot-password", email="a@example.org")
    reset = "/reset-password/{resetting_token}"
    yield _public("accounts.reset_password", "GET", reset)
    yield _public("accounts.reset_password", "POST", reset, password="short")
    yield _public("accounts.choose_language", "POST", "/language", language="zh_Hans")
    yield _public("accounts.rules", "GET", "/rules")
    yield _public("joining.register", "GET", "/register")
    yield _public("joining.register", "POST", "/register")
    yield _public("joining.registered", "GET", "/register/done")
    yield _public("joining.confirm", "GET", "/confirm/{confirming_token}")
    yield _public("joining.confirm_email", "POST", "/confirm/{confirming_token}")
    yield _public("joining.accept_invitation", "GET", "/invitations/{joining_token}")
    yield _public("joining.accept_invitation", "POST", "/invitations/{joining_token}")
    yield _nobody("messaging.mails", "GET", "/demo/mail")
    yield _nobody("messaging.one_mail", "GET", "/demo/mail/{message}")
    yield _public("contract_checking.verify", "GET", "/verify")
    yield _public("contract_checking.verify", "POST", "/verify")
    yield _public("contract_checking.verify", "GET", "/verify/{number}")
    sha256 = "{issued_sha256}"
    yield _public("contract_checking.verify", "POST", "/verify/{number}", sha256=sha256)


def _account() -> Iterator[Row]:
    yield _signed_in("account.show", "GET", "/account")
    yield _signed_in(
        "account.update_settings",
        "POST",
        "/account/settings",
        name="A. Person",
        language="en",
        zone="UTC",
        version="1",
    )
    yield _signed_in("account.change_password", "POST", "/account/password")
    ending = "/account/sessions/{session}/end"
    yield _own("accounts.end_session", "POST", ending, {SUPPLIER})
    yield _signed_in("accounts.end_other_sessions", "POST", "/account/sessions/end-others")
    yield _signed_in("messaging.notices", "GET", "/notices")
    yield _signed_in("messaging.mark_all_read", "POST", "/notices/read")
    yield _own("messaging.open_notice", "POST", "/notices/{notice}/open", {SUPPLIER})
    yield _public("desk.home", "GET", "/")


def _company() -> Iterator[Row]:
    money_people = COMPANY_PEOPLE - {SUPPLIER_VIEWER}
    yield _own("company.show", "GET", "/company", COMPANY_PEOPLE)
    for method in ("GET", "POST"):
        yield _own(
            "company.edit",
            method,
            "/company/edit",
            OWNERS,
            NO_TRADERS,
            legal_name="Deccan Growers Ltd.",
            country="IN",
            registration_number="REG-000001",
            street="1 Market Road",
            city="Mumbai",
            region="{region_id}",
            version="{company_version}",
        )
        yield _own(
            "company.bank_account",
            method,
            "/company/bank-account",
            money_people,
            {SUPPLIER_VIEWER},
            currency="INR",
            holder="Deccan Growers Ltd.",
            bank_country="IN",
            clearing_code="SBIN0000001",
            account_number="00000004711",
            password="{password}",
        )
    papers = "/company/papers"
    yield _own(
        "company.add_paper",
        "POST",
        papers,
        money_people,
        {SUPPLIER_VIEWER},
        upload="file",
        title="Extract",
    )
    readers = {SUPPLIER, SUPPLIER_FINANCE} | CHECKERS
    yield _own("company.paper", "GET", "/company/papers/{paper}", readers)
    removing = {SUPPLIER, SUPPLIER_FINANCE}
    yield _own(
        "company.remove_paper",
        "POST",
        "/company/papers/{paper}/remove",
        removing,
        {SUPPLIER_VIEWER},
    )
    yield _own(
        "company.submit",
        "POST",
        "/company/submit",
        OWNERS,
        NO_TRADERS,
        version="{newcomer_version}",
    )
    people = "/company/people"
    invited = {"email": "new@example.org", "role": "viewer"}
    yield _own("company.invite", "POST", f"{people}/invite", OWNERS, NO_TRADERS, **invited)
    withdrawing = f"{people}/invitations/{{invitation}}/withdraw"
    yield _own("company.withdraw_invitation", "POST", withdrawing, {SUPPLIER}, NO_TRADERS)
    role = {"role": "viewer", "version": "1"}
    colleague = f"{people}/{{colleague}}"
    yield _own("company.change_role", "POST", f"{colleague}/role", {SUPPLIER}, NO_TRADERS, **role)
    yield _own("company.remove_colleague", "POST", f"{colleague}/remove", {SUPPLIER}, NO_TRADERS)
    alias = {"alias": "{stranger_alias}"}
    yield _own("company.block", "POST", "/company/blocks", OWNERS, NO_TRADERS, **alias)
    lifting = "/company/blocks/{blocked_alias}/lift"
    yield _own("company.unblock", "POST", lifting, {SUPPLIER}, NO_TRADERS)


def _verification() -> Iterator[Row]:
    base = "/verification"
    company = f"{base}/{{newcomer}}"
    reason = {"reason": "The extract is missing.", "version": "{newcomer_version}"}
    verifier, administrator = {VERIFIER}, {ADMINISTRATOR}
    yield _work("verification.queue", "GET", base, CHECKERS)
    yield _work("verification.show", "GET", company, CHECKERS)
    yield _work("verification.take", "POST", f"{company}/take", verifier, **reason)
    for step in ("approve", "more", "reject", "revoke"):
        yield _work("verification.decide", "POST", f"{company}/{step}", verifier, **reason)
    for step in ("suspend", "reinstate"):
        path = f"{company}/{step}"
        yield _work("verification.change_suspension", "POST", path, administrator, **reason)
    confirming = f"{base}/bank-accounts/{{account}}/confirm"
    yield _work("verification.confirm_account", "POST", confirming, verifier)
    refusing = f"{base}/{{blocked}}/bank-accounts/{{account}}/refuse"
    yield _work("verification.refuse_account", "POST", refusing, verifier, **reason)


def _market() -> Iterator[Row]:
    yield _public("market.index", "GET", "/market")
    yield _public("market.commodities", "GET", "/market/commodities")
    yield _public("market.commodity", "GET", "/market/commodities/{commodity_code}")
    yield _public("market.listing", "GET", "/market/listings/{open}")
    yield _public("market.picture", "GET", "/market/pictures/{open_picture}")
    yield _public("market.thumbnail", "GET", "/market/pictures/{open_picture}/thumbnail")
    # What is not on the market is seen by its company and by the hub's people only.
    insiders = SUPPLIER_PEOPLE | STAFF
    for endpoint, path in (
        ("market.listing", "/market/listings/{draft}"),
        ("market.picture", "/market/pictures/{draft_picture}"),
        ("market.thumbnail", "/market/pictures/{draft_picture}/thumbnail"),
    ):
        yield _own(endpoint, "GET", path, insiders, hidden={ANONYMOUS})
    for method in ("GET", "POST"):
        path = "/market/listings/{open}/propose"
        yield _work("propose.propose", method, path, {PURCHASER, STRANGER})


def _posting() -> Iterator[Row]:
    traders = {SUPPLIER, PURCHASER, STRANGER}
    insiders = SUPPLIER_PEOPLE | BROKERS
    lookers = insiders - {SUPPLIER}
    yield _signed_in("posting.index", "GET", "/listings")
    yield _work("posting.new", "GET", "/listings/new", traders)
    path = "/listings/new?side=supply&commodity={commodity_code}"
    yield _work("posting.new", "POST", path, traders)
    yield _own("posting.listing", "GET", "/listings/{draft}", insiders)
    for method in ("GET", "POST"):
        yield _own("posting.edit", method, "/listings/{draft}/edit", {SUPPLIER}, lookers)
    for step, name in (
        ("submit", "draft"),
        ("pause", "open"),
        ("resume", "paused"),
        ("withdraw", "open"),
    ):
        path, version = f"/listings/{{{name}}}/{step}", f"{{{name}_version}}"
        yield _own(f"posting.{step}", "POST", path, {SUPPLIER}, lookers, version=version)
    pictures = "/listings/{draft}/pictures"
    yield _own("posting_pictures.add", "POST", pictures, {SUPPLIER}, lookers, upload="pictures")
    picture = f"{pictures}/{{draft_picture}}"
    yield _own("posting_pictures.remove", "POST", f"{picture}/remove", {SUPPLIER}, lookers)
    yield _own("posting_pictures.show", "GET", picture, insiders)
    yield _own("posting_pictures.show", "GET", f"{picture}/thumbnail", insiders)
    for method in ("GET", "POST"):
        yield _work("posting_imports.upload", method, "/listings/import", traders)
    yield _signed_in("posting_imports.template", "GET", "/listings/import/template.csv")
    batch, importers = "/listings/import/{batch}", SUPPLIER_PEOPLE | {ADMINISTRATOR}
    yield _own("posting_imports.result", "GET", batch, importers)
    yield _own("posting_imports.refused", "GET", f"{batch}/refused.csv", importers)
    yield _work("review.index", "GET", "/review", {BROKER})
    yield _work("review.approve_selected", "POST", "/review/approve", {BROKER}, listing="{pending}")
    decision = {"version": "{pending_version}", "reason": "Say more of the quality."}
    for endpoint, step in (
        ("approve", "approve"),
        ("return_to_draft", "return"),
        ("reject", "reject"),
    ):
        path = f"/review/{{pending}}/{step}"
        yield _work(f"review.{endpoint}", "POST", path, {BROKER}, **decision)
    yield _work("review.confirm_price", "POST", "/review/{cheap}/confirm-price", {BROKER})


def _matching() -> Iterator[Row]:
    yield _own("proposals.index", "GET", "/proposals", COMPANY_PEOPLE)
    yield _own("proposals.proposal", "GET", "/proposals/{asked}", PARTIES)
    for step in ("consent", "decline"):
        yield _own(
            f"proposals.{step}",
            "POST",
            f"/proposals/{{asked}}/{step}",
            {SUPPLIER, PURCHASER},
            NO_TRADERS,
            version="{asked_version}",
            reason="The lot is sold.",
        )
    brokers = {BROKER}
    yield _work("broker.desk", "GET", "/broker", brokers)
    yield _work("broker.match_now", "POST", "/broker/match", brokers)
    chosen = "{proposed}:{proposed_version}"
    yield _work("broker.ask_many", "POST", "/broker/ask", brokers, proposal=chosen)
    proposal = "/broker/proposals/{proposed}"
    yield _work("broker.proposal", "GET", proposal, brokers)
    terms = {"version": "{proposed_version}", "quantity": "30", "unit_price": "2310"}
    yield _work("broker.ask", "POST", f"{proposal}/ask", brokers, **terms)
    yield _work("broker.change", "POST", f"{proposal}/change", brokers, **terms)
    yield _work("broker.dismiss", "POST", f"{proposal}/dismiss", brokers, reason="Too far.")
    for method in ("GET", "POST"):
        yield _work("broker.propose", method, "/broker/propose", brokers)


def _contracts() -> Iterator[Row]:
    issued, signed = "/contracts/{issued}", "/contracts/{unpaid}"
    signers = {SUPPLIER, PURCHASER}
    lookers = NO_TRADERS | OFFICE
    reason = {"reason": "The kitchen has closed."}
    yield _own("contracts.sign", "GET", f"{issued}/sign", PARTIES | OFFICE)
    yield _own(
        "contracts.sign",
        "POST",
        f"{issued}/sign",
        signers,
        lookers,
        sha256="{issued_sha256}",
        password="{password}",
    )
    yield _own("contracts.document", "GET", f"{issued}/document.pdf", PARTIES | OFFICE)
    yield _own("contracts.sealed", "GET", f"{signed}/sealed.pdf", PARTIES | OFFICE)
    for method in ("GET", "POST"):
        voiders = {SUPPLIER, PURCHASER, BROKER}
        others = NO_TRADERS | READERS
        yield _own("contracts.void", method, f"{issued}/void", voiders, others, **reason)
        others = PARTIES | READERS
        path = f"{signed}/terminate"
        yield _own("contracts.terminate", method, path, {BROKER}, others, **reason)
        yield _work("contracts.revise", method, f"{issued}/revise", {BROKER})
        yield _work("contracts.draw", method, "/contracts/draw/{undrawn}", {BROKER})


def _trades() -> Iterator[Row]:
    yield _signed_in("desk.trades", "GET", "/trades")
    yield _own("desk.trade", "GET", "/trades/{delivered}", PARTIES | OFFICE | {DEPOT})
    announcing = "/deliveries/{inbound}/announce"
    yield _own("deliveries.announce", "GET", announcing, SUPPLIER_PEOPLE)
    yield _own(
        "deliveries.announce",
        "POST",
        announcing,
        {SUPPLIER},
        NO_TRADERS,
        arrives_on="{arrival}",
        carrier="Deccan Lines",
        vehicle="MH 12 AB 1",
        packages="20",
    )
    release = "/deliveries/releases/{release}"
    refusal = {"quantity": "10", "reason": "Ten bags are wet."}
    accepting, refusing = f"{release}/accept", f"{release}/refuse"
    lookers = SUPPLIER_PEOPLE | KEEPERS
    yield _own("deliveries.accept", "GET", accepting, {PURCHASER})
    yield _own("deliveries.accept", "POST", accepting, {PURCHASER}, lookers)
    yield _own("deliveries.refuse", "GET", refusing, {PURCHASER})
    yield _own("deliveries.refuse", "POST", refusing, {PURCHASER}, **refusal)
    for method in ("GET", "POST"):
        path = "/broker/refusals/{refused_release}"
        yield _work("deliveries.decide", method, path, {BROKER})
    seeing = PARTIES | KEEPERS
    yield _own("delivery_papers.waybill", "GET", f"{release}/waybill.pdf", seeing)
    yield _own("delivery_papers.signature", "GET", f"{release}/signature", seeing)
    yield _own("delivery_papers.delivery_picture", "GET", f"{release}/picture", seeing)
    picture = "/deliveries/{rejected_inbound}/pictures/{inspection_picture}"
    yield _own("delivery_papers.inspection_picture", "GET", picture, seeing)


def _depots() -> Iterator[Row]:
    elsewhere = {OTHER_DEPOT}
    yield _work("depot.places", "GET", "/depot", KEEPERS | elsewhere)
    yield _work("depot.find", "GET", "/depot/find?number=X", KEEPERS | elsewhere)
    for endpoint, path in (
        ("depot.today", "/depot/{depot_code}"),
        ("depot.contents", "/depot/{depot_code}/stock"),
        ("depot.lot", "/depot/lots/{lot}"),
        ("inbounds.show", "/depot/inbounds/{inbound}"),
        ("releases.show", "/depot/releases/{release}"),
    ):
        yield _work(endpoint, "GET", path, KEEPERS, elsewhere)
    for step in ("arrive", "count", "inspect", "put_away", "send_back"):
        path = f"/depot/inbounds/{{inbound}}/{step.replace('_', '-')}"
        goods = {"quantity": "40", "accepted": "40", "bin": "S-01"}
        yield _work(f"inbounds.{step}", "POST", path, {DEPOT}, elsewhere, **goods)
    for step in ("start", "pick", "load", "depart", "deliver"):
        path = f"/depot/releases/{{release}}/{step}"
        yield _work(f"releases.{step}", "POST", path, {DEPOT}, elsewhere)
    path = "/depot/lots/{lot}/write-off/{bin}"
    yield _work("depot.write_off", "POST", path, {DEPOT}, elsewhere)
    inbound, depot = "/depot/inbounds/{inbound}/depot", "{depot}"
    yield _work("inbounds.choose_depot", "POST", inbound, {BROKER}, depot=depot)
    path = "/depot/releases/{release}/return"
    yield _work("releases.record_return", "POST", path, {BROKER})


def _payments() -> Iterator[Row]:
    yield _work("payments.invoice_list", "GET", "/invoices", COMPANY_PEOPLE | READERS)
    invoice = "/invoices/{invoice}"
    yield _own("payments.invoice", "GET", invoice, {PURCHASER} | READERS)
    using = f"{invoice}/use-credit"
    yield _own("payments.use_credit", "POST", using, {PURCHASER, FINANCE}, {ADMINISTRATOR})
    path = "/invoices/credit/INR/pay-out"
    yield _work("payments.pay_out_credit", "POST", path, COMPANY_PEOPLE - {SUPPLIER_VIEWER})
    for endpoint, path in (
        ("overview", "/finance"),
        ("file_list", "/finance/files"),
        ("bank_file", "/finance/files/{bank_file}"),
        ("download_bank_file", "/finance/files/{bank_file}/download"),
        ("download_payment_file", "/finance/payment-files/{payment_file}"),
        ("invoice_list", "/finance/invoices"),
        ("ledger", "/finance/ledger"),
        ("ledger_account", "/finance/ledger/2100"),
        ("ledger_csv", "/finance/ledger/2100.csv"),
    ):
        yield _work(f"finance.{endpoint}", "GET", path, READERS)
    yield _work("finance.upload", "POST", "/finance/files", {FINANCE})
    line = "/finance/exceptions/{line}"
    yield _work("finance_exceptions.exception", "GET", line, READERS)
    for step in ("allocate", "credit", "charges", "make_good", "settle"):
        path = f"{line}/{step.replace('_', '-')}"
        yield _work(f"finance_exceptions.{step}", "POST", path, {FINANCE})
    yield _work("finance_exceptions.send_back", "POST", f"{line}/return", {FINANCE})
    yield _work("finance_exceptions.rematch", "POST", "/finance/exceptions/rematch", {FINANCE})
    payouts, due, requested = "/finance/payouts", "{due}", "{requested}"
    yield _work("finance_payouts.payout_list", "GET", payouts, READERS)
    yield _work("finance_payouts.payout", "GET", f"{payouts}/{due}", READERS)
    path = f"{payouts}/request"
    yield _work("finance_payouts.request_chosen", "POST", path, {FINANCE}, payout=due)
    for step in ("export", "sweep"):
        path = f"{payouts}/{step}"
        yield _work(f"finance_payouts.{step}", "POST", path, {FINANCE}, currency="INR")
    for step in ("approve", "reject", "confirm"):
        path = f"{payouts}/{requested}/{step}"
        yield _work(f"finance_payouts.{step}", "POST", path, {FINANCE})


def _administration() -> Iterator[Row]:
    for endpoint, path in (
        ("admin.index", ""),
        ("admin_catalogue.commodities", "/commodities"),
        ("admin_catalogue.regions", "/regions"),
        ("admin_depots.index", "/depots"),
        ("admin_people.companies", "/companies"),
        ("admin_people.person", "/staff/{clerk}"),
        ("admin_records.audit", "/audit"),
        ("admin_records.outbox", "/outbox"),
    ):
        yield _work(endpoint, "GET", f"/admin{path}", {ADMINISTRATOR})
    for endpoint, path in (
        ("admin.settings", "/settings/deadlines"),
        ("admin_catalogue.commodity", "/commodities/{commodity}"),
        ("admin_catalogue.new_commodity", "/commodities/new"),
        ("admin_catalogue.new_region", "/regions/new"),
        ("admin_catalogue.region", "/regions/{region}"),
        ("admin_catalogue.units", "/units"),
        ("admin_depots.depot", "/depots/{depot}"),
        ("admin_depots.new", "/depots/new"),
        ("admin_money.accounts", "/accounts"),
        ("admin_money.freight", "/freight"),
        ("admin_people.staff", "/staff"),
    ):
        for method in ("GET", "POST"):
            yield _work(endpoint, method, f"/admin{path}", {ADMINISTRATOR}, code="DTN")
    for endpoint, path in (
        ("admin_depots.add_bin", "/depots/{depot}/bins"),
        ("admin_people.disable", "/staff/{clerk}/disable"),
        ("admin_people.enable", "/staff/{clerk}/enable"),
        ("admin_people.role", "/staff/{clerk}/assign"),
        ("admin_people.role", "/staff/{clerk}/remove"),
        ("admin_records.again", "/outbox/{message}/again"),
    ):
        yield _work(endpoint, "POST", f"/admin{path}", {ADMINISTRATOR}, reason="He has left.")


TABLE: tuple[Row, ...] = tuple(
    row
    for part in (
        _entrance,
        _account,
        _company,
        _verification,
        _market,
        _posting,
        _matching,
        _contracts,
        _trades,
        _depots,
        _payments,
        _administration,
    )
    for row in part()
)
