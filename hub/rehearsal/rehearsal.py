"""The whole trade on real listings: import, match, sign, pay, deliver, accept, pay out, check."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hub.catalogue import services as catalogue
from hub.catalogue import services as importing
from hub.contracts.models import Contract, ContractState
from hub.core import clock, settings, tabular
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.depots import services as depots
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.matching import services as matching
from hub.matching.models import Proposal, ProposalState
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger.models import AccountUse, DesignatedAccount
from hub.posting import services as posting
from hub.rehearsal.bank import PretendBank
from hub.rehearsal.cast import hire_staff
from hub.rehearsal.player import Player
from hub.rehearsal.report import Report

#: Called with the name of a step, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]

CURRENCY = "INR"
UNIT = "DTN"
TRADES_A_STATEMENT = 12


@dataclass(frozen=True)
class Input:
    """The files to play with, the freight rate a unit and km, and how many trades to play."""

    supply: Path
    demand: Path
    regions: Path
    depots: Path
    freight: Decimal
    trades: int
    today: date | None


class Rehearsal:
    """One run, on the database of the current application context."""

    def __init__(self, given: Input, folder: Path, progress: Progress) -> None:
        self.given = given
        self.folder = folder
        self.progress = progress
        self.report = Report()
        self.contracts: list[Contract] = []
        self._contract_ids: list[int] = []
        self.ended_at = clock.now()
        #: Called between the steps whose repetition is proven on copies of the database.
        self.on_stage: Callable[[str], None] = lambda _stage: None

    def run(self) -> Report:
        """Play all steps; the clock stands at the given day and moves on an hour a step."""
        self._set_clock()
        try:
            self._prepare()
            self._import_listings()
            self._match()
            self._agree_and_sign()
            self.on_stage("signed")
            self._pay()
            self.on_stage("paid")
            self._deliver()
            self._pay_out()
            self._count()
        finally:
            self.ended_at = clock.now()
            clock.set_to(None)
        return self.report

    def _set_clock(self) -> None:
        zone = ZoneInfo(settings.current().time_zone)
        day = self.given.today or self._earliest_window() - timedelta(days=1)
        morning = datetime(day.year, day.month, day.day, 9, tzinfo=zone)
        clock.set_to(morning.astimezone(UTC))

    def _earliest_window(self) -> date:
        earliest: list[date] = []
        for path in (self.given.supply, self.given.demand):
            for _line, row in tabular.read_csv(path.read_bytes(), ("ready_from",)):
                with suppress(ValueError):
                    earliest.append(date.fromisoformat(row["ready_from"]))
        return min(earliest, default=settings.today())

    def _prepare(self) -> None:
        self.progress("prepare", 0, 1)
        catalogue.ensure_units(SYSTEM)
        importing.import_regions(SYSTEM, self.given.regions.read_bytes())
        catalogue.set_freight_rate(SYSTEM, CURRENCY, UNIT, self.given.freight)
        depots.import_depots(SYSTEM, self.given.depots.read_bytes())
        self.account = _designated_account()
        self.player = Player(hire_staff())
        self.bank = PretendBank(self.folder / "bank", self.account)
        self.progress("prepare", 1, 1)

    def _import_listings(self) -> None:
        files = (self.given.supply, self.given.demand)
        for done, path in enumerate(files):
            self.progress("import", done, len(files))
            batch = posting.import_listings(SYSTEM, path.read_bytes(), path.name, create=True)
            self.report.accepted_listings += batch.accepted
            self.report.rejected_listings += batch.refused
        self.progress("import", len(files), len(files))

    def _match(self) -> None:
        started = time.monotonic()
        run = matching.match_all(SYSTEM, lambda done, total: self.progress("match", done, total))
        self.report.matching_seconds = time.monotonic() - started
        self.report.proposals = run.proposals
        self.report.quantity = run.quantity
        self.report.surplus = run.surplus_in(CURRENCY)

    def _best(self) -> Sequence[int]:
        return db.session.scalars(
            select(Proposal.id)
            .where(Proposal.state == ProposalState.PROPOSED)
            .order_by(Proposal.surplus.desc(), Proposal.id)
            .limit(self.given.trades)
        ).all()

    def _agree_and_sign(self) -> None:
        best = self._best()
        for done, proposal_id in enumerate(best):
            self.progress("sign", done, len(best))
            contract = self.player.agree(proposal_id)
            self.player.sign(contract)
            self.contracts.append(contract)
            self._contract_ids.append(contract.id)
        self.progress("sign", len(best), len(best))
        clock.advance(timedelta(hours=1))

    def _pay(self) -> None:
        groups = [
            self.contracts[start : start + TRADES_A_STATEMENT]
            for start in range(0, len(self.contracts), TRADES_A_STATEMENT)
        ]
        for number, group in enumerate(groups):
            self.progress("pay", number, len(groups))
            self.player.pay(self.bank, group, f"PAY{number + 1:04d}")
        self.progress("pay", len(groups), len(groups))
        clock.advance(timedelta(hours=1))

    def _deliver(self) -> None:
        steps = (
            self.player.announce,
            self.player.bring_in,
            self.player.send_out,
            self.player.deliver,
            self.player.accept,
        )
        total = len(self.contracts)
        for done, contract in enumerate(self.contracts):
            self.progress("deliver", done, total)
            for step in steps:
                step(contract)
        self.progress("deliver", total, total)
        clock.advance(timedelta(hours=1))

    def _pay_out(self) -> None:
        self.progress("pay out", 0, 1)
        if self.player.request_payouts():
            self.player.approve_payouts()
            order = self.player.export_payouts(CURRENCY)
            self.on_stage("exported")
            self.player.settle(self.bank, order, "OUT0001")
        self.progress("pay out", 1, 1)

    def _count(self) -> None:
        ids = self._contract_ids

        def trades(model: type, *conditions: object) -> int:
            statement = select(func.count()).select_from(model).where(*conditions)  # type: ignore[arg-type]
            return int(db.session.scalar(statement) or 0)

        mine = Contract.id.in_(ids)
        invoices = (Invoice.subject_kind == Contract.THING, Invoice.subject_id.in_(ids))
        released = ReleaseOrder.contract_id.in_(ids)
        self.report.signed = trades(Contract, mine, Contract.signed_at.is_not(None))
        self.report.invoices = trades(Invoice, *invoices)
        self.report.paid = trades(Invoice, *invoices, Invoice.state == InvoiceState.PAID)
        self.report.delivered = trades(
            ReleaseOrder, released, ReleaseOrder.delivered_at.is_not(None)
        )
        self.report.accepted = trades(
            ReleaseOrder,
            released,
            ReleaseOrder.state.in_(
                (ReleaseState.ACCEPTED, ReleaseState.AUTO_ACCEPTED, ReleaseState.CLOSED)
            ),
        )
        self.report.settled = trades(Contract, mine, Contract.state == ContractState.COMPLETED)

    def sealed_contracts(self) -> Iterator[tuple[str, bytes]]:
        """The contracts of the run as (number, sealed PDF)."""
        for contract_id in self._contract_ids:
            fresh = db.session.get_one(
                Contract,
                contract_id,
                options=[joinedload(Contract.sealed_file)],
                populate_existing=True,
            )
            if fresh.sealed_file is not None:
                yield fresh.number, fresh.sealed_file.read()


@use_case
def _designated_account() -> DesignatedAccount:
    found = db.session.scalar(
        select(DesignatedAccount).where(
            DesignatedAccount.currency == CURRENCY,
            DesignatedAccount.use == AccountUse.CLIENT,
            DesignatedAccount.retired_at.is_(None),
        )
    )
    if found is None:
        found = DesignatedAccount(
            use=AccountUse.CLIENT,
            currency=CURRENCY,
            holder=settings.current().legal_name,
            bank_name="Pretend Bank",
            country="IN",
            clearing_code="PRET0000001",
            account_number="000100200300",
            created_at=clock.now(),
        )
        db.session.add(found)
    return found
