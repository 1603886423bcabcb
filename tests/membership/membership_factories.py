"""What membership tests need: plans, companies, money that comes, days that pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.money import Money
from hub.membership import invariants, queries, services
from hub.membership.models.plans import BillingInterval, Plan, PlanVersion
from hub.membership.models.subscriptions import Charge, ChargeState, Subscription, SubscriptionState
from hub.membership.subscriptions import billing, recognition
from hub.payments import invariants as money
from hub.payments import services as payments
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.queries import company_holder
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk

MONTH, QUARTER, YEAR = BillingInterval.MONTH, BillingInterval.QUARTER, BillingInterval.YEAR

#: The day on which the membership tests begin.
FIRST_DAY = date(2027, 1, 1)


def rupees(amount: str | int) -> Money:
    """An amount in INR, from main units."""
    return Money.from_decimal(Decimal(amount), "INR")


@dataclass
class MembershipDesk:
    """A hub with an administrator and a bank, where the clock stands at FIRST_DAY."""

    make: Factories
    codes: count = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        clock.set_to(datetime(2027, 1, 1, 8, tzinfo=UTC))
        self.finance = FinanceDesk(self.make)
        self.admin = self.make.staff(StaffRole.ADMINISTRATOR)

    def plan(
        self,
        rank: int = 1,
        prices: Mapping[BillingInterval, str] | None = None,
        *,
        code: str = "",
        default: bool = False,
        trial_days: int = 0,
        badge: str = "",
        **limits: str | int | None,
    ) -> PlanVersion:
        """A plan's first version: 365.00 INR a year unless said; ``limits`` by code."""
        code = code or f"plan-{next(self.codes)}"
        priced = {YEAR: "365.00"} if prices is None else prices
        draft = services.PlanDraft(
            name=code.title(),
            rank=rank,
            trial_days=trial_days,
            badge=badge,
            prices=[
                services.PriceDraft(interval, "INR", Decimal(amount))
                for interval, amount in priced.items()
            ],
            entitlements={
                name: None if value is None else Decimal(value) for name, value in limits.items()
            },
        )
        plan = services.create_plan(self.admin, code, draft)
        if default:
            services.make_default(self.admin, plan.public_id, plan.version)
        return plan.current

    def again(self, version: PlanVersion, prices: Mapping[BillingInterval, str]) -> PlanVersion:
        """A further version of a plan at other prices."""
        plan: Plan = version.plan
        draft = services.PlanDraft(
            name=version.name,
            rank=plan.rank,
            prices=[
                services.PriceDraft(interval, "INR", Decimal(amount))
                for interval, amount in prices.items()
            ],
        )
        return services.change_plan(self.admin, plan.public_id, draft, plan.version).current

    def owner(self) -> Actor:
        """The owner of a new company."""
        return self.make.trader()

    def member(self, version: PlanVersion, interval: BillingInterval = YEAR) -> Actor:
        """The owner of a company that has the plan, paid by transfer today."""
        owner = self.owner()
        services.subscribe(owner, version.public_id, interval, "INR", wants_trial=False)
        self.pay(owner)
        return owner

    def subscription(self, owner: Actor) -> Subscription:
        """The company's newest subscription as it is stored."""
        db.session.expire_all()
        found = db.session.query(Subscription).filter_by(company_id=owner.company_id)
        return found.order_by(Subscription.id.desc()).first()  # type: ignore[return-value]

    def state(self, owner: Actor) -> SubscriptionState:
        return self.subscription(owner).state

    def charges(self, owner: Actor) -> list[Charge]:
        """All charges of the company, oldest first."""
        db.session.expire_all()
        return (
            db.session.query(Charge)
            .join(Charge.subscription)
            .filter_by(company_id=owner.company_id)
            .order_by(Charge.id)
            .all()
        )

    def waiting_invoice(self, owner: Actor) -> Invoice | None:
        """The invoice of the company's charge that waits (the newest, if there are two)."""
        waiting = [each for each in self.charges(owner) if each.state is ChargeState.OPEN]
        if not waiting:
            return None
        return queries.invoices_of([waiting[-1].id]).get(waiting[-1].id)

    def pay(self, owner: Actor, amount: str | None = None) -> None:
        """The company transfers what its newest waiting invoice asks for (or ``amount``)."""
        invoice = self.waiting_invoice(owner)
        assert invoice is not None
        self.transfer(invoice, amount)

    def transfer(self, invoice: Invoice, amount: str | None = None) -> None:
        """A transfer that quotes an invoice."""
        sent = str(invoice.due.decimal) if amount is None else amount
        self.finance.bank_sends(Entry(sent, structured=invoice.reference))
        db.session.expire_all()

    def top_up(self, owner: Actor, amount: str) -> None:
        """Put money into the company's account."""
        assert owner.company_id is not None
        wallet = payments.open_wallet(owner, owner.company_id, "INR")
        self.finance.bank_sends(Entry(amount, structured=wallet.reference))
        db.session.expire_all()

    def run_jobs(self) -> None:
        """What the jobs process does, once."""
        payments.work_through_deadlines(SYSTEM)
        billing.work_through_deadlines(SYSTEM)
        recognition.work_through_the_day(SYSTEM)
        db.session.expire_all()

    def go_to(self, day: date) -> None:
        """Go straight to a day and run the jobs."""
        clock.advance(timedelta(days=(day - settings.today()).days))
        self.run_jobs()

    def wallet(self, owner: Actor) -> Money:
        """What lies in the company's account."""
        return payments.wallet_balance(owner.company_id or 0, "INR")

    def credit(self, owner: Actor) -> Money:
        """The company's credit."""
        return ledger.owed(chart.BUYER_CREDIT, "INR", company_holder(owner.company_id or 0))

    def deferred(self) -> Money:
        return ledger.owed(chart.DEFERRED_MEMBERSHIP, "INR")

    def income(self) -> Money:
        return ledger.owed(chart.MEMBERSHIP_INCOME, "INR")


def breaches() -> list[str]:
    """Every breach of the invariants of money and memberships."""
    found = [breach.sentence for breach in money.check()]
    for _number, _title, check in invariants.CHECKS:
        found += check()
    return found
