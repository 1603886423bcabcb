"""The rows of what the hub lives on: accounts, memberships, partners, inquiries, advertising."""

from collections.abc import Iterator

from tests.journeys.permission_rows import (
    AD_STAFF,
    ADMINISTRATOR,
    ADVERTISING,
    ANONYMOUS,
    BROKER,
    COMPANY_PEOPLE,
    FINANCE,
    NO_TRADERS,
    OWNERS,
    PARTIES,
    PAYERS,
    PURCHASER,
    READERS,
    STAFF,
    STRANGER,
    SUPPLIER,
    SUPPLIER_FINANCE,
    SUPPLIER_PEOPLE,
    SUPPLIER_VIEWER,
    TRADERS,
    UNVERIFIED,
    Row,
    own,
    public,
    signed_in,
    work,
)

#: What showing a sponsored listing, a banner, and following either adds to.
AUCTION = {"ad_auction", "ad_impression"}
BANNER = {"ad_display_view"}
CLICK = {
    "ad_click",
    "campaign",
    "campaign_day",
    "ledger_balance",
    "ledger_entry",
    "ledger_line",
}


def _wallet() -> Iterator[Row]:
    yield work("wallet.overview", "GET", "/wallet", COMPANY_PEOPLE)
    inr = {"currency": "INR"}
    yield work("wallet.open_account", "POST", "/wallet/open", PAYERS, form=inr)
    yield work("wallet.take_credit", "POST", "/wallet/INR/take-credit", PAYERS)
    ten = {"amount": "10.00"}
    yield work("wallet.withdraw", "POST", "/wallet/INR/withdraw", PAYERS, form=ten)
    paying, payers = "/invoices/{invoice}/pay-from-account", {PURCHASER, FINANCE}
    yield own("payments.pay_from_account", "POST", paying, payers, {ADMINISTRATOR})
    fee, refused = "/invoices/{fee_invoice}", {SUPPLIER_VIEWER, ADMINISTRATOR}
    yield own("payments.invoice", "GET", fee, SUPPLIER_PEOPLE | READERS)
    payers = {SUPPLIER, SUPPLIER_FINANCE, FINANCE}
    yield own("payments.pay_from_account", "POST", f"{fee}/pay-from-account", payers, refused)


def _membership() -> Iterator[Row]:
    base, offer = "/membership", "/membership/plans/{offer}"
    yield work("membership.overview", "GET", base, COMPANY_PEOPLE | READERS)
    yield own("desk.membership_return", "GET", f"{base}/return", COMPANY_PEOPLE)
    # Companies without a membership have none to change.
    deciding, refused = {SUPPLIER, SUPPLIER_FINANCE}, STAFF | {SUPPLIER_VIEWER}
    for step in ("cancel", "undo_cancel", "keep_plan", "cancel_upgrade", "pay_from_account"):
        path = f"{base}/{step.replace('_', '-')}"
        yield own(f"membership.{step}", "POST", path, deciding, refused, form={"pays": "yes"})
    yield public("plan_choice.compare", "GET", f"{base}/plans")
    yield work("plan_choice.choose", "GET", offer, COMPANY_PEOPLE)
    chosen = {"interval": "month", "currency": "INR", "payment": "transfer"}
    yield work("plan_choice.subscribe", "POST", f"{offer}/subscribe", PAYERS, form=chosen)
    for step in ("upgrade", "change"):
        path = f"{base}/plans/{{higher_offer}}/{step}"
        yield own(f"plan_choice.{step}", "POST", path, deciding, refused, form=chosen)


