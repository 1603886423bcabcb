"""What is checked of inquiries: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Insert, Update, insert, select, update

from hub.core import clock, settings
from hub.core.money import Money
from hub.negotiation import services
from hub.negotiation.invariants import CHECKS
from hub.negotiation.models import ContestState, Ground, Inquiry, InquiryContest
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerEntry, LedgerLine
from tests.broken_books import broken, told, unlocked
from tests.factories import Factories
from tests.negotiation.inquiry_factories import NOW, PRICE, Trade, reloaded
from tests.transactions import rolled_back

CHECKED = [check for _group, _rule, check in CHECKS]


@pytest.fixture(scope="module")
def inquiries(schema_app: Flask) -> Iterator[dict[str, Inquiry]]:
    """Inquiries with and without contests, by what became of them."""
    with rolled_back(schema_app):
        clock.set_to(NOW)
        trade = Trade(Factories())
        trade.plan(included=1)
        trade.top_up("1000.00")
        decided = _decided(trade)
        assert broken(CHECKED) == {}
        yield decided


def _decided(trade: Trade) -> dict[str, Inquiry]:
    included = trade.ask(trade.make.trader())
    found = {"included": included}
    for name in ("paid", "contested", "refused", "invalid", "spam"):
        asked = trade.ask(trade.make.trader())
        found[name] = services.open_inquiry(trade.supplier, asked.public_id, PRICE)
    trade.ask()
    versions = {}
    for name in ("contested", "refused", "invalid", "spam", "included"):
        ground = Ground.SPAM if name in ("spam", "included") else Ground.OTHER
        asked = found[name].public_id
        versions[name] = services.contest(trade.supplier, asked, ground, "Nobody is there").version
    services.refuse(
        trade.broker, found["refused"].public_id, "A fair question", versions["refused"]
    )
    for name in ("invalid", "spam", "included"):
        services.uphold(trade.broker, found[name].public_id, "Quite so", versions[name])
    return {name: reloaded(inquiry) for name, inquiry in found.items()}


def of_contest(inquiry: Inquiry) -> Update:
    return update(InquiryContest).where(InquiryContest.inquiry_id == inquiry.id)


def line(
    key: str, minor: int, account: int = chart.INQUIRY_INCOME, currency: str = "INR"
) -> Insert:
    """One more line in an entry of the ledger."""
    entry = select(LedgerEntry.id).where(LedgerEntry.key == key).scalar_subquery()
    return insert(LedgerLine).values(
        entry_id=entry, account=account, currency="INR", holder="", amount_minor=minor
    )


def entry(kind: str, subject_id: int) -> Insert:
    """An entry of the ledger, made by hand, for something else."""
    return insert(LedgerEntry).values(
        key="by hand",
        kind="inquiry",
        booked_on=settings.today(),
        posted_at=clock.now(),
        subject_kind=kind,
        subject_id=subject_id,
    )


@pytest.mark.parametrize(("name", "net"), [("paid", 100_00), ("invalid", 0), ("included", 0)])
def test_what_an_inquiry_cost_is_what_the_ledger_took_in_for_it(
    inquiries: dict[str, Inquiry], name: str, net: int
) -> None:
    inquiry = inquiries[name]
    told_of = f"Inquiry {inquiry.id} cost {Money(net, 'INR')}, but 4400 took in"
    more = [entry(Inquiry.THING, inquiry.id), line("by hand", -1)]
    assert told(CHECKED, *more) == {
        "charges_are_in_the_ledger": [f"{told_of} {Money(net + 1, 'INR')}."]
    }


def test_what_was_paid_in_one_currency_is_not_taken_in_in_another(
    inquiries: dict[str, Inquiry],
) -> None:
    paid = inquiries["paid"].id
    assert told(CHECKED, update(Inquiry).where(Inquiry.id == paid).values(currency="USD")) == {
        "charges_are_in_the_ledger": [
            f"Inquiry {paid} cost 0.00 INR, but 4400 took in 100.00 INR.",
            f"Inquiry {paid} cost 100.00 USD, but 4400 took in 0.00 USD.",
        ]
    }
    dollar = line(f"inquiry:{paid}", -1).values(currency="USD")
    assert told(CHECKED, dollar) == {
        "charges_are_in_the_ledger": [
            f"Inquiry {paid} cost 0.00 USD, but 4400 took in 0.01 USD.",
        ]
    }


def test_an_inquiry_that_cost_something_has_an_entry(inquiries: dict[str, Inquiry]) -> None:
    """What is taken in for an inquiry is told even where there is none with that number."""
    paid = inquiries["paid"].id
    elsewhere = update(LedgerEntry).where(LedgerEntry.key == f"inquiry:{paid}")
    damage = [*unlocked("ledger_entry"), elsewhere.values(subject_id=0)]
    assert told(CHECKED, *damage) == {
        "charges_are_in_the_ledger": [
            "Inquiry 0 cost 0.00 INR, but 4400 took in 100.00 INR.",
            f"Inquiry {paid} cost 100.00 INR, but 4400 took in 0.00 INR.",
        ]
    }


def test_only_inquiries_bring_income_of_inquiries(inquiries: dict[str, Inquiry]) -> None:
    paid = inquiries["paid"].id
    assert told(CHECKED, entry("order", paid), line("by hand", -1)) == {
        "charges_are_in_the_ledger": [f"4400 took in money for order {paid}."]
    }
    fees = line("by hand", -1, chart.FEES_DUE_TO_HUB)
    assert told(CHECKED, entry("order", paid), fees) == {}


def test_an_inquiry_is_void_where_a_contest_was_upheld_and_nowhere_else(
    inquiries: dict[str, Inquiry],
) -> None:
    def disagrees(name: str) -> dict[str, list[str]]:
        sentence = f"Inquiry {inquiries[name].public_id} and the contest of it don't agree."
        return {"void_inquiries_were_contested": [sentence]}

    for name in ("invalid", "spam", "included"):
        refused = of_contest(inquiries[name]).values(state=ContestState.REFUSED)
        assert told(CHECKED, refused) == disagrees(name)
    upheld = of_contest(inquiries["refused"]).values(state=ContestState.UPHELD)
    assert told(CHECKED, upheld) == disagrees("refused")


@pytest.mark.parametrize("name", ["invalid", "spam"])
def test_the_price_of_a_void_inquiry_was_given_back(
    inquiries: dict[str, Inquiry], name: str
) -> None:
    inquiry = inquiries[name]
    kept = update(Inquiry).where(Inquiry.id == inquiry.id).values(credited_minor=0)
    assert told(CHECKED, kept, line(f"inquiry:{inquiry.id}", -PRICE)) == {
        "void_inquiries_were_contested": [
            f"Inquiry {inquiry.public_id} and the contest of it don't agree."
        ]
    }
