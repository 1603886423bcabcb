"""What choosing a plan means for a company, before it is chosen."""

from datetime import date

import pytest

from hub.core.errors import NotFound
from hub.membership import services
from hub.membership.models.plans import BillingInterval
from hub.membership.models.subscriptions import Subscription
from hub.membership.subscriptions.choosing import Choice, choice_of, compared_terms
from tests.membership.membership_factories import MONTH, YEAR, MembershipDesk, rupees

BOTH = {MONTH: "40.00", YEAR: "365.00"}


def test_who_has_no_plan_begins_one_in_the_usual_terms(members: MembershipDesk) -> None:
    basic = members.plan(prices=BOTH)
    assert choice_of(None, basic.public_id, None, "") == Choice(
        "subscribe", basic, YEAR, rupees(365)
    )
    assert choice_of(None, basic.public_id, MONTH, "INR").due == rupees(40)


def test_a_choice_depends_on_what_the_company_has(members: MembershipDesk) -> None:
    basic, higher = members.plan(1, BOTH), members.plan(2, {YEAR: "730.00"})
    owner = members.owner()

    def kinds() -> list[str]:
        present: Subscription = members.subscription(owner)
        return [choice_of(present, each.public_id, None, "").kind for each in (basic, higher)]

    services.subscribe(owner, basic.public_id, YEAR, "INR")
    assert kinds() == ["waiting", "waiting"]
    members.pay(owner)
    assert kinds() == ["same", "upgrade"]
    later = choice_of(members.subscription(owner), basic.public_id, MONTH, "")
    assert (later.kind, later.begins, later.due) == ("change", date(2028, 1, 1), rupees(40))
    dearer = choice_of(members.subscription(owner), higher.public_id, None, "")
    assert dearer.quote is not None
    assert dearer.due == dearer.quote.due == rupees(365)


def test_what_is_not_offered_cannot_be_chosen(members: MembershipDesk) -> None:
    first = members.plan()
    with pytest.raises(NotFound, match="like this"):
        choice_of(None, first.public_id, MONTH, "")
    with pytest.raises(NotFound, match="like this"):
        choice_of(None, first.public_id, YEAR, "EUR")
    members.again(first, {YEAR: "400.00"})
    with pytest.raises(NotFound, match="any more"):
        choice_of(None, first.public_id, YEAR, "INR")


@pytest.mark.parametrize(
    ("interval", "currency", "shown"),
    [
        (None, "", (YEAR, "INR")),
        (MONTH, "EUR", (MONTH, "EUR")),
        (MONTH, "XXX", (MONTH, "INR")),
    ],
)
def test_plans_are_compared_in_the_terms_asked_for_or_the_usual_ones(
    members: MembershipDesk, interval: BillingInterval | None, currency: str, shown: object
) -> None:
    assert compared_terms(None, interval, currency, [MONTH, YEAR], ["EUR", "INR"]) == shown


def test_without_prices_there_is_nothing_to_compare_in(members: MembershipDesk) -> None:
    assert compared_terms(None, MONTH, "EUR", [], []) == (None, "INR")
