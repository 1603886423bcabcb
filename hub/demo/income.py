"""The demo's members: plans, subscriptions paid and unpaid, accounts at the hub, a partner."""

from decimal import Decimal

from sqlalchemy import select

from hub.accounts.models import Company
from hub.affiliates import services as partners
from hub.affiliates.terms import terms_for
from hub.core import settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.demo import data, income_data, people
from hub.membership import jobs as jobs
from hub.membership import services as membership
from hub.membership.commission import services as commission
from hub.membership.models.plans import BillingInterval, Plan
from hub.membership.models.subscriptions import CHARGED_FOR
from hub.negotiation import pricing
from hub.payments import services as payments
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.rehearsal.bank import PretendBank, Transfer, transfer_for

PARTNER = 11


def open_offers() -> None:
    """What the hub sells from its first day on: plans, a coupon, rates, prices of inquiries."""
    administrator = people.member_of_staff("Administrator")
    for rank, described in enumerate(income_data.PLANS):
        plan = membership.create_plan(administrator, described.code, _draft(described, rank))
        if described.code == "basic":
            membership.make_default(administrator, plan.public_id, plan.version)
    membership.create_coupon(
        administrator,
        membership.CouponDraft(income_data.COUPON, share=Decimal("0.2"), most_uses=50),
    )
    commission.add_rule(
        administrator,
        rate=Decimal("0.008"),
        valid_from=settings.today(),
        commodity_code="industrial",
        note="To bring cotton and oilseeds to the hub.",
    )
    for code, price in income_data.INQUIRY_PRICES.items():
        pricing.set_price(administrator, code, Decimal(price))


def _draft(described: income_data.DemoPlan, rank: int) -> membership.PlanDraft:
    return membership.PlanDraft(
        name=described.name,
        rank=rank,
        names={"zh_Hans": described.name_zh},
        description=described.description,
        trial_days=described.trial_days,
        badge=described.badge,
        prices=[
            membership.PriceDraft(interval, data.CURRENCY, Decimal(amount))
            for interval, amount in described.prices.items()
        ],
        entitlements=described.entitlements,
    )


class Members:
    """Plays what the companies do with plans and accounts, day by day."""

    def __init__(self, companies: list[int], bank: PretendBank, clerk: Actor) -> None:
        self.companies = companies
        self.bank = bank
        self.clerk = clerk

    def play(self, ago: int) -> None:
        """Everything of one day: subscriptions, their payments, transfers into accounts."""
        for member in income_data.MEMBERS:
            if member.ago == ago:
                self._subscribe(member)
            if member.ago - 1 == ago and ago > 1:
                self._pay(self.companies[member.company], ago)
        for company, day, amount in income_data.TOP_UPS:
            if day == ago:
                self._top_up(self.companies[company], amount, ago)
        jobs.work_through_deadlines()
        jobs.recognise_income()

    def _subscribe(self, member: income_data.DemoMember) -> None:
        owner = people.owner_of(self.companies[member.company])
        plan = db.session.scalars(select(Plan).where(Plan.code == member.plan)).one()
        membership.subscribe(
            owner,
            plan.current.public_id,
            BillingInterval(member.interval),
            data.CURRENCY,
            coupon=member.coupon,
            wants_trial=member.trial,
        )

    def _pay(self, company_id: int, ago: int) -> None:
        found = db.session.scalars(
            select(Invoice).where(
                Invoice.payer_id == company_id,
                Invoice.subject_kind == CHARGED_FOR,
                Invoice.state == InvoiceState.OPEN,
            )
        ).all()
        name = db.session.get_one(Company, company_id).legal_name
        transfers = [transfer_for(each, name, f"{company_id:012d}") for each in found]
        self._arrive(transfers, f"M{ago:03d}-{company_id}")

    def _top_up(self, company_id: int, amount: int, ago: int) -> None:
        owner = people.owner_of(company_id)
        wallet = payments.open_wallet(owner, company_id, data.CURRENCY)
        name = db.session.get_one(Company, company_id).legal_name
        transfer = Transfer(
            name, f"{company_id:012d}", f"{amount}.00", wallet.reference, "NOTPROVIDED"
        )
        self._arrive([transfer], f"W{ago:03d}-{company_id}")

    def _arrive(self, transfers: list[Transfer], number: str) -> None:
        if not transfers:
            return
        statement = self.bank.credit(transfers, number, settings.today())
        payments.import_statement(self.clerk, statement.read_bytes(), statement.name)


def bring_a_member(companies: list[int]) -> None:
    """A company becomes a partner, and another one joins with its code."""
    partner = partners.join(people.owner_of(companies[PARTNER]), terms_for(None).mark)
    partners.attribute(SYSTEM, companies[PARTNER - 1], partner.code)
