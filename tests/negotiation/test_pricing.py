"""What opening an inquiry costs: the price of the goods, of a group of them, or the general one."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from hub.core import settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.negotiation import queries, services
from hub.negotiation.models import FreeReason, InquiryPrice
from tests.factories import Factories
from tests.negotiation.inquiry_factories import Trade


@pytest.fixture
def administrator(make: Factories) -> Actor:
    return make.staff(StaffRole.ADMINISTRATOR)


@use_case
def fees_in(currency: str) -> None:
    settings.change(SYSTEM, fee_currency=currency, inquiry_price=Decimal("7.50"))


def test_the_nearest_price_holds(make: Factories, administrator: Actor) -> None:
    food = make.commodity("Food")
    vegetables = make.commodity("Vegetables", parent_id=food.id)
    onion = make.commodity("Onion", parent_id=vegetables.id)
    iron = make.commodity("Iron")
    assert queries.price_for(onion.id) == Money(100_00, "INR")
    services.set_price(administrator, "food", Decimal("80"))
    assert queries.price_for(onion.id) == Money(80_00, "INR")
    services.set_price(administrator, "vegetables", Decimal("60.50"))
    services.set_price(administrator, "onion", Decimal("40"))
    services.set_price(administrator, "onion", Decimal("45"))
    assert [queries.price_for(each.id).minor for each in (onion, vegetables, food, iron)] == [
        45_00,
        60_50,
        80_00,
        100_00,
    ]
    services.remove_price(administrator, "onion", "INR")
    assert queries.price_for(onion.id) == Money(60_50, "INR")
    fees_in("EUR")
    assert queries.price_for(onion.id) == Money(7_50, "EUR")


def test_what_is_delivered_keeps_its_price(trade: Trade, administrator: Actor) -> None:
    trade.plan(included=0)
    asked = trade.ask()
    services.set_price(administrator, "onion", Decimal("40"))
    assert asked.price == Money(100_00, "INR")
    free = services.set_price(administrator, "onion", Decimal(0))
    assert free.amount_minor == 0
    assert trade.ask(trade.make.trader()).free_reason is FreeReason.NO_PRICE


def test_only_administrators_set_sensible_prices(make: Factories, administrator: Actor) -> None:
    make.commodity("Onion")
    for who in (make.staff(StaffRole.BROKER), make.trader()):
        with pytest.raises(NotAllowed):
            services.set_price(who, "onion", Decimal(1))
        with pytest.raises(NotAllowed):
            services.remove_price(who, "onion", "INR")
    for code, price, field in (
        ("nothing", "1", "commodity"),
        ("onion", "-1", "amount"),
        ("onion", "0.001", "amount"),
    ):
        with pytest.raises(Invalid) as refusal:
            services.set_price(administrator, code, Decimal(price))
        assert list(refusal.value.fields) == [field]
    with pytest.raises(NotFound):
        services.remove_price(administrator, "onion", "INR")
    assert db.session.scalar(select(func.count()).select_from(InquiryPrice)) == 0
