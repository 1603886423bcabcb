"""What is checked of partners' shares: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Executable, Update, delete, insert, select, update

from hub.affiliates import services
from hub.affiliates.invariants import CHECKS
from hub.affiliates.models import Attribution, Partner, Share, ShareReturn
from hub.core import clock, settings
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.money import Money
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from hub.payments.payouts.models import Payout
from tests.affiliates.partner_factories import PartnerOffice
from tests.broken_books import broken, told, unlocked
from tests.factories import Factories
from tests.payments.money_factories import Entry
from tests.transactions import rolled_back

CHECKED = [check for _number, _title, check in CHECKS]
A_MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def office(schema_app: Flask) -> Iterator[PartnerOffice]:
    """A year of two partners: shares in every state, debts, returns and two currencies."""
    with rolled_back(schema_app):
        clock.set_to(clock.now())
        office = PartnerOffice(Factories())
        _let_a_year_pass(office)
        assert broken(CHECKED) == {}
        yield office


def _let_a_year_pass(office: PartnerOffice) -> None:
    other = office.join(office.make.trader(email="a@other.example"))
    office.earn(office.stranger(), "900.00", "stranger")
    member, second = office.member(), office.member(partner=other)
    services.attribute(SYSTEM, office.company_id, office.code)
    office.earn(member, "100.00", "paid:1", subject=1)
    office.earn(member, "20.00", "paid:2", subject=2)
    office.earn(second, "10.00", "paid:3", subject=3)
    clock.advance(A_MONTH)
    services.pay_out(office.owner, "INR")
    services.pay_out(office.make.trader(other.company), "INR")
    office.give_back(member, "100.00", "back:1", subject=1)
    office.give_back(second, "5.00", "back:3", subject=3)
    office.earn(member, "60.00", "offset", subject=4)
    office.earn(member, "70.00", "payable", subject=5)
    office.earn(member, "50.00", "returned", subject=6)
    office.give_back(member, "50.00", "back:6", subject=6)
    clock.advance(A_MONTH)
    services.make_payable(SYSTEM)
    account = office.make.designated_account("USD", account_number="00000043")
    for company in (member, second):
        _earn_dollars(office, company.id, account.account_number)
    clock.advance(timedelta(days=304))
    office.earn(member, "30.00", "pending", subject=7)
    office.give_back(member, "9.99", "back:7", subject=7)


def _earn_dollars(office: PartnerOffice, company_id: int, account: str) -> None:
    wallet = payments.open_wallet(SYSTEM, company_id, "USD")
    sent = Entry("50.00", structured=wallet.reference, currency="USD")
    office.desk.bank_sends(sent, account=account, currency="USD")
    payments.charge_wallet(
        SYSTEM,
        key=f"dollars:{company_id}",
        kind="ad_click",
        company_id=company_id,
        amount=Money(5000, "USD"),
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 8),
    )


def share(key: str) -> Share:
    return db.session.scalars(select(Share).where(Share.income_key == key)).one()


def attribution_of_share(key: str) -> Attribution:
    return db.session.get_one(Attribution, share(key).attribution_id)


def payout_of_share(key: str) -> Payout:
    return db.session.get_one(Payout, share(key).payout_id)


def changed(key: str, **values: object) -> Executable:
    return update(Share).where(Share.income_key == key).values(**values)


def returned(key: str, income: int, amount: int) -> Executable:
    """One more return of a share is noted."""
    return insert(ShareReturn).values(
        share_id=share(key).id,
        income_key="by hand",
        income_minor=income,
        amount_minor=amount,
        debt_minor=0,
        returned_on=settings.today(),
    )


def balance(company_id: int, currency: str = "INR") -> Update:
    """What the ledger owes a partner, to be changed."""
    return update(LedgerBalance).where(
        LedgerBalance.account == chart.AFFILIATES_PAYABLE,
        LedgerBalance.holder == f"company:{company_id}",
        LedgerBalance.currency == currency,
    )


def owing(office: PartnerOffice, more: int) -> Executable:
    """The ledger owes the first partner so much more."""
    return balance(office.company_id).values(balance_minor=LedgerBalance.balance_minor - more)


def test_what_the_ledger_owes_a_partner_is_what_its_unpaid_shares_make(
    office: PartnerOffice,
) -> None:
    name = "the_ledger_owes_what_is_unpaid"
    first = f"company:{office.company_id}"
    second = db.session.get_one(Partner, share("paid:3").partner_id).company_id
    assert told(CHECKED, owing(office, 1)) == {
        name: [f"{first} is owed 501 INR as a partner, its unpaid shares make 500."]
    }
    assert told(CHECKED, balance(second, "USD").values(currency="EUR")) == {
        name: [
            f"company:{second} is owed 0 USD as a partner, its unpaid shares make 500.",
            f"company:{second} is owed 500 EUR as a partner, its unpaid shares make 0.",
        ]
    }
    assert told(CHECKED, balance(office.company_id).values(holder="company:0")) == {
        name: [
            "company:0 is owed 500 INR as a partner, its unpaid shares make 0.",
            f"{first} is owed 0 INR as a partner, its unpaid shares make 500.",
        ]
    }


def test_a_share_is_its_rate_of_the_income_at_first_and_of_what_is_left(
    office: PartnerOffice,
) -> None:
    name = "shares_are_the_rate_of_income"
    whole, part = share("returned"), share("paid:2")
    other_rate = changed("returned", rate="0.11")
    told_of = "5.00 INR less 5.00 INR is not 0.110000 of what is left of 5000 INR."
    assert told(CHECKED, other_rate) == {name: [f"Share {whole.public_id}: {told_of}"]}
    went_back = [changed("paid:2", returned_minor=6), returned("paid:2", income=6, amount=0)]
    told_of = "2.00 INR less 0.00 INR is not 0.100000 of what is left of 2000 INR."
    assert told(CHECKED, *went_back) == {name: [f"Share {part.public_id}: {told_of}"]}


def test_what_was_taken_back_of_a_share_is_what_its_returns_say(office: PartnerOffice) -> None:
    def other_returns(key: str) -> dict[str, list[str]]:
        sentence = f"Share {share(key).public_id} counts other returns than were noted."
        return {"returns_add_up": [sentence]}

    assert told(CHECKED, returned("payable", income=1, amount=0)) == other_returns("payable")
    one_more = [returned("pending", income=1, amount=1), changed("pending", returned_minor=1000)]
    assert told(CHECKED, *one_more) == other_returns("pending")
    noted = ShareReturn.share_id == share("paid:1").id
    of_debt = update(ShareReturn).where(noted).values(debt_minor=999)
    lost = delete(ShareReturn).where(noted)
    for damage in (of_debt, lost):
        told_of = told(CHECKED, *unlocked("partner_share_return"), damage)
        assert told_of == other_returns("paid:1")


def test_a_debt_is_made_good_exactly_before_anything_is_owed(office: PartnerOffice) -> None:
    name = "debts_are_made_good_first"
    partner, other = (f"Partner {share(key).partner_id}" for key in ("paid:1", "paid:3"))
    assert told(CHECKED, changed("pending", withheld_minor=1), owing(office, -1)) == {
        name: [f"{partner} has a debt of -1 INR and is owed 499."]
    }
    assert told(CHECKED, changed("payable", withheld_minor=399), owing(office, 1)) == {
        name: [f"{partner} has a debt of 1 INR and is owed 501."]
    }
    less_paid = update(Payout).where(Payout.id == payout_of_share("paid:3").id)
    damage = [changed("paid:3", withheld_minor=51), less_paid.values(amount_minor=49)]
    assert told(CHECKED, *damage) == {name: [f"{other} has a debt of -1 INR and is owed 0."]}


def test_a_payout_is_the_sum_of_the_shares_that_it_pays(office: PartnerOffice) -> None:
    name = "payouts_are_of_shares"
    first, second = payout_of_share("paid:1"), payout_of_share("paid:3")
    for amount in (1199, 1201):
        damage = update(Payout).where(Payout.id == first.id).values(amount_minor=amount)
        assert told(CHECKED, damage) == {
            name: [f"Payout {first.end_to_end_id} is over {amount}, its shares make 1200."]
        }
    assert told(CHECKED, changed("paid:2", payout_id=second.id)) == {
        name: sorted(
            [
                f"Payout {first.end_to_end_id} is over 1200, its shares make 1000.",
                f"Payout {second.end_to_end_id} is over 100, its shares make 300.",
            ]
        )
    }


def test_nothing_is_earned_outside_a_members_time_or_from_oneself(office: PartnerOffice) -> None:
    name = "shares_are_within_their_time"

    def outside(*keys: str) -> dict[str, list[str]]:
        found = [share(key).public_id for key in keys]
        return {name: sorted(f"Share {one} was earned outside its member's time." for one in found)}

    time = attribution_of_share("paid:1")
    day_before = time.registered_on - timedelta(days=1)
    assert told(CHECKED, changed("paid:1", earned_on=day_before)) == outside("paid:1")
    assert told(CHECKED, changed("pending", earned_on=time.ends_on)) == outside("pending")
    of_other = attribution_of_share("paid:3")
    moved = update(Attribution).where(Attribution.id == of_other.id)
    assert told(CHECKED, moved.values(partner_id=office.partner_id)) == outside(
        "paid:3", f"dollars:{of_other.company_id}"
    )
    refused = select(Attribution).where(Attribution.company_id == office.company_id)
    itself = db.session.scalars(refused).one().public_id
    counted = update(Attribution).where(Attribution.public_id == itself)
    assert told(CHECKED, counted.values(refusal=None, refused_at=None)) == {
        name: [f"Attribution {itself} counts a partner as its own member."]
    }
