"""Whole numbers that nobody types but somebody sends: refused everywhere, and nothing changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.journeys.page_forms import form_with
from tests.journeys.permission_rows import Outcome, Row
from tests.journeys.permission_table import TABLE
from tests.journeys.trades_in_every_state import Role
from tests.journeys.undone_hub import Hub, contents

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("permissions")]

#: ``isdigit`` says yes to the first, ``int`` takes the second and "1_0" but not the third, and no
#: database holds the fourth.
HOSTILE = ("²", "٣", "9" * 5000, "9" * 30, "1_0", "-1", "1e3", "")
#: Blanks around a number say nothing against it.
WITH_BLANKS = " 1 "


@dataclass(frozen=True)
class Site:
    """A field that is read as a whole number: on a form that is posted, or in an address.

    ``around`` is what the number stands in. The rest of the form is that of the table of
    permissions, or of the page at ``page``, with ``rest`` filled in. ``fine`` may be sent here.
    """

    endpoint: str
    name: str
    good: str = ""
    page: str = ""
    rest: Mapping[str, str] = field(default_factory=dict)
    around: str = "{}"
    role: Role | None = None
    fine: Collection[str] = ()

    def __str__(self) -> str:
        return f"{self.endpoint} {self.name}"


VERSION = "version"
REGISTERED = {"registration_number": "27AAPFU0939F1ZV"}
REVISED = {"notes": "In bags of 50 kg.", "reason": "Both asked for it."}
COUPON = {"code": "SPRING", "share": "10"}
LINE = "/finance/exceptions/{line}?q=a"
CREDIT = {"credit-target": "1", "credit-reason": "They wrote to us."}
SENT_BACK = {"return-reason": "It is theirs."}

POSTED = (
    Site("account.update_settings", VERSION, "1"),
    Site("company.edit", VERSION, page="/company/edit", rest=REGISTERED),
    # What is chosen from a list may be told in the digits of another script.
    Site("company.edit", "region", page="/company/edit", rest=REGISTERED, fine=("٣",)),
    Site("company.submit", VERSION, page="/company", role=Role.UNVERIFIED),
    Site("company.change_role", VERSION, "1"),
    Site("verification.take", VERSION),
    Site("verification.decide", VERSION),
    Site("posting.edit", VERSION, page="/listings/{draft}/edit"),
    Site("posting.submit", VERSION, "{draft_version}"),
    Site("review.approve", VERSION, "{pending_version}"),
    Site("review.return_to_draft", VERSION, "{pending_version}"),
    Site("review.reject", VERSION, "{pending_version}"),
    Site("proposals.consent", VERSION, "{asked_version}"),
    Site("broker.ask_many", "proposal", "{proposed_version}", around="{proposed}:{}"),
    Site("broker.ask", VERSION, "{proposed_version}"),
    Site("broker.change", VERSION, "{proposed_version}"),
    Site("contracts.revise", VERSION, page="/contracts/{issued}/revise", rest=REVISED),
    Site("deliveries.announce", "packages", "20"),
    Site("releases.load", "packages", rest={"carrier": "A", "vehicle": "B", "driver": "C"}),
    Site("inquiries.open_inquiry", "price", "{sealed_price}"),
    Site("inquiry_desk.uphold", VERSION, "{contested_version}"),
    Site("finance_exceptions.credit", "credit-version", page=LINE, rest=CREDIT),
    Site("finance_exceptions.credit", "credit-target", "1", LINE, CREDIT),
    Site("finance_exceptions.send_back", "return-target", "1", LINE, SENT_BACK),
    Site("admin_partners.set_rate", "rate-version", "{partner_version}"),
    Site("admin_partners.stop", "stop-version", "{partner_version}"),
    Site("plans.edit", VERSION, page="/admin/plans/{plan}"),
    Site("plans.edit", "rank", page="/admin/plans/{plan}"),
    Site("plans.edit", "trial_days", page="/admin/plans/{plan}"),
    Site("plans.make_default", VERSION, "{plan_version}"),
    Site("coupons.new", "most_uses", "3", "/admin/coupons/new", COUPON, fine=("",)),
    Site("commission.retire", VERSION, "{rule_version}"),
    Site("campaigns.edit", VERSION, page="/advertising/campaigns/{draft_campaign}/edit"),
    Site("campaigns.budget", VERSION, "{running_campaign_version}"),
    Site("campaign_steps.submit", VERSION, "{draft_campaign_version}"),
    Site("ad_desk.approve", VERSION, "{pending_campaign_version}"),
    Site("ad_desk.reject", VERSION, "{pending_campaign_version}"),
    Site("ad_bookings.submit", VERSION),
    Site("ad_bookings.approve", VERSION, "{pending_booking_version}"),
    Site("ad_bookings.pause", VERSION, "{running_booking_version}"),
    Site("ad_places.change", VERSION, "{place_version}"),
    Site("ad_places.change", "width", "728"),
    Site("ad_places.change", "height", "90"),
    Site("ad_places.change", "capacity", "3"),
    Site("ad_places.retire", VERSION, "{place_version}"),
    Site("ad_places.switch_house", VERSION, "{house_ad_version}"),
    Site("admin.settings", "payment_days", page="/admin/settings/deadlines"),
    Site("admin.settings", "sponsored_places", page="/admin/settings/fees"),
    Site("admin_depots.depot", VERSION, page="/admin/depots/{depot}"),
    Site("admin_catalogue.commodity", VERSION, page="/admin/commodities/{commodity}"),
    Site("admin_catalogue.region", VERSION, page="/admin/regions/{region}"),
    Site("admin_people.role", "depot", rest={"role": "depot"}),
)

ADDRESSES = (
    ("/market.json?limit={}", Role.ANONYMOUS),
    ("/admin/audit?id={}", Role.ADMINISTRATOR),
    ("/admin/memberships/renewals?days={}", Role.ADMINISTRATOR),
    ("/finance/ledger/{}", Role.FINANCE),
    ("/finance/ledger/{}.csv", Role.FINANCE),
    ("/deliveries/{rejected_inbound}/pictures/{}", Role.SUPPLIER),
    ("/advertising/bookings/new?place={place}&starts_on=x&thousands={}", Role.SUPPLIER),
)


@pytest.fixture
def hub(undone_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """It answers a defect as a hub that serves does."""
    monkeypatch.setitem(undone_hub.app.config, "PROPAGATE_EXCEPTIONS", False)
    return undone_hub


def request_of(hub: Hub, site: Site) -> tuple[Row, Role]:
    """The row that sends the site's form with all but the number, and who may."""
    row = next(
        row
        for row in TABLE
        if (row.endpoint, row.method) == (site.endpoint, "POST")
        and (not site.page or row.path.startswith(site.page.rpartition("/")[0]))
    )
    role = site.role or next(
        role for role in Role if row.outcomes[role] is Outcome.LET_IN and role in hub.cookies
    )
    form = dict(row.form)
    if site.page:
        page = hub.ask(replace(row, method="GET", path=site.page, upload=""), role)
        assert page.status_code == 200
        found = form_with(page.text, site.name)
        row = replace(row, path=found.action or site.page)
        form = found.fields
    return replace(row, form=form | dict(site.rest)), role


