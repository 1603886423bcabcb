"""Who may use which address: one row for each endpoint and method, one outcome for each role.

A role named nowhere in a row has the outcome that the row's kind gives to the rest. Names in
braces stand for things of :class:`tests.journeys.trades_in_every_state.World`.
"""

from collections.abc import Iterator

from tests.journeys.permission_rows import (
    ADMINISTRATOR,
    ANONYMOUS,
    BROKER,
    BROKERS,
    CHECKERS,
    COMPANY_PEOPLE,
    DEPOT,
    FINANCE,
    KEEPERS,
    NO_TRADERS,
    OFFICE,
    OTHER_DEPOT,
    OWNERS,
    PARTIES,
    PURCHASER,
    READERS,
    STRANGER,
    SUPPLIER,
    SUPPLIER_FINANCE,
    SUPPLIER_PEOPLE,
    SUPPLIER_VIEWER,
    VERIFIER,
    Row,
    nobody,
    own,
    public,
    signed_in,
    work,
)
from tests.journeys.permission_table_income import AUCTION, BANNER, INCOME_PARTS


def _entrance() -> Iterator[Row]:
    yield public("accounts.sign_in", "GET", "/sign-in")
    yield public(
        "accounts.sign_in", "POST", "/sign-in", form={"email": "a@example.org", "password": "no"}
    )
    yield nobody("accounts.sign_in_as_demo_person", "POST", "/sign-in/demo")
    yield public("accounts.sign_out", "POST", "/sign-out")
    yield public("accounts.forgot_password", "GET", "/forgot-password")
    yield public(
        "accounts.forgot_password", "POST", "/forgot-password", form={"email": "a@example.org"}
    )
    reset = "/reset-password/{resetting_token}"
    yield public("accounts.reset_password", "GET", reset)
    yield public("accounts.reset_password", "POST", reset, form={"password": "short"})
    yield public("accounts.choose_language", "POST", "/language", form={"language": "zh_Hans"})
    yield public("accounts.rules", "GET", "/rules")
    yield public("joining.register", "GET", "/register")
    yield public("joining.register", "POST", "/register")
    yield public("joining.registered", "GET", "/register/done")
    yield public("joining.confirm", "GET", "/confirm/{confirming_token}")
    yield public("joining.confirm_email", "POST", "/confirm/{confirming_token}")
    yield public("joining.accept_invitation", "GET", "/invitations/{joining_token}")
    yield public("joining.accept_invitation", "POST", "/invitations/{joining_token}")
    yield nobody("messaging.mails", "GET", "/demo/mail")
    yield nobody("messaging.one_mail", "GET", "/demo/mail/{message}")
    yield public("contract_checking.verify", "GET", "/verify")
    yield public("contract_checking.verify", "POST", "/verify")
    yield public("contract_checking.verify", "GET", "/verify/{number}")
    sha256 = "{issued_sha256}"
    yield public("contract_checking.verify", "POST", "/verify/{number}", form={"sha256": sha256})


def _account() -> Iterator[Row]:
    yield signed_in("account.show", "GET", "/account")
    yield signed_in(
        "account.update_settings",
        "POST",
        "/account/settings",
        form={"name": "A. Person", "language": "en", "zone": "UTC", "version": "1"},
    )
    yield signed_in("account.change_password", "POST", "/account/password")
    ending = "/account/sessions/{session}/end"
    yield own("accounts.end_session", "POST", ending, {SUPPLIER})
    yield signed_in("accounts.end_other_sessions", "POST", "/account/sessions/end-others")
    yield signed_in("messaging.notices", "GET", "/notices")
    yield signed_in("messaging.mark_all_read", "POST", "/notices/read")
    yield own("messaging.open_notice", "POST", "/notices/{notice}/open", {SUPPLIER})
    yield public("desk.home", "GET", "/", records=BANNER)


