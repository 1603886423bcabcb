"""What a company may do: by which plan, how much is left, and in which words more is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hub.core import clock
from hub.core.db.base import db
from hub.core.errors import NotAllowed
from hub.core.use_case import use_case
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.services import LimitReached
from hub.membership.models.subscriptions import ENTITLED, EntitlementLock, SubscriptionState
from hub.posting.models import ListingState
from tests.factories import Factories
from tests.membership.plan_rows import plan_version, subscribe

LISTINGS = "open_listings"


@use_case
def claim(company_id: int, code: str = LISTINGS, wanted: int = 1) -> None:
    entitlements.claim(company_id, code, wanted)


def test_without_plans_nothing_is_limited(make: Factories) -> None:
    company = make.company()
    make.listing(company=company)
    rights = entitlements.rights_of(company.id)
    assert (rights.version, rights.natural_position, rights.badge) == (None, 0, "")
    assert {code: rights.limit(code) for code in entitlements.ENTITLEMENTS} == {
        "open_listings": None,
        "pictures": None,
        "users": None,
        "inquiries_included": None,
        "own_proposals": None,
        "commission_rate": None,
        "natural_position": Decimal(0),
    }
    claim(company.id, wanted=1000)
    assert entitlements.remaining(company.id, LISTINGS) is None
    assert db.session.query(EntitlementLock).count() == 0


@pytest.mark.parametrize("state", list(SubscriptionState))
def test_the_own_plan_holds_while_the_subscription_is_entitled(
    make: Factories, state: SubscriptionState
) -> None:
    plan_version("Basic", {LISTINGS: 2}, default=True)
    gold = plan_version("Gold", {LISTINGS: 20, "natural_position": 3}, rank=2, badge="Gold")
    company, other = make.company(), make.company()
    subscribe(company, gold, state)
    rights = entitlements.rights_of(company.id)
    expected = (20, 3, "Gold") if state in ENTITLED else (2, 0, "")
    assert (rights.limit(LISTINGS), rights.natural_position, rights.badge) == expected
    assert entitlements.limit(other.id, LISTINGS) == 2
    own, default = entitlements.rights_by_company()
    assert own.get(company.id, default) == rights
    assert own.get(other.id, default) == entitlements.rights_of(other.id)


def test_a_plan_that_is_changed_keeps_its_old_form_for_those_who_have_it(make: Factories) -> None:
    first = plan_version("Basic", {LISTINGS: 5}, default=True)
    company, other = make.company(), make.company()
    subscribe(company, first)
    plan_version("Basic", {LISTINGS: 3})
    assert entitlements.limit(company.id, LISTINGS) == 5
    assert entitlements.limit(other.id, LISTINGS) == 3


def test_what_a_version_is_silent_about(make: Factories) -> None:
    plan_version("Basic", default=True)
    company = make.company()
    assert entitlements.limit(company.id, LISTINGS) is None
    assert entitlements.limit(company.id, "inquiries_included") == 0
    assert entitlements.limit(company.id, "commission_rate") is None


def test_a_claim_beyond_the_plan_is_refused_in_words(make: Factories) -> None:
    company = make.company()
    subscribe(company, plan_version("Basic", {LISTINGS: 3}, monthly="0"))
    plan_version("Silver", {LISTINGS: 4}, rank=2, monthly="1000")
    plan_version("Gold", {LISTINGS: 50}, rank=3, monthly="2500.50")
    make.listing(company=company)
    make.listing(company=company, state=ListingState.PENDING_REVIEW)
    for state in (ListingState.DRAFT, ListingState.PAUSED, ListingState.FILLED):
        make.listing(company=company, state=state)
    make.listing()
    assert entitlements.remaining(company.id, LISTINGS) == 1
    claim(company.id)
    with pytest.raises(LimitReached) as refused:
        claim(company.id, wanted=3)
    assert isinstance(refused.value, NotAllowed)
    assert refused.value.message == (
        "The plan “Basic” includes 3 listings open or in review at a time, and 2 are. "
        "“Gold” includes 50, for 2,500.50 INR a month; see the plans."
    )


def test_a_refusal_where_no_plan_has_more(make: Factories) -> None:
    company = make.company()
    plan_version("Basic", {LISTINGS: 0}, default=True, monthly="0")
    with pytest.raises(LimitReached, match="No plan on offer includes more."):
        claim(company.id)


def test_as_much_as_fits_is_granted(make: Factories) -> None:
    company = make.company()
    plan_version("Basic", {LISTINGS: 3}, default=True)
    make.listing(company=company)

    @use_case
    def granted(wanted: int) -> int:
        return entitlements.claim_up_to(company.id, LISTINGS, wanted)

    assert [granted(1), granted(2), granted(9), granted(0)] == [1, 2, 2, 0]


def test_use_is_told_beside_its_limit(make: Factories) -> None:
    company = make.company()
    make.listing(company=company)
    make.user(company)
    version = plan_version("Basic", {LISTINGS: 3, "pictures": 4, "users": 0}, default=True)
    use = {each.code: each for each in entitlements.usage_of(company.id)}
    assert list(use) == [
        "open_listings",
        "pictures",
        "users",
        "inquiries_included",
        "own_proposals",
    ]
    assert (use[LISTINGS].used, use[LISTINGS].limit, use[LISTINGS].left) == (1, 3, 2)
    assert (use["pictures"].used, use["pictures"].limit, use["pictures"].left) == (None, 4, None)
    assert (use["users"].used, use["users"].left) == (1, 0)
    assert use["own_proposals"].monthly
    assert not use["users"].monthly
    assert [each.code for each in entitlements.over_limit(company.id, version)] == ["users"]
    assert entitlements.use_of(company.id, LISTINGS) == use[LISTINGS]


def test_a_month_begins_at_midnight_of_the_hubs_zone(make: Factories) -> None:
    with clock.standing_at(datetime(2026, 12, 31, 18, 29, tzinfo=UTC)):
        assert entitlements.month_start() == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    with clock.standing_at(datetime(2026, 12, 31, 18, 30, tzinfo=UTC)):
        assert entitlements.month_start() == datetime(2026, 12, 31, 18, 30, tzinfo=UTC)


def test_values_are_written_for_people(make: Factories) -> None:
    assert entitlements.written(LISTINGS, Decimal(1200)) == "1,200"
    assert entitlements.written(LISTINGS, None) == "without limit"
    assert entitlements.written("commission_rate", Decimal("0.0075")) == "0.75%"
    assert entitlements.written("commission_rate", None) == "by the hub's rules"


def test_only_what_the_table_has_can_be_counted() -> None:
    with pytest.raises(ValueError, match="no entitlements"):
        entitlements.install({"flights": lambda _company: 0})
