"""Plays the demo's weeks through the same services that people use, day after day."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.accounts.models import Company
from hub.contracts import services as contracts
from hub.contracts.models import Contract
from hub.core import clock, settings
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.demo import calendar, data, people
from hub.demo.advertising import Advertisers
from hub.demo.income import Members
from hub.dispatch import services as dispatch
from hub.matching import services as matching
from hub.payments import services as payments
from hub.payments.ledger.queries import payment_account
from hub.posting import services as posting
from hub.posting.models import Listing, Side
from hub.rehearsal.bank import PretendBank, Transfer
from hub.rehearsal.player import Player

ZONE = ZoneInfo("Asia/Kolkata")
GOODS = {goods.code: goods for goods in data.COMMODITIES}


def at(days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
    """An instant of a working day, ``days_ago`` before today, and never in the future."""
    day = clock.now().astimezone(ZONE).date() - timedelta(days=days_ago)
    instant = datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)
    return min(instant, clock.now())


class Story:
    """The weeks behind the demo, told once."""

    def __init__(self, folder: Path) -> None:
        self.random = random.Random(20260101)  # noqa: S311 - believable numbers, not secrets
        self.player = Player(people.staff(), data.PASSWORD, people.owner_of)
        self.bank = PretendBank(folder, payment_account(data.CURRENCY))
        self.contracts: dict[int, Contract] = {}
        self.references = 0
        names = [company.name for company in data.COMPANIES]
        ids = dict(db.session.execute(select(Company.legal_name, Company.id)).all())
        self.companies = [ids[name] for name in names]

    def tell(self, progress: Callable[[int, int], None]) -> None:
        """Play all planned steps, the payout days, and what belongs to today only."""
        plan = calendar.plan()
        members = Members(self.companies, self.bank, self.player.staff.first_clerk)
        advertisers = Advertisers(self.companies)
        done = 0
        for ago in range(calendar.FIRST_DAY - 1, -1, -1):
            with clock.standing_at(at(ago, 8)):
                members.play(ago)
                advertisers.play(ago)
            minute = 0
            for _ago, number, step in (item for item in plan if item[0] == ago):
                with clock.standing_at(at(ago, 9 + minute // 60, minute % 60)):
                    self._play(number, step)
                minute = min(minute + 7, 400)
                done += 1
                progress(done, len(plan))
            with clock.standing_at(at(ago, 18)):
                payments.work_through_deadlines(SYSTEM)
                if ago in calendar.PAYOUT_DAYS:
                    self._pay_out(ago)
        with clock.standing_at(at(0, 18)):
            self._leave_exceptions()
            self._leave_payouts()

    def _play(self, number: int, step: str) -> None:
        trade = calendar.TRADES[number]
        if step == "agree":
            self.contracts[number] = self._agree(trade)
            return
        contract = self._fresh(number)
        simple: dict[str, Callable[[Contract], None]] = {
            "announce": self.player.announce,
            "pick": self.player.pick,
            "load": self.player.load,
            "depart": self.player.depart,
            "deliver": self.player.deliver,
            "accept": self.player.accept,
            "arrive": self.player.arrive,
            "count": self.player.count,
            "inspect": self.player.inspect,
            "part": lambda found: self.player.inspect(
                found, found.quantity - 8, "Eight decitonnes are wet and soft."
            ),
            "reject": lambda found: self.player.inspect(
                found, Decimal(0), "Live insects in every sample; photographs were taken."
            ),
            "put_away": self.player.put_away,
            "refuse": self._refuse,
            "void": self._void,
            "terminate": self._terminate,
            "sign_one": lambda found: self.player.sign(found, by_both=False),
            "sign_other": self._sign_other,
            "pay": lambda found: self.player.pay(self.bank, [found], f"S{number:03d}"),
        }
        simple[step](contract)

    def _fresh(self, number: int) -> Contract:
        return db.session.get_one(Contract, self.contracts[number].id, populate_existing=True)

    def post(
        self,
        side: Side,
        company_id: int,
        commodity: str,
        quantity: int,
        price: Decimal,
        *,
        grade: str = "FAQ",
        days: int = 21,
        approve: bool = True,
    ) -> Listing:
        """Post a listing for a company and, as the broker, open it."""
        owner = people.owner_of(company_id)
        company = db.session.get_one(Company, company_id)
        self.references += 1
        texts = {
            "side": side.value,
            "reference": f"{'S' if side is Side.SUPPLY else 'D'}-{1000 + self.references}",
            "commodity": commodity,
            "grade": grade,
            "quantity": str(quantity),
            "unit": "DTN",
            "min_lot": str(min(quantity, 10)),
            "price": str(price),
            "currency": data.CURRENCY,
            "region": company.region.name,
            "ready_from": str(settings.today() + timedelta(days=3)),
            "ready_until": str(settings.today() + timedelta(days=days)),
            "valid_until": str(settings.today() + timedelta(days=days)),
            "packaging": "50 kg jute bags" if side is Side.SUPPLY else "",
        }
        draft = posting.create_draft(owner, texts)
        submitted = posting.submit(owner, draft.public_id, draft.version)
        if approve:
            return posting.approve(self.player.staff.broker, submitted.public_id)
        return submitted

    def _agree(self, trade: calendar.PlannedTrade) -> Contract:
        goods = GOODS[trade.commodity]
        ask = Decimal(goods.price + self.random.randrange(-8, 9) * 10)
        bid = ask + 620
        supplier, purchaser = self.companies[trade.supplier], self.companies[trade.purchaser]
        supply = self.post(Side.SUPPLY, supplier, goods.code, trade.quantity, ask, days=30)
        demand = self.post(Side.DEMAND, purchaser, goods.code, trade.quantity, bid, days=30)
        proposal = matching.propose(
            self.player.staff.broker,
            supply.public_id,
            demand.public_id,
            Decimal(trade.quantity),
            ask + 40,
        )
        return self.player.agree(proposal.id)

    def _sign_other(self, contract: Contract) -> None:
        purchaser = self.player.parties(contract).purchaser
        contracts.sign(
            purchaser,
            contract.public_id,
            self.player.issued_sha256(contract),
            data.PASSWORD,
        )

    def _refuse(self, contract: Contract) -> None:
        dispatch.refuse(
            self.player.parties(contract).purchaser,
            self.player.release(contract).public_id,
            Decimal(10),
            "Ten decitonnes came in torn bags and got wet on the road.",
        )

    def _void(self, contract: Contract) -> None:
        contracts.void(
            self.player.parties(contract).purchaser,
            contract.public_id,
            "The kitchen we bought for has closed.",
        )

    def _terminate(self, contract: Contract) -> None:
        contracts.terminate(
            self.player.staff.broker,
            contract.public_id,
            "The supplier lost the crop to hail and can't deliver.",
        )

    def _pay_out(self, ago: int) -> None:
        if not self.player.request_payouts():
            return
        self.player.approve_payouts()
        order = self.player.export_payouts(data.CURRENCY)
        self.player.settle(self.bank, order, f"O{ago:03d}")

    def _leave_payouts(self) -> None:
        """One payout waits for the second clerk; the others are still to be requested."""
        payments.request_payouts(self.player.staff.first_clerk, self.player.due_payouts()[:1])

    def _leave_exceptions(self) -> None:
        strays = [
            Transfer("Vindhya Traders", "311700004471", "18500.00", "", "NOTPROVIDED"),
            Transfer("Yamuna Fresh Foods Pvt. Ltd.", "310001774501", "25000.00", "", "ONION NOV"),
        ]
        statement = self.bank.credit(strays, "STRAY", settings.today())
        payments.import_statement(
            self.player.staff.first_clerk, statement.read_bytes(), statement.name
        )