def _company() -> Iterator[Row]:
    money_people = COMPANY_PEOPLE - {SUPPLIER_VIEWER}
    yield own("company.show", "GET", "/company", COMPANY_PEOPLE)
    for method in ("GET", "POST"):
        yield own(
            "company.edit",
            method,
            "/company/edit",
            OWNERS,
            NO_TRADERS,
            form={
                "legal_name": "Deccan Growers Ltd.",
                "country": "IN",
                "registration_number": "REG-000001",
                "street": "1 Market Road",
                "city": "Mumbai",
                "region": "{region_id}",
                "version": "{company_version}",
            },
        )
        yield own(
            "company.bank_account",
            method,
            "/company/bank-account",
            money_people,
            {SUPPLIER_VIEWER},
            form={
                "currency": "INR",
                "holder": "Deccan Growers Ltd.",
                "bank_country": "IN",
                "clearing_code": "SBIN0000001",
                "account_number": "00000004711",
                "password": "{password}",
            },
        )
    papers = "/company/papers"
    yield own(
        "company.add_paper",
        "POST",
        papers,
        money_people,
        {SUPPLIER_VIEWER},
        upload="file",
        form={"title": "Extract"},
    )
    readers = {SUPPLIER, SUPPLIER_FINANCE} | CHECKERS
    yield own("company.paper", "GET", "/company/papers/{paper}", readers)
    removing = {SUPPLIER, SUPPLIER_FINANCE}
    yield own(
        "company.remove_paper",
        "POST",
        "/company/papers/{paper}/remove",
        removing,
        {SUPPLIER_VIEWER},
    )
    yield own(
        "company.submit",
        "POST",
        "/company/submit",
        OWNERS,
        NO_TRADERS,
        form={"version": "{newcomer_version}"},
    )
    people = "/company/people"
    invited = {"email": "new@example.org", "role": "viewer"}
    yield own("company.invite", "POST", f"{people}/invite", OWNERS, NO_TRADERS, form=invited)
    withdrawing = f"{people}/invitations/{{invitation}}/withdraw"
    yield own("company.withdraw_invitation", "POST", withdrawing, {SUPPLIER}, NO_TRADERS)
    role = {"role": "viewer", "version": "1"}
    colleague = f"{people}/{{colleague}}"
    yield own("company.change_role", "POST", f"{colleague}/role", {SUPPLIER}, NO_TRADERS, form=role)
    yield own("company.remove_colleague", "POST", f"{colleague}/remove", {SUPPLIER}, NO_TRADERS)
    alias = {"alias": "{stranger_alias}"}
    yield own("company.block", "POST", "/company/blocks", OWNERS, NO_TRADERS, form=alias)
    lifting = "/company/blocks/{blocked_alias}/lift"
    yield own("company.unblock", "POST", lifting, {SUPPLIER}, NO_TRADERS)


def _verification() -> Iterator[Row]:
    base = "/verification"
    company = f"{base}/{{newcomer}}"
    reason = {"reason": "The extract is missing.", "version": "{newcomer_version}"}
    verifier, administrator = {VERIFIER}, {ADMINISTRATOR}
    yield work("verification.queue", "GET", base, CHECKERS)
    yield work("verification.show", "GET", company, CHECKERS)
    yield work("verification.take", "POST", f"{company}/take", verifier, form=reason)
    for step in ("approve", "more", "reject", "revoke"):
        yield work("verification.decide", "POST", f"{company}/{step}", verifier, form=reason)
    for step in ("suspend", "reinstate"):
        path = f"{company}/{step}"
        yield work("verification.change_suspension", "POST", path, administrator, form=reason)
    confirming = f"{base}/bank-accounts/{{account}}/confirm"
    yield work("verification.confirm_account", "POST", confirming, verifier)
    refusing = f"{base}/{{blocked}}/bank-accounts/{{account}}/refuse"
    yield work("verification.refuse_account", "POST", refusing, verifier, form=reason)


def _market() -> Iterator[Row]:
    yield public("market.index", "GET", "/market", records=BANNER)
    yield public("market.commodities", "GET", "/market/commodities")
    commodity = "/market/commodities/{commodity_code}"
    yield public("market.commodity", "GET", commodity, records=AUCTION)
    listing = "/market/listings/{open}"
    yield public("market.listing", "GET", listing, records=AUCTION)
    yield public("market.picture", "GET", "/market/pictures/{open_picture}")
    yield public("market.thumbnail", "GET", "/market/pictures/{open_picture}/thumbnail")
    # What is not on the market is seen by its company and by the hub's people only.
    for endpoint, path in (
        ("market.listing", "/market/listings/{draft}"),
        ("market.picture", "/market/pictures/{draft_picture}"),
        ("market.thumbnail", "/market/pictures/{draft_picture}/thumbnail"),
    ):
        insiders = SUPPLIER_PEOPLE | BROKERS
        yield own(endpoint, "GET", path, insiders, hidden={ANONYMOUS})
    for method in ("GET", "POST"):
        path = "/market/listings/{open}/propose"
        yield work("propose.propose", method, path, {PURCHASER, STRANGER})