def _membership_desk() -> Iterator[Row]:
    memberships, administrator = "/admin/memberships", {ADMINISTRATOR}
    for endpoint, path in (
        ("index", ""),
        ("renewals", "/renewals"),
        ("churn", "/churn"),
        ("show", "/{subscription}"),
    ):
        yield work(f"memberships.{endpoint}", "GET", f"{memberships}{path}", READERS)
    for endpoint, path in (
        ("plans.index", "/plans"),
        ("plans.what_if", "/plans/what-if"),
        ("coupons.index", "/coupons"),
        ("coupons.show", "/coupons/{coupon}"),
        ("commission.index", "/commission"),
        ("commission.show", "/commission/{rule}"),
    ):
        yield work(endpoint, "GET", f"/admin{path}", administrator)
    granted = {
        "company": "{stranger_alias}",
        "plan": "{plan}",
        "ends_on": "{plan_end}",
        "reason": "They help us try it.",
    }
    for endpoint, path, form in (
        ("memberships.grant", "/memberships/grant", granted),
        ("plans.new", "/plans/new", {"code": "basic"}),
        ("plans.edit", "/plans/{plan}", {"version": "{plan_version}"}),
        ("coupons.new", "/coupons/new", {"code": "SPRING", "kind": "share", "share": "10"}),
        ("commission.new", "/commission/new", {"rate": "1.5", "currency": "INR"}),
        ("inquiry_prices.index", "/inquiry-prices", {"commodity": "onion", "amount": "90"}),
    ):
        yield work(endpoint, "GET", f"/admin{path}", administrator)
        yield work(endpoint, "POST", f"/admin{path}", administrator, form=form)
    seen = {"version": "{plan_version}"}
    rule = {"version": "{rule_version}", "reason": "We think again."}
    price = {"commodity": "{commodity_code}", "currency": "INR"}
    for endpoint, path, form in (
        ("plans.make_default", "/plans/{plan}/make-default", seen),
        ("plans.retire", "/plans/{plan}/retire", seen),
        ("coupons.retire", "/coupons/{coupon}/retire", {}),
        ("commission.retire", "/commission/{rule}/retire", rule),
        ("inquiry_prices.remove", "/inquiry-prices/remove", price),
    ):
        yield work(endpoint, "POST", f"/admin{path}", administrator, form=form)


def _partners() -> Iterator[Row]:
    yield public("partner_link.follow", "GET", "/r/{partner_code}")
    yield own("partner.show", "GET", "/partner", COMPANY_PEOPLE)
    accepted = {"terms": "{partner_terms}", "accepts": "y"}
    refused = NO_TRADERS | {UNVERIFIED}
    yield own("partner.join", "POST", "/partner", TRADERS, refused, form=accepted)
    yield own("partner.shares", "GET", "/partner/shares", SUPPLIER_PEOPLE | {STRANGER})
    partners = {SUPPLIER, SUPPLIER_FINANCE, STRANGER}
    yield own("partner.pay_out", "POST", "/partner/payouts/INR", partners, {SUPPLIER_VIEWER})
    base, partner = "/admin/partners", "/admin/partners/{partner}"
    yield work("admin_partners.index", "GET", base, READERS)
    yield work("admin_partners.members", "GET", f"{base}/members", READERS)
    yield work("admin_partners.show", "GET", partner, READERS)
    invited = {"alias": "{blocked_alias}", "reason": "They know many growers."}
    yield work("admin_partners.grant", "POST", base, {ADMINISTRATOR}, form=invited)
    for endpoint, step in (("stop", "stop"), ("resume", "resume"), ("set_rate", "rate")):
        decision = {
            f"{step}-version": "{partner_version}",
            f"{step}-reason": "As agreed.",
            f"{step}-rate": "5",
        }
        path = f"{partner}/{step}"
        yield work(f"admin_partners.{endpoint}", "POST", path, {ADMINISTRATOR}, form=decision)


