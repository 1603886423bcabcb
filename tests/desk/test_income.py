"""The income of the hub by source and month, for those who look after it."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from hub.core import clock
from hub.core.actor import SYSTEM, StaffRole
from hub.core.money import Money
from hub.desk.income import income_page
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from tests.factories import Factories
from tests.signing_in import sign_in


def earn(account: int, day: date, minor: int, key: str, currency: str = "INR") -> None:
    amount = Money(minor, currency)
    ledger.post(
        SYSTEM,
        ledger.Draft(
            key,
            "earned",
            ("test", 1),
            day,
            [
                ledger.debit(chart.DUE_FROM_ESCROW, "", amount),
                ledger.credit(account, "", amount),
            ],
        ),
    )


@pytest.fixture(autouse=True)
def december(app: object) -> None:
    clock.set_to(datetime(2026, 12, 15, 9, tzinfo=UTC))


def test_the_months_and_sources_add_up(make: Factories) -> None:
    earn(chart.COMMISSION_INCOME, date(2026, 12, 1), 500, "a")
    earn(chart.COMMISSION_INCOME, date(2026, 12, 31), 70, "b")
    earn(chart.MEMBERSHIP_INCOME, date(2026, 11, 30), 100, "c")
    earn(chart.ADVERTISING_INCOME, date(2026, 1, 1), 9, "d")
    earn(chart.INQUIRY_INCOME, date(2025, 12, 31), 10_000, "before the twelve months")
    earn(chart.COMMISSION_INCOME, date(2026, 12, 1), 4_000, "e", "EUR")
    amount = Money(30, "INR")
    ledger.post(
        SYSTEM,
        ledger.Draft(
            "f",
            "share",
            ("test", 1),
            date(2026, 12, 2),
            [
                ledger.debit(chart.AFFILIATE_COST, "", amount),
                ledger.credit(chart.AFFILIATES_PAYABLE, "company:1", amount),
            ],
        ),
    )
    page = income_page("INR")
    assert [month.first for month in page.months] == [date(2026, each, 1) for each in range(1, 13)]
    assert [month.total.minor for month in page.months] == [9, *[0] * 9, 100, 570]
    assert page.months[-1].income[chart.COMMISSION_INCOME] == Money(570, "INR")
    assert (page.months[-1].spent.minor, page.months[-1].result.minor) == (30, 540)
    assert (page.total.minor, page.spent.minor) == (679, 30)
    assert page.standing[chart.AFFILIATES_PAYABLE] == Money(30, "INR")
    assert page.currencies == ("EUR", "INR")
    assert income_page("EUR").total == Money(4_000, "EUR")
    assert income_page("nonsense").currency == "INR"


def test_an_empty_ledger_has_an_empty_page(client: FlaskClient, make: Factories) -> None:
    sign_in(client, make.staff(StaffRole.FINANCE))
    page = client.get("/income").get_data(as_text=True)
    assert "Nothing earned yet" in page


def test_only_finance_and_administrators_see_it(client: FlaskClient, make: Factories) -> None:
    earn(chart.COMMISSION_INCOME, date(2026, 12, 1), 123_456, "a")
    assert client.get("/income").status_code == 302
    for actor in (make.trader(), make.staff(StaffRole.BROKER, StaffRole.ADVERTISING)):
        sign_in(client, actor)
        assert client.get("/income").status_code == 403
    for role in (StaffRole.FINANCE, StaffRole.ADMINISTRATOR):
        sign_in(client, make.staff(role))
        assert "1,234.56" in client.get("/income").get_data(as_text=True)