def _posting() -> Iterator[Row]:
    traders = {SUPPLIER, PURCHASER, STRANGER}
    insiders = SUPPLIER_PEOPLE | BROKERS
    lookers = insiders - {SUPPLIER}
    yield signed_in("posting.index", "GET", "/listings")
    yield work("posting.new", "GET", "/listings/new", traders)
    path = "/listings/new?side=supply&commodity={commodity_code}"
    yield work("posting.new", "POST", path, traders)
    yield own("posting.listing", "GET", "/listings/{draft}", insiders)
    for method in ("GET", "POST"):
        yield own("posting.edit", method, "/listings/{draft}/edit", {SUPPLIER}, lookers)
    for step, name in (
        ("submit", "draft"),
        ("pause", "open"),
        ("resume", "paused"),
        ("withdraw", "open"),
    ):
        path, version = f"/listings/{{{name}}}/{step}", f"{{{name}_version}}"
        yield own(f"posting.{step}", "POST", path, {SUPPLIER}, lookers, form={"version": version})
    pictures = "/listings/{draft}/pictures"
    yield own("posting_pictures.add", "POST", pictures, {SUPPLIER}, lookers, upload="pictures")
    picture = f"{pictures}/{{draft_picture}}"
    yield own("posting_pictures.remove", "POST", f"{picture}/remove", {SUPPLIER}, lookers)
    yield own("posting_pictures.show", "GET", picture, insiders)
    yield own("posting_pictures.show", "GET", f"{picture}/thumbnail", insiders)
    for method in ("GET", "POST"):
        yield work("posting_imports.upload", method, "/listings/import", traders)
    yield signed_in("posting_imports.template", "GET", "/listings/import/template.csv")
    batch, importers = "/listings/import/{batch}", SUPPLIER_PEOPLE | {ADMINISTRATOR}
    yield own("posting_imports.result", "GET", batch, importers)
    yield own("posting_imports.refused", "GET", f"{batch}/refused.csv", importers)
    yield work("review.index", "GET", "/review", {BROKER})
    yield work(
        "review.approve_selected",
        "POST",
        "/review/approve",
        {BROKER},
        form={"listing": "{pending}"},
    )
    decision = {"version": "{pending_version}", "reason": "Say more of the quality."}
    for endpoint, step in (
        ("approve", "approve"),
        ("return_to_draft", "return"),
        ("reject", "reject"),
    ):
        path = f"/review/{{pending}}/{step}"
        yield work(f"review.{endpoint}", "POST", path, {BROKER}, form=decision)
    yield work("review.confirm_price", "POST", "/review/{cheap}/confirm-price", {BROKER})


def _matching() -> Iterator[Row]:
    yield own("proposals.index", "GET", "/proposals", COMPANY_PEOPLE)
    yield own("proposals.proposal", "GET", "/proposals/{asked}", PARTIES)
    for step in ("consent", "decline"):
        yield own(
            f"proposals.{step}",
            "POST",
            f"/proposals/{{asked}}/{step}",
            {SUPPLIER, PURCHASER},
            NO_TRADERS,
            form={"version": "{asked_version}", "reason": "The lot is sold."},
        )
    brokers = {BROKER}
    yield work("broker.desk", "GET", "/broker", brokers)
    yield work("broker.match_now", "POST", "/broker/match", brokers)
    chosen = "{proposed}:{proposed_version}"
    yield work("broker.ask_many", "POST", "/broker/ask", brokers, form={"proposal": chosen})
    proposal = "/broker/proposals/{proposed}"
    yield work("broker.proposal", "GET", proposal, brokers)
    terms = {"version": "{proposed_version}", "quantity": "30", "unit_price": "2310"}
    yield work("broker.ask", "POST", f"{proposal}/ask", brokers, form=terms)
    yield work("broker.change", "POST", f"{proposal}/change", brokers, form=terms)
    yield work(
        "broker.dismiss", "POST", f"{proposal}/dismiss", brokers, form={"reason": "Too far."}
    )
    for method in ("GET", "POST"):
        yield work("broker.propose", method, "/broker/propose", brokers)