def _inquiries() -> Iterator[Row]:
    question = {"text": "Is it from this harvest?", "unit": "DTN"}
    for method in ("GET", "POST"):
        path = "/market/listings/{open}/inquire"
        asking = OWNERS - {SUPPLIER}
        yield work("inquire.inquire", method, path, asking, form=question)
    yield own("inquiries.index", "GET", "/inquiries", COMPANY_PEOPLE)
    yield own("inquiries.show", "GET", "/inquiries/{sealed}", PARTIES)
    price = {"price": "{sealed_price}"}
    opening = "/inquiries/{sealed}/open"
    yield own("inquiries.open_inquiry", "POST", opening, {SUPPLIER}, NO_TRADERS, form=price)
    inquiry, both = "/inquiries/{opened}", {SUPPLIER, PURCHASER}
    text = {"text": "It is."}
    yield own("inquiries.write", "POST", f"{inquiry}/messages", both, NO_TRADERS, form=text)
    yield own("inquiries.mark_read", "POST", f"{inquiry}/read", PARTIES)
    closed = {"reason": "The lot is sold."}
    yield own("inquiries.close", "POST", f"{inquiry}/close", both, NO_TRADERS, form=closed)
    contested = {"ground": "spam", "reason": "They sell watches."}
    path = f"{inquiry}/contest"
    yield own("inquiries.contest", "POST", path, {SUPPLIER}, NO_TRADERS, form=contested)
    others = f"{inquiry}/ask-others"
    yield own("inquiries.ask_others", "POST", others, both, NO_TRADERS)
    desk, decision = "/broker/inquiries", {"version": "{contested_version}", "reason": "It is so."}
    yield work("inquiry_desk.index", "GET", desk, {BROKER})
    yield work("inquiry_desk.show", "GET", f"{desk}/{{contested}}", {BROKER})
    for step in ("uphold", "refuse"):
        path = f"{desk}/{{contested}}/{step}"
        yield work(f"inquiry_desk.{step}", "POST", path, {BROKER}, form=decision)


def _campaigns() -> Iterator[Row]:
    base, seeing = "/advertising/campaigns", SUPPLIER_PEOPLE | AD_STAFF
    yield work("campaigns.index", "GET", "/advertising", COMPANY_PEOPLE)
    terms = {"max_bid": "3", "daily_budget": "30", "total_budget": "300"}
    for method in ("GET", "POST"):
        yield work("campaigns.new", method, f"{base}/new?listing={{open}}", TRADERS, form=terms)
    yield own("campaigns.campaign", "GET", f"{base}/{{draft_campaign}}", seeing)
    lookers = NO_TRADERS | AD_STAFF
    for method in ("GET", "POST"):
        for endpoint, name in (("edit", "draft"), ("budget", "running")):
            form = terms | {"version": f"{{{name}_campaign_version}}"}
            path = f"{base}/{{{name}_campaign}}/{endpoint}"
            yield own(f"campaigns.{endpoint}", method, path, {SUPPLIER}, lookers, form=form)
    for step, name in (
        ("submit", "draft"),
        ("withdraw", "pending"),
        ("pause", "running"),
        ("resume", "running"),
    ):
        version = {"version": f"{{{name}_campaign_version}}"}
        path = f"{base}/{{{name}_campaign}}/{step}"
        yield own(f"campaign_steps.{step}", "POST", path, {SUPPLIER}, lookers, form=version)
    # The hub's own people end a campaign with a reason, which this address doesn't take.
    cancelling, ending = f"{base}/{{running_campaign}}/cancel", {SUPPLIER, ADVERTISING}
    yield own("campaign_steps.cancel", "POST", cancelling, ending, NO_TRADERS | {ADMINISTRATOR})
    desk = "/ad-desk"
    yield work("ad_desk.index", "GET", desk, AD_STAFF)
    yield work("ad_desk.invalid_clicks", "GET", f"{desk}/invalid-clicks", AD_STAFF)
    for endpoint, step, name in (
        ("approve", "approve", "pending"),
        ("return_to_draft", "return", "pending"),
        ("reject", "reject", "pending"),
        ("end", "end", "running"),
    ):
        decision = {
            "version": f"{{{name}_campaign_version}}",
            f"{step}-reason": "It names another's goods.",
        }
        path = f"{desk}/campaigns/{{{name}_campaign}}/{step}"
        yield work(f"ad_desk.{endpoint}", "POST", path, {ADVERTISING}, form=decision)


