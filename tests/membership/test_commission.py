"""The rate of commission: which rules hold, which one decides, how it is told, who keeps them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.accounts.models import Company
from hub.catalogue.models import Commodity
from hub.core import audit, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.membership.commission import services as commission
from hub.membership.commission import words as commission_words
from hub.membership.commission.services import CommissionTable, Quote, rate_for
from hub.membership.entitlements.services import Rights
from hub.membership.models.commission import CommissionRule
from hub.membership.models.plans import Plan, PlanVersion
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.queries import company_holder
from tests.examples import examples
from tests.factories import Factories
from tests.membership.plan_rows import plan_version, subscribe


@pytest.fixture
def admin(make: Factories) -> Actor:
    return make.staff(StaffRole.ADMINISTRATOR)


def add(admin: Actor, rate: str, **values: Any) -> CommissionRule:
    begin = values.pop("valid_from", settings.today())
    return commission.add_rule(admin, rate=Decimal(rate), valid_from=begin, **values)


def quote(company: Company, commodity: Commodity, currency: str = "INR", days: int = 0) -> Quote:
    on = settings.today() + timedelta(days=days)
    return rate_for(company.id, commodity.id, currency, on)


@use_case
def release(
    company: Company, net: int, fee: int, *, days_ago: int = 0, currency: str = "INR"
) -> int:
    """The ledger's entry for released goods of ``net + fee`` minor units."""
    supplier = company_holder(company.id)
    entry = ledger.post(
        SYSTEM,
        ledger.Draft(
            f"release:contract:{new_public_id()}",
            "release",
            ("contract", 1),
            settings.today() - timedelta(days=days_ago),
            [
                ledger.debit(chart.HELD_FOR_CONTRACT, "contract:1", Money(net + fee, currency)),
                ledger.credit(chart.SELLER_PAYABLE, supplier, Money(net, currency)),
                ledger.credit(chart.FEES_DUE_TO_HUB, "account:1", Money(fee, currency)),
                ledger.debit(chart.DUE_FROM_ESCROW, "", Money(fee, currency)),
                ledger.credit(chart.COMMISSION_INCOME, "", Money(fee, currency)),
            ],
        ),
    )
    return entry.id


@use_case
def hold(amount: int, currency: str = "INR") -> None:
    """Money that releases can be made from."""
    ledger.post(
        SYSTEM,
        ledger.Draft(
            f"hold:{currency}",
            "test",
            ("contract", 1),
            settings.today(),
            [
                ledger.debit(chart.ESCROW_BANK, "", Money(amount, currency)),
                ledger.credit(chart.HELD_FOR_CONTRACT, "contract:1", Money(amount, currency)),
            ],
        ),
    )


def test_without_rules_the_setting_holds(make: Factories) -> None:
    found = quote(make.company(), make.commodity())
    assert (found.rate, found.rule_public_id) == (Decimal("0.01"), None)
    assert found.reason() == [{"rate": "0.01", "rule": None, "conditions": {}}]
    assert commission_words.sentence(found.reason()) == "The hub's standard rate of 1% holds."


def test_the_rate_of_the_plan_is_a_rule_that_names_the_plan(make: Factories, admin: Actor) -> None:
    onion = make.commodity()
    company, other = make.company(), make.company()
    subscribe(company, plan_version("Gold", {"commission_rate": "0.02"}))
    add(admin, "0.005")
    assert quote(company, onion).rate == Decimal("0.02")
    assert quote(other, onion).rate == Decimal("0.005")


def test_a_rule_for_a_group_holds_for_all_its_parts(make: Factories, admin: Actor) -> None:
    food = make.commodity("Food")
    greens = make.commodity("Vegetables", parent_id=food.id)
    onion = make.commodity("Onion", parent_id=greens.id)
    rule = add(admin, "0.02", commodity_code="food")
    company = make.company()
    assert quote(company, onion).rule_public_id == rule.public_id
    assert quote(company, food).rule_public_id == rule.public_id
    assert quote(company, make.commodity("Cotton")).rule_public_id is None


def test_a_rule_for_a_plan_holds_for_its_members(make: Factories, admin: Actor) -> None:
    gold = plan_version("Gold")
    member, other = make.company(), make.company()
    subscribe(member, gold)
    add(admin, "0.004", plan_code="gold")
    onion = make.commodity()
    assert [quote(each, onion).rate for each in (member, other)] == [
        Decimal("0.004"),
        Decimal("0.01"),
    ]