def _contracts() -> Iterator[Row]:
    issued, signed = "/contracts/{issued}", "/contracts/{unpaid}"
    signers = {SUPPLIER, PURCHASER}
    lookers = NO_TRADERS | OFFICE
    reason = {"reason": "The kitchen has closed."}
    yield own("contracts.sign", "GET", f"{issued}/sign", PARTIES | OFFICE)
    yield own(
        "contracts.sign",
        "POST",
        f"{issued}/sign",
        signers,
        lookers,
        form={"sha256": "{issued_sha256}", "password": "{password}"},
    )
    yield own("contracts.document", "GET", f"{issued}/document.pdf", PARTIES | OFFICE)
    yield own("contracts.sealed", "GET", f"{signed}/sealed.pdf", PARTIES | OFFICE)
    for method in ("GET", "POST"):
        voiders = {SUPPLIER, PURCHASER, BROKER}
        others = NO_TRADERS | READERS
        yield own("contracts.void", method, f"{issued}/void", voiders, others, form=reason)
        others = PARTIES | READERS
        path = f"{signed}/terminate"
        yield own("contracts.terminate", method, path, {BROKER}, others, form=reason)
        yield work("contracts.revise", method, f"{issued}/revise", {BROKER})
        yield work("contracts.draw", method, "/contracts/draw/{undrawn}", {BROKER})


def _trades() -> Iterator[Row]:
    yield signed_in("desk.trades", "GET", "/trades")
    yield own("desk.trade", "GET", "/trades/{delivered}", PARTIES | OFFICE | {DEPOT})
    announcing = "/deliveries/{inbound}/announce"
    yield own("deliveries.announce", "GET", announcing, SUPPLIER_PEOPLE)
    yield own(
        "deliveries.announce",
        "POST",
        announcing,
        {SUPPLIER},
        NO_TRADERS,
        form={
            "arrives_on": "{arrival}",
            "carrier": "Deccan Lines",
            "vehicle": "MH 12 AB 1",
            "packages": "20",
        },
    )
    release = "/deliveries/releases/{release}"
    refusal = {"quantity": "10", "reason": "Ten bags are wet."}
    accepting, refusing = f"{release}/accept", f"{release}/refuse"
    lookers = SUPPLIER_PEOPLE | KEEPERS
    yield own("deliveries.accept", "GET", accepting, {PURCHASER})
    yield own("deliveries.accept", "POST", accepting, {PURCHASER}, lookers)
    yield own("deliveries.refuse", "GET", refusing, {PURCHASER})
    yield own("deliveries.refuse", "POST", refusing, {PURCHASER}, form=refusal)
    for method in ("GET", "POST"):
        path = "/broker/refusals/{refused_release}"
        yield work("deliveries.decide", method, path, {BROKER})
    seeing = PARTIES | KEEPERS
    yield own("delivery_papers.waybill", "GET", f"{release}/waybill.pdf", seeing)
    yield own("delivery_papers.signature", "GET", f"{release}/signature", seeing)
    yield own("delivery_papers.delivery_picture", "GET", f"{release}/picture", seeing)
    picture = "/deliveries/{rejected_inbound}/pictures/{inspection_picture}"
    yield own("delivery_papers.inspection_picture", "GET", picture, seeing)