def _bookings() -> Iterator[Row]:
    base, seeing = "/advertising/bookings", SUPPLIER_PEOPLE | AD_STAFF
    lookers, draft = NO_TRADERS | AD_STAFF, "/advertising/bookings/{draft_booking}"
    for method in ("GET", "POST"):
        yield work("ad_bookings.new", method, f"{base}/new?place={{place}}", TRADERS)
    yield own("ad_bookings.show", "GET", draft, seeing)
    version = {"version": "{draft_booking_version}", "reason": "It is not needed any more."}
    for step in ("artwork", "submit"):
        path = f"{draft}/{step}"
        yield own(f"ad_bookings.{step}", "POST", path, {SUPPLIER}, lookers, form=version)
    ending, refused = {SUPPLIER, ADVERTISING}, NO_TRADERS | {ADMINISTRATOR}
    yield own("ad_bookings.cancel", "POST", f"{draft}/cancel", ending, refused, form=version)
    yield work("ad_bookings.reviewed", "GET", "/ad-desk/bookings/{pending_booking}", AD_STAFF)
    for step, name in (
        ("approve", "pending"),
        ("send_back", "pending"),
        ("reject", "pending"),
        ("pause", "running"),
        ("resume", "running"),
    ):
        path = f"/ad-desk/bookings/{{{name}_booking}}/{step.replace('_', '-')}"
        form = {"version": f"{{{name}_booking_version}}", "reason": "The picture is too loud."}
        yield work(f"ad_bookings.{step}", "POST", path, {ADVERTISING}, form=form)
    artwork, hidden = "/ads/artwork", {ANONYMOUS}
    yield public("ad_bookings.picture", "GET", f"{artwork}/{{running_artwork}}")
    path = f"{artwork}/{{pending_artwork}}"
    yield own("ad_bookings.picture", "GET", path, seeing, hidden=hidden)


def _places() -> Iterator[Row]:
    desk, clerk = "/ad-desk/places", {ADVERTISING}
    yield signed_in("ad_places.offered", "GET", "/advertising/places")
    yield work("ad_places.kept", "GET", desk, AD_STAFF)
    terms = {
        "version": "{place_version}",
        "page": "listing",
        "kind": "banner",
        "width": "728",
        "height": "90",
        "pricing": "day",
        "price": "120",
        "capacity": "3",
    }
    for method in ("GET", "POST"):
        yield work("ad_places.new", method, f"{desk}/new", clerk, form=terms)
        yield work("ad_places.change", method, f"{desk}/{{place}}", clerk, form=terms)
    yield work("ad_places.retire", "POST", f"{desk}/{{place}}/retire", clerk, form=terms)
    words = {
        "page": "front",
        "kind": "text",
        "headline": "Sell here",
        "text": "It costs nothing to begin.",
        "target": "/register",
    }
    yield work("ad_places.house", "GET", "/ad-desk/house", AD_STAFF)
    yield work("ad_places.house", "POST", "/ad-desk/house", clerk, form=words)
    version = {"version": "{house_ad_version}"}
    for what in ("show", "hide"):
        path = f"/ad-desk/house/{{house_ad}}/{what}"
        yield work("ad_places.switch_house", "POST", path, clerk, form=version)


def _shown_ads() -> Iterator[Row]:
    yield public("ad_ranking.page", "GET", "/ranking")
    searching = "?commodity={commodity_code}"
    yield public("market.index", "GET", f"/market{searching}", records=AUCTION | BANNER)
    for endpoint, path in (("as_json", "/market.json"), ("as_csv", "/market.csv")):
        yield public(f"market_lists.{endpoint}", "GET", f"{path}{searching}", records=AUCTION)
    yield public("ad_clicks.go", "GET", "/go/{click_token}", records=CLICK)
    yield public("ad_serving.go", "GET", "/go-ad/{ad_token}", records={"ad_display_click"})
    for what in ("shown", "seen"):
        token = {"token": "{ad_token}"}
        yield public(f"ad_serving.{what}", "POST", f"/ads/{what}", form=token)


def _income() -> Iterator[Row]:
    yield work("desk.income", "GET", "/income", READERS)


INCOME_PARTS = (
    _wallet,
    _membership,
    _membership_desk,
    _partners,
    _inquiries,
    _campaigns,
    _bookings,
    _places,
    _shown_ads,
    _income,
)