def test_volume_counts_released_goods_of_365_days_in_the_currency(
    make: Factories, admin: Actor
) -> None:
    company, other, onion = make.company(), make.company(), make.commodity()
    hold(1_000_000)
    hold(1_000_000, "USD")
    add(admin, "0.003", volume=Money(100_000, "INR"))
    release(company, 59_400, 600, days_ago=364)
    release(company, 39_600, 399)
    release(company, 99_000, 1000, days_ago=365)
    release(other, 99_000, 999)
    release(company, 99_000, 1000, currency="USD")
    assert quote(company, onion).rate == Decimal("0.01")
    last = release(company, 1, 0)
    assert quote(company, onion).rate == Decimal("0.003")
    assert quote(company, onion, days=1).rate == Decimal("0.01")
    assert quote(company, onion, "USD").rate == Decimal("0.01")
    assert quote(other, onion).rate == Decimal("0.01")
    table = CommissionTable.load(settings.today())
    assert table.quote(company.id, onion.id, "INR") == quote(company, onion)
    assert table.quote(other.id, onion.id, "INR") == quote(other, onion)

    @use_case
    def undo() -> None:
        ledger.reverse(SYSTEM, last, "A mistake.")

    undo()
    assert quote(company, onion).rate == Decimal("0.01")


def test_a_rule_holds_from_its_first_to_its_last_day(make: Factories, admin: Actor) -> None:
    today = settings.today()
    add(
        admin,
        "0.02",
        valid_from=today + timedelta(days=1),
        valid_until=today + timedelta(days=2),
    )
    company, onion = make.company(), make.commodity()
    rates = [quote(company, onion, days=days).rate for days in range(4)]
    assert rates == [Decimal(each) for each in ("0.01", "0.02", "0.02", "0.01")]


COMMODITIES = {1: None, 2: 1, 3: 2, 4: None}
RULES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from([None, 1, 2, 3, 4]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, (100, "INR"), (200, "INR"), (100, "USD")]),
        st.sampled_from([None, date(2030, 1, 1)]),
    ),
    max_size=8,
)


@hypothesis_settings(max_examples=examples(60))
@given(
    RULES,
    st.sampled_from(list(COMMODITIES)),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([0, 100, 150, 200]),
    st.sampled_from([None, 3]),
)
def test_the_rule_with_most_conditions_wins_and_then_the_lowest_rate(
    rows: Sequence[tuple[Any, ...]],
    commodity: int,
    plan: int | None,
    sold: int,
    plan_rate: int | None,
) -> None:
    """Against all rules looked through one by one."""
    commodities = {each: Commodity(id=each, name=f"C{each}", names={}) for each in COMMODITIES}
    plans = {
        each: Plan(id=each, versions=[PlanVersion(plan_id=each, name=f"P{each}", names={})])
        for each in (1, 2)
    }
    rules = []
    for rate, goods, member, volume, until in rows:
        minor, currency = volume or (None, None)
        rules.append(
            CommissionRule(
                public_id=f"rule{len(rules)}",
                rate=Decimal(rate) / 1000,
                commodity_id=goods,
                commodity=commodities.get(goods),
                plan_id=member,
                plan=plans.get(member),
                volume_minor=minor,
                currency=currency,
                valid_until=until,
            )
        )

    class Own(Rights):
        def limit(self, code: str) -> Decimal | None:
            return None if plan_rate is None else Decimal(plan_rate) / 1000

    rights = Own(plans[plan].versions[0] if plan else None)
    table = CommissionTable(
        Decimal("0.005"), rules, dict(COMMODITIES), {7: rights}, Rights(None), {(7, "INR"): sold}
    )
    found = table.quote(7, commodity, "INR")

    lineage = {1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {4}}[commodity]
    held = [(0, Decimal("0.005"))]
    if plan is not None and plan_rate is not None:
        held.append((-1, Decimal(plan_rate) / 1000))
    for rate, goods, member, volume, until in rows:
        if goods is not None and goods not in lineage:
            continue
        if member is not None and member != plan:
            continue
        if volume is not None and (volume[1] != "INR" or sold < volume[0]):
            continue
        named = sum(each is not None for each in (goods, member, volume, until))
        held.append((-named, Decimal(rate) / 1000))
    assert found.rate == min(held)[1]
    assert len(found.candidates) == len(held)


