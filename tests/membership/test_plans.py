"""Plans as an administrator makes and changes them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.core import bus
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.flow import GUARDS, REACTIONS
from hub.membership import queries, services
from hub.membership.entitlements import services as entitlements
from hub.membership.events import EntitlementsChanged
from hub.membership.models.plans import Plan, PlanVersion
from hub.membership.models.subscriptions import SubscriptionState
from hub.membership.services import PlanDraft, PriceDraft
from hub.membership.subscriptions import figures
from tests.membership.membership_factories import (
    FIRST_DAY,
    MONTH,
    YEAR,
    MembershipDesk,
    rupees,
)

DRAFT = PlanDraft(
    name="Gold",
    rank=2,
    names={"zh_Hans": "金"},
    description="For those who sell much.",
    trial_days=14,
    badge="Gold member",
    prices=[PriceDraft(YEAR, "INR", Decimal("1200.50")), PriceDraft(MONTH, "INR", Decimal(120))],
    entitlements={
        "open_listings": Decimal(50),
        "pictures": None,
        "commission_rate": Decimal("0.005"),
        "natural_position": Decimal(2),
    },
)


@pytest.fixture
def told(members: MembershipDesk) -> Iterator[list[int | None]]:
    """The companies whose rights were said to have changed."""
    seen: list[int | None] = []
    bus.install(
        {**REACTIONS, EntitlementsChanged: [lambda event: seen.append(event.company_id)]}, GUARDS
    )
    yield seen
    bus.install(REACTIONS, GUARDS)


def test_a_plan_is_kept_as_it_was_written(members: MembershipDesk) -> None:
    plan = services.create_plan(members.admin, "gold", DRAFT)
    version = plan.current
    assert (plan.code, plan.rank, plan.is_default, version.number) == ("gold", 2, False, 1)
    assert (version.called("zh_Hans"), version.called("en")) == ("金", "Gold")
    assert (version.trial_days, version.badge) == (14, "Gold member")
    assert version.price(YEAR, "INR") == Money(120050, "INR")
    assert version.price(YEAR, "EUR") is None
    assert {each.code: each.value for each in version.entitlements} == {
        "open_listings": Decimal(50),
        "pictures": None,
        "commission_rate": Decimal("0.005"),
        "natural_position": Decimal(2),
    }
    assert [each.id for each in queries.plans(members.admin)] == [plan.id]


def test_a_change_makes_a_new_version(members: MembershipDesk) -> None:
    plan = services.create_plan(members.admin, "gold", DRAFT)
    first = plan.current
    changed = services.change_plan(
        members.admin, plan.public_id, replace(DRAFT, name="Golden", prices=[]), plan.version
    )
    assert [each.number for each in changed.versions] == [1, 2]
    assert (changed.current.name, changed.current.prices) == ("Golden", [])
    db.session.refresh(first)
    assert (first.name, len(first.prices)) == ("Gold", 2)
    with pytest.raises(Conflict, match="has changed"):
        services.change_plan(members.admin, plan.public_id, DRAFT, 1)
    written = db.session.query(AuditEntry).filter_by(thing_kind="plan", action="version_offered")
    assert [entry.details["number"] for entry in written.order_by(AuditEntry.id)] == [1, 2]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"names": {"xx": "Gold"}}, "names"),
        ({"names": {"zh_Hans": "x" * 61}}, "names"),
        ({"description": "x" * 2001}, "description"),
        ({"badge": "x" * 31}, "badge"),
        ({"badge": "a\x00b"}, "badge"),
        ({"rank": -1}, "rank"),
        ({"trial_days": 366}, "trial_days"),
        ({"trial_days": -1}, "trial_days"),
        ({"prices": [PriceDraft(YEAR, "USD", Decimal(1))]}, "prices"),
        ({"prices": [PriceDraft(YEAR, "INR", Decimal("0.001"))]}, "prices"),
        ({"prices": [PriceDraft(YEAR, "INR", Decimal(-1))]}, "prices"),
        ({"prices": [PriceDraft(YEAR, "INR", Decimal(1))] * 2}, "prices"),
        ({"entitlements": {"wings": Decimal(2)}}, "entitlements.wings"),
        ({"entitlements": {"users": Decimal("1.5")}}, "entitlements.users"),
        ({"entitlements": {"users": Decimal(-1)}}, "entitlements.users"),
        ({"entitlements": {"commission_rate": Decimal(1)}}, "entitlements.commission_rate"),
        ({"entitlements": {"natural_position": None}}, "entitlements.natural_position"),
        ({"entitlements": {"natural_position": Decimal(101)}}, "entitlements.natural_position"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    members: MembershipDesk, change: dict, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.create_plan(members.admin, "gold", replace(DRAFT, **change))
    assert list(refused.value.fields) == [field]
    assert db.session.query(Plan).count() == db.session.query(PlanVersion).count() == 0


def test_codes_are_plain_and_taken_once(members: MembershipDesk) -> None:
    services.create_plan(members.admin, "gold", DRAFT)
    for code in ("gold", "G", "Gold!", ""):
        with pytest.raises(Invalid) as refused:
            services.create_plan(members.admin, code, DRAFT)
        assert list(refused.value.fields) == ["code"]


def test_one_plan_holds_for_everybody_else(members: MembershipDesk, told: list[int | None]) -> None:
    company_id = members.make.company().id
    assert entitlements.rights_of(company_id).version is None
    first = members.plan(0, {}, default=True, open_listings=3)
    assert entitlements.limit(company_id, "open_listings") == 3
    second = members.plan(0, {}, default=True, open_listings=4)
    assert entitlements.rights_of(company_id).version == second
    assert [plan.is_default for plan in queries.plans(members.admin)] == [False, True]
    assert told == [None, None]
    members.again(second, {})
    assert told == [None, None, None]
    assert entitlements.limit(company_id, "open_listings") is None
    members.again(first, {})
    assert told == [None, None, None]


def test_a_retired_plan_is_kept_by_those_who_have_it(members: MembershipDesk) -> None:
    gold = members.plan(2)
    owner = members.member(gold)
    services.retire_plan(members.admin, gold.plan.public_id, gold.plan.version)
    assert entitlements.offered_versions() == []
    assert entitlements.rights_of(owner.company_id or 0).version == gold
    plan = queries.plan(members.admin, gold.plan.public_id)
    for refused in (
        lambda: services.retire_plan(members.admin, plan.public_id, plan.version),
        lambda: services.make_default(members.admin, plan.public_id, plan.version),
        lambda: services.change_plan(members.admin, plan.public_id, DRAFT, plan.version),
    ):
        with pytest.raises(Conflict, match="retired"):
            refused()
    members.go_to(date(2027, 12, 10))
    members.pay(owner)
    assert members.subscription(owner).paid_until == date(2029, 1, 1)


def test_the_default_plan_can_not_be_retired(members: MembershipDesk) -> None:
    default = members.plan(0, {}, default=True)
    with pytest.raises(Conflict, match="default"):
        services.retire_plan(members.admin, default.plan.public_id, default.plan.version)


def test_only_administrators_make_plans(members: MembershipDesk) -> None:
    gold = members.plan(2)
    for actor in (members.finance.anna, members.owner()):
        with pytest.raises(NotAllowed):
            services.create_plan(actor, "silver", DRAFT)
        with pytest.raises(NotAllowed):
            services.retire_plan(actor, gold.plan.public_id, gold.plan.version)
    with pytest.raises(NotFound):
        services.make_default(members.admin, "none", 1)


def test_rights_follow_the_subscription_at_once(
    members: MembershipDesk, told: list[int | None]
) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR")
    assert told == []
    members.pay(owner)
    assert told == [owner.company_id]
    services.upgrade(owner, gold.public_id)
    members.pay(owner)
    assert told == [owner.company_id] * 2
    members.go_to(date(2028, 1, 1))
    assert told == [owner.company_id] * 2
    members.go_to(date(2028, 1, 15))
    assert members.state(owner) is SubscriptionState.SUSPENDED
    assert told == [owner.company_id] * 3


def test_the_desk_reads_all_memberships(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2)
    first, second = members.member(basic), members.member(gold)
    page = queries.subscriptions_page(members.admin)
    assert [row.company_id for row in page.rows] == [second.company_id, first.company_id]
    for chosen, owner in (
        ({"plan_public_id": basic.plan.public_id}, first),
        ({"search": second.company_name}, second),
    ):
        rows = queries.subscriptions_page(members.admin, **chosen).rows
        assert [row.company_id for row in rows] == [owner.company_id]
    assert queries.subscriptions_page(members.admin, [SubscriptionState.TRIAL]).rows == []
    seen = queries.membership(members.finance.anna, page.rows[0].public_id)
    assert [each.invoice.state.value for each in seen.charges if each.invoice] == ["paid"]
    with pytest.raises(NotAllowed):
        queries.subscriptions_page(first)
    with pytest.raises(NotFound):
        queries.membership(members.admin, "nothing")


def test_renewals_ahead_and_churn(members: MembershipDesk) -> None:
    basic = members.plan()
    leaving, staying = members.member(basic), members.member(basic)
    services.subscribe(members.owner(), basic.public_id, YEAR, "INR")
    services.cancel(leaving)
    members.go_to(date(2027, 12, 10))
    [ahead] = figures.renewals_ahead(members.admin)
    assert ahead.subscription.company_id == staying.company_id
    assert (ahead.amount, ahead.invoice is not None) == (rupees(365), True)
    assert figures.renewals_ahead(members.admin, days=5) == []
    members.go_to(date(2028, 1, 1))
    months = figures.churn(members.admin, months=13)
    assert (months[0].month, months[0].before, months[0].began) == (FIRST_DAY, 0, 2)
    assert months[0].share is None
    assert (months[-1].before, months[-1].began, months[-1].ended) == (2, 0, 1)
    assert months[-1].share == Decimal("0.5")


def test_what_if_a_price_were_another(members: MembershipDesk) -> None:
    basic = members.plan(1, {YEAR: "365.00", MONTH: "40.00"})
    for _number in range(3):
        members.member(basic)
    members.member(basic, MONTH)
    new = {(basic.plan.public_id, YEAR, "INR"): rupees(500)}
    monthly, yearly = figures.repriced_groups(members.admin, new)
    assert (monthly.members, monthly.yearly, monthly.new_yearly) == (1, rupees(480), rupees(480))
    assert (yearly.members, yearly.yearly, yearly.new_yearly) == (3, rupees(1095), rupees(1500))
