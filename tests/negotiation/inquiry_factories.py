"""A hub on which companies ask each other: a supplier, a purchaser, a broker, and money."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hub.accounts.models import Company
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.membership.models.plans import Plan, PlanEntitlement, PlanVersion
from hub.negotiation import services
from hub.negotiation.asking import Question
from hub.negotiation.models import Inquiry
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.posting.models import Listing
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, rupees

NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
PRICE = 100_00


@dataclass
class Trade:
    """Who asks whom about what; the supplier's plan includes what :meth:`plan` says."""

    make: Factories

    def __post_init__(self) -> None:
        self.finance = FinanceDesk(self.make)
        self.company: Company = self.make.company()
        self.supply: Listing = self.make.listing(company=self.company)
        self.supplier: Actor = self.make.trader(self.company)
        self.purchaser: Actor = self.make.trader()
        self.broker: Actor = self.make.staff(StaffRole.BROKER)

    def plan(self, included: int | None = 0) -> None:
        """The plan of every company includes so many inquiries a month (None: all)."""
        version = PlanVersion(number=1, name="Basic", created_at=clock.now())
        value = None if included is None else Decimal(included)
        version.entitlements = [PlanEntitlement(code="inquiries_included", value=value)]
        plan = Plan(code="basic", rank=1, is_default=True, created_at=clock.now())
        plan.versions = [version]
        db.session.add(plan)
        db.session.commit()

    def top_up(self, amount: str, company_id: int | None = None) -> None:
        """The supplier's transfer reaches its account."""
        wallet = payments.open_wallet(SYSTEM, company_id or self.company.id, "INR")
        self.finance.bank_sends(Entry(amount, structured=wallet.reference))

    def ask(self, who: Actor | None = None, listing: Listing | None = None, **what: Any) -> Inquiry:
        """The purchaser asks about the supply."""
        question = Question(**({"text": "Is it from this harvest?"} | what))
        return services.ask(who or self.purchaser, (listing or self.supply).public_id, question)

    def paid(self) -> Inquiry:
        """An inquiry that the supplier paid for."""
        asked = self.ask()
        return services.open_inquiry(self.supplier, asked.public_id, PRICE)

    def sweep(self, amount: str) -> None:
        """So much of the hub's fees leaves the designated account."""
        _sweep(f"account:{self.finance.account.id}", amount)


@use_case
def _sweep(holder: str, amount: str) -> None:
    ledger.post(
        SYSTEM,
        ledger.Draft(
            "swept",
            "sweep",
            ("account", 1),
            settings.today(),
            [
                ledger.debit(chart.FEES_DUE_TO_HUB, holder, rupees(amount)),
                ledger.credit(chart.PAYOUT_IN_TRANSIT, "payout:1", rupees(amount)),
            ],
        ),
    )


def balances() -> dict[int, int]:
    """What lies on the accounts that inquiries touch, in minor units; credits are positive."""
    accounts = (
        chart.MEMBER_WALLET,
        chart.FEES_DUE_TO_HUB,
        chart.DUE_FROM_ESCROW,
        chart.INQUIRY_INCOME,
    )
    return {account: ledger.owed(account, "INR").minor for account in accounts}


def reloaded(inquiry: Inquiry) -> Inquiry:
    """The inquiry as the database has it now."""
    return db.session.scalars(
        select(Inquiry).where(Inquiry.id == inquiry.id).execution_options(populate_existing=True)
    ).one()
