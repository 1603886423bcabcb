"""What a partner earns, to the minor unit: accrued, taken back, withheld, paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from hub.affiliates import jobs, queries, services
from hub.affiliates.models import Share, ShareReturn, ShareState
from hub.core import clock, settings
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed, NotFound
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.messaging.models import StaffTask
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import Payout, PayoutKind, PayoutState
from tests.affiliates.partner_factories import (
    INQUIRY,
    PartnerOffice,
    attribution_of,
    broken,
    shares,
)
from tests.payments.money_factories import Entry, rupees

REGISTERED = datetime(2026, 3, 1, 10, tzinfo=UTC)


@use_case
def _change_settings(**values: object) -> None:
    settings.change(SYSTEM, **values)


def _state() -> list[tuple[ShareState, int, int, int, int]]:
    return [
        (row.state, row.amount_minor, row.taken_back_minor, row.debt_minor, row.withheld_minor)
        for row in shares()
    ]


def _after_hold() -> datetime:
    return clock.now() + timedelta(days=30)


def _payouts() -> list[tuple[PayoutKind, PayoutState, int, int | None]]:
    return [
        (row.kind, row.state, row.amount_minor, row.payee_id)
        for row in db.session.scalars(select(Payout).order_by(Payout.id))
    ]


def test_a_share_is_accrued_and_paid_by_the_payout_path(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "123.45", "click:1")
    [share] = shares()
    assert (share.amount_minor, share.rate, share.income_minor) == (1234, Decimal("0.1"), 12345)
    assert (share.earned_on, share.payable_on) == (
        settings.today(),
        settings.today() + timedelta(days=30),
    )
    before = office.books()
    assert before == {5300: 1234, 2800: -1234, 1150: 12345, 2150: -12345, 2110: 0}
    with pytest.raises(Conflict, match="Nothing is payable in INR"):
        services.pay_out(office.owner, "INR")
    assert (office.books(), _payouts()) == (before, [])
    with clock.standing_at(_after_hold()):
        payout = services.pay_out(office.owner, "INR")
        assert office.books() == {5300: 1234, 2800: 0, 1150: 11111, 2150: -11111, 2110: -1234}
        assert _payouts() == [(PayoutKind.CREDIT, PayoutState.DUE, 1234, office.owner.company_id)]
        assert (shares()[0].state, shares()[0].payout_id) == (ShareState.PAID, payout.id)
        with pytest.raises(Conflict, match="Nothing is payable"):
            services.pay_out(office.owner, "INR")
        file = office.desk.pay_out(payout.public_id)
    assert f"<EndToEndId>{payout.end_to_end_id}</EndToEndId>".encode() in file
    office.desk.bank_sends(Entry("-12.34", end_to_end_id=payout.end_to_end_id))
    assert db.session.get_one(Payout, payout.id).state is PayoutState.SETTLED
    assert office.books()[2110] == 0
    assert broken() == []


def test_halves_round_to_even_and_less_than_half_a_unit_is_no_share(office: PartnerOffice) -> None:
    member = office.member()
    for number, amount in enumerate(["0.05", "0.15", "0.25", "0.35", "0.04"]):
        office.earn(member, amount, f"click:{number}", subject=number + 1)
    assert [row.amount_minor for row in shares()] == [2, 2, 4]
    assert office.books()[2800] == -8
    assert broken() == []


def test_the_same_income_announced_again_earns_and_returns_once(office: PartnerOffice) -> None:
    member = office.member()
    for _again in range(2):
        office.earn(member, "100.00", "click:1")
    for _again in range(2):
        office.give_back(member, "40.00", "back:1")
    assert _state() == [(ShareState.PENDING, 1000, 400, 0, 0)]
    assert office.books()[2800] == -600
    assert db.session.query(ShareReturn).count() == 1
    assert broken() == []


def test_a_key_as_long_as_the_ledger_allows_is_digested(office: PartnerOffice) -> None:
    member = office.member()
    keys = [f"{'x' * 78}:{number}" for number in (1, 2)]
    for number, key in enumerate(keys):
        office.earn(member, "10.00", key, subject=number)
        office.give_back(member, "10.00", f"{'y' * 78}:{number}", subject=number)
    assert [row.income_key for row in shares()] == keys
    assert [row[0] for row in _state()] == [ShareState.TAKEN_BACK] * 2
    assert office.books()[2800] == 0
    assert broken() == []


def test_commission_is_shared_when_the_goods_are_accepted_and_freight_never(
    office: PartnerOffice,
) -> None:
    supplier = office.member()
    invoice = office.desk.invoice("1000.00")
    office.desk.bank_sends(Entry("1000.00", structured=invoice.reference))
    assert shares() == []
    payments.release(
        SYSTEM,
        invoice.subject,
        payee_id=supplier.id,
        bank_account_id=supplier.bank_accounts[0].id,
        goods=rupees("900.00"),
        commission=rupees("9.00"),
        freight=rupees("100.00"),
    )
    [share] = shares()
    assert (share.account, share.income_minor, share.amount_minor) == (4100, 900, 90)
    assert office.books() == {5300: 90, 2800: -90, 1150: 10900, 2150: -10900, 2110: 0}
    assert broken() == []


def test_a_membership_is_shared_when_it_is_paid(office: PartnerOffice) -> None:
    member = office.member()
    invoice = payments.open_fee_invoice(
        SYSTEM,
        subject=("order", 7),
        payer_id=member.id,
        currency="INR",
        lines=[("membership", "A year", rupees("1200.00"))],
        due_on=office.make.someday(7),
        lapses_on=office.make.someday(10),
    )
    office.desk.bank_sends(Entry("1200.00", structured=invoice.reference))
    assert shares() == []
    deferred = (chart.DEFERRED_MEMBERSHIP, "order:7", rupees("1200.00"))
    payments.earn(SYSTEM, ("order", 7), "begin:7", [deferred])
    payments.recognise_deferred(SYSTEM, ("order", 7), "day:7", "order:7", rupees("3.29"))
    assert [(row.account, row.amount_minor) for row in shares()] == [(2700, 12000)]


@pytest.mark.parametrize(
    ("day", "earned"), [(0, 1), (364, 1), (365, 0)], ids=["first day", "last day", "day after"]
)
def test_a_member_counts_for_its_days(office: PartnerOffice, day: int, earned: int) -> None:
    with clock.standing_at(REGISTERED):
        member = office.member()
        assert attribution_of(member).ends_on == settings.today() + timedelta(days=365)
    with clock.standing_at(REGISTERED + timedelta(days=day)):
        office.earn(member, "10.00", "click:1")
    assert len(shares()) == earned
    assert broken() == []


def test_companies_that_nobody_brought_earn_nobody_anything(office: PartnerOffice) -> None:
    stranger = office.stranger()
    office.earn(stranger, "50.00", "click:1")
    office.give_back(stranger, "50.00", "back:1")
    assert shares() == []
    assert office.books()[2800] == 0


def test_a_return_takes_the_share_back_to_the_rate_of_what_is_left(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "0.35", "click:1")
    office.earn(member, "9.99", "click:2", subject=2)
    for number, left in enumerate([3, 2, 2, 2, 1, 0, 0], 1):
        office.give_back(member, "0.05", f"back:{number}")
        assert shares()[0].amount_minor - shares()[0].taken_back_minor == left
    assert shares()[0].state is ShareState.TAKEN_BACK
    office.give_back(member, "0.05", "back:8")
    assert [row.returned_minor for row in shares()] == [35, 0]
    assert office.books()[2800] == -100
    assert broken() == []


def test_a_return_is_of_the_same_kind_and_subject_the_latest_first(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "10.00", "click:1")
    office.earn(member, "20.00", "click:2")
    office.earn(member, "40.00", "inquiry:1", income=INQUIRY)
    office.give_back(member, "25.00", "back:1")
    assert [row.returned_minor for row in shares()] == [500, 2000, 0]
    assert _state() == [
        (ShareState.PENDING, 100, 50, 0, 0),
        (ShareState.TAKEN_BACK, 200, 200, 0, 0),
        (ShareState.PENDING, 400, 0, 0, 0),
    ]
    assert office.books()[2800] == -450
    assert broken() == []


def test_what_was_paid_is_set_off_against_the_next_shares(office: PartnerOffice) -> None:
    office.earn(office.stranger(), "500.00", "click:0")
    member = office.member()
    office.earn(member, "100.00", "click:1")
    with clock.standing_at(_after_hold()):
        services.pay_out(office.owner, "INR")
        office.give_back(member, "100.00", "back:1")
        assert _state() == [(ShareState.PAID, 1000, 1000, 1000, 0)]
        assert queries.debt_of(office.partner.id, "INR") == 1000
        assert office.books()[2800] == 0
        office.earn(member, "60.00", "click:2", subject=2)
        office.earn(member, "70.00", "click:3", subject=3)
        assert _state()[1:] == [
            (ShareState.OFFSET, 600, 0, 0, 600),
            (ShareState.PENDING, 700, 0, 0, 400),
        ]
        assert office.books() == {5300: 1300, 2800: -300, 1150: 62000, 2150: -62000, 2110: -1000}
        assert broken() == []
        # What made a debt good and goes back itself leaves the debt open again.
        office.give_back(member, "60.00", "back:2", subject=2)
        assert _state()[1:] == [
            (ShareState.TAKEN_BACK, 600, 600, 600, 600),
            (ShareState.OFFSET, 700, 0, 0, 700),
        ]
    assert queries.debt_of(office.partner.id, "INR") == 300
    [figures] = queries.figures(office.partner.id)
    assert [figures.earned.minor, figures.taken_back.minor, figures.paid.minor] == [
        2300,
        1600,
        1000,
    ]
    assert [figures.pending.minor, figures.payable.minor, figures.debt.minor] == [0, 0, 300]
    assert broken() == []


def test_a_debt_is_made_good_by_unpaid_shares_first(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "100.00", "click:1")
    with clock.standing_at(_after_hold()):
        services.pay_out(office.owner, "INR")
        office.earn(member, "30.00", "click:2", subject=2)
        office.earn(member, "90.00", "click:3", subject=3)
        office.give_back(member, "50.00", "back:1")
    assert _state() == [
        (ShareState.PAID, 1000, 500, 500, 0),
        (ShareState.OFFSET, 300, 0, 0, 300),
        (ShareState.PENDING, 900, 0, 0, 200),
    ]
    assert office.books()[2800] == -700
    assert broken() == []


def test_currencies_never_net(office: PartnerOffice) -> None:
    office.earn(office.stranger(), "500.00", "click:0")
    member = office.member()
    office.earn(member, "100.00", "click:1")
    with clock.standing_at(_after_hold()):
        services.pay_out(office.owner, "INR")
        office.give_back(member, "100.00", "back:1")
        dollars = office.make.designated_account("USD", account_number="00000043")
        wallet = payments.open_wallet(SYSTEM, member.id, "USD")
        office.desk.bank_sends(
            Entry("50.00", structured=wallet.reference, currency="USD"),
            account=dollars.account_number,
            currency="USD",
        )
        payments.charge_wallet(
            SYSTEM,
            key="click:2",
            kind="ad_click",
            company_id=member.id,
            amount=Money(5000, "USD"),
            income=chart.ADVERTISING_INCOME,
            subject=("campaign", 2),
        )
    assert _state()[1] == (ShareState.PENDING, 500, 0, 0, 0)
    assert [(one.currency, one.debt.minor) for one in queries.figures(office.partner.id)] == [
        ("INR", 1000),
        ("USD", 0),
    ]
    assert ledger.owed(chart.AFFILIATES_PAYABLE, "USD").minor == 500
    assert broken() == []


def test_a_rate_holds_for_what_is_earned_while_it_does(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "100.00", "click:1")
    services.set_rate(
        office.administrator,
        office.partner.public_id,
        office.partner.version,
        Decimal("0.125"),
        "brings many",
    )
    office.earn(member, "100.00", "click:2", subject=2)
    _change_settings(affiliate_rate=Decimal("0.2"))
    office.earn(member, "100.00", "click:3", subject=3)
    services.set_rate(
        office.administrator, office.partner.public_id, office.partner.version, None, "as all"
    )
    office.earn(member, "100.00", "click:4", subject=4)
    assert [row.amount_minor for row in shares()] == [1000, 1250, 1250, 2000]
    office.give_back(member, "50.00", "back:1", subject=2)
    assert shares()[1].taken_back_minor == 625
    assert broken() == []


def test_the_month_is_paid_by_itself_from_the_smallest_sum_on(office: PartnerOffice) -> None:
    other = office.join(office.make.trader(email="a@other.example"))
    with clock.standing_at(REGISTERED):
        small = office.member(partner=other)
        member = office.member()
        office.earn(member, "1000.00", "click:1")
        office.earn(small, "999.90", "click:2", subject=2)
    with clock.standing_at(datetime(2026, 3, 31, 12, tzinfo=UTC)):
        assert jobs.pay_partners() == 0
        assert [row.state for row in shares()] == [ShareState.PAYABLE] * 2
    with clock.standing_at(datetime(2026, 4, 1, 12, tzinfo=UTC)):
        office.earn(member, "500.00", "click:3", subject=3)
        assert jobs.pay_partners() == 1
        assert jobs.pay_partners() == 0
    assert [row.state for row in shares()] == [
        ShareState.PAID,
        ShareState.PAYABLE,
        ShareState.PENDING,
    ]
    assert _payouts() == [(PayoutKind.CREDIT, PayoutState.DUE, 10000, office.partner.company_id)]
    with clock.standing_at(datetime(2026, 5, 2, 12, tzinfo=UTC)):
        office.earn(small, "0.05", "click:4", subject=4)
        assert jobs.pay_partners() == 0
        services.pay_out(office.make.trader(other.company), "INR")
    assert _payouts()[1][2] == 9999
    assert broken() == []


def test_without_the_hubs_fees_nothing_is_paid_and_finance_is_told(office: PartnerOffice) -> None:
    office.desk.own_account()
    member = office.member()
    office.earn(member, "2000.00", "click:1")
    payments.request_sweep(office.desk.anna, "INR")
    with clock.standing_at(clock.now() + timedelta(days=62)):
        before = office.books()
        with pytest.raises(Conflict, match="fees have left the designated account"):
            services.pay_out(office.owner, "INR")
        assert office.books() == before
        assert shares()[0].state is ShareState.PENDING
        for _again in range(2):
            assert jobs.pay_partners() == 0
        [task] = db.session.scalars(select(StaffTask)).all()
        assert (task.role, task.kind) == (StaffRole.FINANCE, "partner_payout_waits")
        assert task.closed_at is None
        office.earn(member, "9000.00", "click:2", subject=2)
        assert jobs.pay_partners() == 1
    db.session.refresh(task)
    assert task.closed_at is not None
    assert [row.state for row in shares()] == [ShareState.PAID, ShareState.PENDING]
    assert broken() == []


def test_without_a_bank_account_the_payout_is_held(office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "100.00", "click:1")
    for account in office.partner.company.bank_accounts:
        account.retired_at = clock.now()
    db.session.commit()
    with clock.standing_at(_after_hold()):
        payout = services.pay_out(office.owner, "INR")
    assert payout.held_reason == "The payee has no bank account in this currency."
    assert shares()[0].state is ShareState.PAID
    assert broken() == []


def test_only_money_people_of_a_verified_partner_are_paid(office: PartnerOffice) -> None:
    office.earn(office.member(), "100.00", "click:1")
    company = office.partner.company
    with clock.standing_at(_after_hold()):
        for role in (CompanyRole.TRADER, CompanyRole.VIEWER):
            with pytest.raises(NotAllowed):
                services.pay_out(office.make.trader(company, role=role), "INR")
        with pytest.raises(NotFound):
            services.pay_out(office.make.trader(), "INR")
        with pytest.raises(NotFound):
            services.pay_out(office.administrator, "INR")
        with pytest.raises(Conflict, match="Nothing is payable in USD"):
            services.pay_out(office.owner, "USD")
        assert db.session.query(Share).one().state is ShareState.PENDING
        finance = office.make.trader(company, role=CompanyRole.FINANCE)
        assert services.pay_out(finance, "INR").amount_minor == 1000