def _depots() -> Iterator[Row]:
    elsewhere = {OTHER_DEPOT}
    yield work("depot.places", "GET", "/depot", KEEPERS | elsewhere)
    yield work("depot.find", "GET", "/depot/find?number=X", KEEPERS | elsewhere)
    for endpoint, path in (
        ("depot.today", "/depot/{depot_code}"),
        ("depot.contents", "/depot/{depot_code}/stock"),
        ("depot.lot", "/depot/lots/{lot}"),
        ("inbounds.show", "/depot/inbounds/{inbound}"),
        ("releases.show", "/depot/releases/{release}"),
    ):
        yield work(endpoint, "GET", path, KEEPERS, elsewhere)
    for step in ("arrive", "count", "inspect", "put_away", "send_back"):
        path = f"/depot/inbounds/{{inbound}}/{step.replace('_', '-')}"
        goods = {"quantity": "40", "accepted": "40", "bin": "S-01"}
        yield work(f"inbounds.{step}", "POST", path, {DEPOT}, elsewhere, form=goods)
    for step in ("start", "pick", "load", "depart", "deliver"):
        path = f"/depot/releases/{{release}}/{step}"
        yield work(f"releases.{step}", "POST", path, {DEPOT}, elsewhere)
    path = "/depot/lots/{lot}/write-off/{bin}"
    yield work("depot.write_off", "POST", path, {DEPOT}, elsewhere)
    inbound, depot = "/depot/inbounds/{inbound}/depot", "{depot}"
    yield work("inbounds.choose_depot", "POST", inbound, {BROKER}, form={"depot": depot})
    path = "/depot/releases/{release}/return"
    yield work("releases.record_return", "POST", path, {BROKER})


def _payments() -> Iterator[Row]:
    yield work("payments.invoice_list", "GET", "/invoices", COMPANY_PEOPLE | READERS)
    invoice = "/invoices/{invoice}"
    yield own("payments.invoice", "GET", invoice, {PURCHASER} | READERS)
    using = f"{invoice}/use-credit"
    yield own("payments.use_credit", "POST", using, {PURCHASER, FINANCE}, {ADMINISTRATOR})
    path = "/invoices/credit/INR/pay-out"
    yield work("payments.pay_out_credit", "POST", path, COMPANY_PEOPLE - {SUPPLIER_VIEWER})
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
        yield work(f"finance.{endpoint}", "GET", path, READERS)
    yield work("finance.upload", "POST", "/finance/files", {FINANCE})
    line = "/finance/exceptions/{line}"
    yield work("finance_exceptions.exception", "GET", line, READERS)
    for step in ("allocate", "credit", "charges", "make_good", "settle"):
        path = f"{line}/{step.replace('_', '-')}"
        yield work(f"finance_exceptions.{step}", "POST", path, {FINANCE})
    yield work("finance_exceptions.send_back", "POST", f"{line}/return", {FINANCE})
    yield work("finance_exceptions.rematch", "POST", "/finance/exceptions/rematch", {FINANCE})
    payouts, due, requested = "/finance/payouts", "{due}", "{requested}"
    yield work("finance_payouts.payout_list", "GET", payouts, READERS)
    yield work("finance_payouts.payout", "GET", f"{payouts}/{due}", READERS)
    path = f"{payouts}/request"
    yield work("finance_payouts.request_chosen", "POST", path, {FINANCE}, form={"payout": due})
    for step in ("export", "sweep"):
        path = f"{payouts}/{step}"
        yield work(f"finance_payouts.{step}", "POST", path, {FINANCE}, form={"currency": "INR"})
    for step in ("approve", "reject", "confirm"):
        path = f"{payouts}/{requested}/{step}"
        yield work(f"finance_payouts.{step}", "POST", path, {FINANCE})


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
        yield work(endpoint, "GET", f"/admin{path}", {ADMINISTRATOR})
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
            yield work(endpoint, method, f"/admin{path}", {ADMINISTRATOR}, form={"code": "DTN"})
    for endpoint, path in (
        ("admin_depots.add_bin", "/depots/{depot}/bins"),
        ("admin_people.disable", "/staff/{clerk}/disable"),
        ("admin_people.enable", "/staff/{clerk}/enable"),
        ("admin_people.role", "/staff/{clerk}/assign"),
        ("admin_people.role", "/staff/{clerk}/remove"),
        ("admin_records.again", "/outbox/{message}/again"),
    ):
        yield work(
            endpoint, "POST", f"/admin{path}", {ADMINISTRATOR}, form={"reason": "He has left."}
        )


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
        *INCOME_PARTS,
    )
    for row in part()
)