def ask_with_number(
    hub: Hub, row: Row, role: Role, site: Site, number: str
) -> tuple[TestResponse, bool]:
    """The answer to the form with this number, and whether anything changed."""
    sent = site.around.replace("{}", number)
    with hub.undone() as connection:
        answer = hub.ask(replace(row, form={**row.form, site.name: sent}), role)
        return answer, contents(connection) != hub.before


@pytest.mark.parametrize("site", POSTED, ids=str)
def test_a_form_with_what_is_no_whole_number_changes_nothing(hub: Hub, site: Site) -> None:
    with hub.undone():
        row, role = request_of(hub, site)
    good = site.good or (row.form.get(site.name, "") if site.page else "")
    if good:
        answer, _changed = ask_with_number(hub, row, role, site, good)
        assert answer.status_code in (302, 303), answer.text
    found = {}
    for number in HOSTILE:
        if number in site.fine:
            continue
        answer, changed = ask_with_number(hub, row, role, site, number)
        if changed or answer.status_code >= 500:
            found[number[:12]] = (answer.status_code, changed)
    assert found == {}, f"{site}: {found}"
    assert ask_with_number(hub, row, role, site, WITH_BLANKS)[0].status_code < 500


@pytest.mark.parametrize(("path", "role"), ADDRESSES)
def test_an_address_with_what_is_no_whole_number_is_answered(
    hub: Hub, path: str, role: Role
) -> None:
    found = {}
    for number in (*HOSTILE, WITH_BLANKS):
        address = path.replace("{}", quote(number))
        row = Row("", "GET", address, {})
        with hub.undone() as connection:
            answer = hub.ask(row, role)
            if answer.status_code >= 500 or contents(connection) != hub.before:
                found[number[:12]] = answer.status_code
    assert found == {}
