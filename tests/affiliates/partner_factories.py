"""A hub with a partner, a member it brought, and income from that member."""

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from hub.accounts.models import Company
from hub.affiliates import queries, services
from hub.affiliates.invariants import CHECKS
from hub.affiliates.models import Attribution, Partner, Share
from hub.affiliates.terms import terms_for
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.payments import services as payments
from hub.payments.invariants import check
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.queries import account_holder, company_holder
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, rupees

ADVERTISING = chart.ADVERTISING_INCOME
INQUIRY = chart.INQUIRY_INCOME


def broken() -> list[str]:
    """What breaks a rule of partners or of money."""
    found = [sentence for _number, _title, function in CHECKS for sentence in function()]
    return found + [breach.sentence for breach in check()]


@dataclass
class PartnerOffice:
    """A partner whose people are at partner.example, and money for members to spend."""

    make: Factories
    numbers: count = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.desk = FinanceDesk(self.make)
        self.administrator = self.make.staff(StaffRole.ADMINISTRATOR)
        self.owner = self.make.trader(email="owner@partner.example")
        self.partner = self.join(self.owner)
        self.partner_id, self.code = self.partner.id, self.partner.code
        self.company_id, self.account_id = self.partner.company_id, self.desk.account.id

    def join(self, owner: Actor) -> Partner:
        """The owner's company becomes a partner on the hub's terms."""
        return services.join(owner, terms_for(queries.partner_of(owner.company_id)).mark)

    def member(self, email: str = "", partner: Partner | None = None) -> Company:
        """A company of strangers that registered with the partner's code, and can spend."""
        company = self.make.company()
        self.make.user(company, email=email or f"buyer@member{next(self.numbers)}.example")
        services.attribute(SYSTEM, company.id, partner.code if partner else self.code)
        self._top_up(company)
        return company

    def stranger(self) -> Company:
        """A company that nobody brought, and that can spend."""
        company = self.make.company()
        self._top_up(company)
        return company

    def _top_up(self, company: Company) -> None:
        wallet = payments.open_wallet(SYSTEM, company.id, "INR")
        self.desk.bank_sends(Entry("100000.00", structured=wallet.reference))

    def earn(
        self,
        company: Company,
        amount: str,
        key: str,
        *,
        income: int = ADVERTISING,
        subject: int = 1,
    ) -> None:
        """The hub earns from the company's account."""
        payments.charge_wallet(
            SYSTEM,
            key=key,
            kind="ad_click",
            company_id=company.id,
            amount=rupees(amount),
            income=income,
            subject=("campaign", subject),
        )

    def give_back(
        self,
        company: Company,
        amount: str,
        key: str,
        *,
        income: int = ADVERTISING,
        subject: int = 1,
    ) -> None:
        """The hub gives income back to the company's account."""
        payments.credit_wallet(
            SYSTEM,
            key=key,
            kind="given_back",
            company_id=company.id,
            amount=rupees(amount),
            income=income,
            subject=("campaign", subject),
        )

    def books(self) -> dict[int, int]:
        """What partners cost, are owed, and have as credit, in minor units; debits positive."""
        company = self.company_id
        holders = {
            chart.AFFILIATE_COST: "",
            chart.AFFILIATES_PAYABLE: company_holder(company),
            chart.DUE_FROM_ESCROW: "",
            chart.FEES_DUE_TO_HUB: account_holder(self.account_id),
            chart.BUYER_CREDIT: company_holder(company),
        }
        return {code: ledger.balance(code, "INR", holder).minor for code, holder in holders.items()}


def shares() -> list[Share]:
    """Every share, oldest first."""
    return list(db.session.scalars(select(Share).order_by(Share.id)))


def attribution_of(company: Company) -> Attribution:
    found = queries.attribution_of(company.id)
    assert found is not None
    return found