def test_the_explanation_tells_the_rules_that_held(make: Factories, admin: Actor) -> None:
    onion = make.commodity()
    company = make.company()
    subscribe(company, plan_version("Gold", {"commission_rate": "0.009"}))
    hold(10_000_000)
    release(company, 5_000_000, 0)
    until = settings.today() + timedelta(days=30)
    rule = add(
        admin,
        "0.0075",
        commodity_code="onion",
        plan_code="gold",
        volume=Money(4_000_000, "INR"),
        valid_until=date(until.year, until.month, until.day),
    )
    reason = quote(company, onion).reason()
    assert reason[0] == {
        "rate": "0.0075",
        "rule": rule.public_id,
        "conditions": {
            "commodity": {"name": "Onion", "names": {}},
            "plan": {"name": "Gold", "names": {}},
            "volume": {"minor": 4_000_000, "currency": "INR"},
            "until": until.isoformat(),
        },
    }
    words = commission_words.conditions(reason[0]["conditions"])
    assert words.startswith(
        "sales of Onion, the plan “Gold”, 40,000.00 INR or more sold in 365 days, until "
    )
    assert commission_words.rate_rows(reason) == [
        ("For every sale", "1%", "muted"),
        ("For the plan “Gold”", "0.9%", "muted"),
        (f"For {words}", "0.75%", "muted"),
        ("Rate of this sale", "0.75%", "total"),
    ]
    assert commission_words.sentence(reason) == (
        f"Of the rules that fit this sale, the closest holds: 0.75% for {words}."
    )
    add(admin, "0.008", commodity_code="onion")
    cheaper = quote(make.company(), onion).reason()
    assert commission_words.sentence(cheaper) == (
        "Of the rules that fit this sale, the closest holds: 0.8% for sales of Onion."
    )


def test_adding_and_retiring_leave_a_trace(make: Factories, admin: Actor) -> None:
    make.commodity()
    rule = add(admin, "0.02", commodity_code="onion", note=" Harvest ")
    assert (rule.rate, rule.note, rule.created_by) == (Decimal("0.02"), "Harvest", admin.user_id)
    later = add(admin, "0.03")
    assert commission.rules(admin) == [later, rule]
    with pytest.raises(Invalid):
        commission.retire_rule(admin, rule.public_id, " ", rule.version)
    with pytest.raises(Conflict):
        commission.retire_rule(admin, rule.public_id, "Over.", rule.version + 1)
    commission.retire_rule(admin, rule.public_id, "The harvest is in.", rule.version)
    with pytest.raises(Conflict):
        commission.retire_rule(admin, rule.public_id, "Again.", rule.version)
    with pytest.raises(NotFound):
        commission.retire_rule(admin, "nothing", "Over.", 1)
    db.session.expire_all()
    assert [each.public_id for each in commission.rules(admin)] == [later.public_id, rule.public_id]
    assert quote(make.company(), make.commodity()).rate == Decimal("0.01")
    retired, added = audit.history([("commission_rule", rule.id)])
    assert (retired.action, retired.reason) == ("commission_rule_retired", "The harvest is in.")
    assert added.action == "commission_rule_added"
    assert added.details == {
        "rate": "0.02",
        "valid_from": settings.today().isoformat(),
        "conditions": {"commodity": {"name": "Onion", "names": {}}},
    }


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("rate", {"rate": Decimal(1)}),
        ("rate", {"rate": Decimal("-0.01")}),
        ("rate", {"rate": Decimal("0.0000001")}),
        ("valid_from", {"valid_from": date(2020, 1, 1)}),
        ("valid_until", {"valid_until": date(2020, 1, 1)}),
        ("commodity", {"commodity_code": "gold-dust"}),
        ("plan", {"plan_code": "platinum"}),
        ("volume", {"volume": Money(0, "INR")}),
        ("note", {"note": "x" * 201}),
    ],
)
def test_a_rule_that_is_wrong_is_refused_field_by_field(
    admin: Actor, field: str, values: dict[str, Any]
) -> None:
    right: dict[str, Any] = {"rate": Decimal("0.01"), "valid_from": settings.today()}
    with pytest.raises(Invalid) as refused:
        commission.add_rule(admin, **(right | values))
    assert list(refused.value.fields) == [field]
    assert commission.rules(admin) == []


def test_only_administrators_keep_rules(make: Factories, admin: Actor) -> None:
    rule = add(admin, "0.02")
    finance, trader = make.staff(StaffRole.FINANCE), make.trader()
    for actor in (finance, trader):
        for step in (
            lambda who: add(who, "0"),
            lambda who: commission.retire_rule(who, rule.public_id, "No.", rule.version),
            commission.rules,
            lambda who: commission.preview(who, 1, 1, "INR"),
        ):
            with pytest.raises(NotAllowed):
                step(actor)
    assert [each.retired_at for each in commission.rules(admin)] == [None]
    company, onion = make.company(), make.commodity()
    assert commission.preview(admin, company.id, onion.id, "INR").rate == Decimal("0.01")
