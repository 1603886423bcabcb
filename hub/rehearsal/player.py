"""One trade played step by step, as the companies and the staff would do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.contracts import services as contracts
from hub.contracts.models import Contract
from hub.core import settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.files import StoredFile
from hub.depots import queries as depots
from hub.depots.models import BinUse
from hub.dispatch import services as dispatch
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder
from hub.matching import services as matching
from hub.matching.models import Proposal
from hub.payments import services as payments
from hub.payments.invoices.models import Invoice
from hub.payments.payouts.models import PaymentFile, Payout, PayoutState
from hub.rehearsal.bank import PretendBank, Transfer, transfer_for
from hub.rehearsal.cast import PASSWORD, Staff, owner_of


@dataclass(frozen=True)
class Parties:
    """Who acts for the two companies of a trade."""

    supplier: Actor
    purchaser: Actor


class Player:
    """Plays trades with one staff; ``owner_of`` gives an owner of a company, by its id.

    All owners share ``password``, which signing asks for.
    """

    def __init__(
        self,
        staff: Staff,
        password: str = PASSWORD,
        owner: Callable[[int], Actor] = owner_of,
    ) -> None:
        self.staff = staff
        self.password = password
        self.owner_of = owner

    def agree(self, proposal_id: int) -> Contract:
        """The broker asks, both companies consent; the contract that was drawn."""
        proposal = self._proposal(proposal_id)
        matching.ask_consent(self.staff.broker, proposal.public_id, proposal.version)
        for listing in (proposal.supply, proposal.demand):
            fresh = self._proposal(proposal_id)
            matching.consent(self.owner_of(listing.company_id), fresh.public_id, fresh.version)
        return db.session.scalars(select(Contract).where(Contract.proposal_id == proposal_id)).one()

    def _proposal(self, proposal_id: int) -> Proposal:
        return db.session.scalars(
            select(Proposal)
            .where(Proposal.id == proposal_id)
            .options(joinedload(Proposal.supply), joinedload(Proposal.demand))
            .execution_options(populate_existing=True)
        ).one()

    def parties(self, contract: Contract) -> Parties:
        """The owners of both companies."""
        return Parties(self.owner_of(contract.supplier_id), self.owner_of(contract.purchaser_id))

    def sign(self, contract: Contract, *, by_both: bool = True) -> None:
        """The supplier signs, then the purchaser, each over the hash they were shown."""
        parties = self.parties(contract)
        signers = (parties.supplier, parties.purchaser) if by_both else (parties.supplier,)
        for signer in signers:
            sha256 = self.issued_sha256(contract)
            contracts.sign(signer, contract.public_id, sha256, self.password)

    def issued_sha256(self, contract: Contract) -> str:
        """The hash that a signer is shown."""
        return db.session.scalars(
            select(StoredFile.sha256)
            .join(Contract, Contract.issued_file_id == StoredFile.id)
            .where(Contract.id == contract.id)
        ).one()

    def invoice(self, contract: Contract) -> Invoice:
        """The invoice that signing opened."""
        return db.session.scalars(
            select(Invoice).where(
                Invoice.subject_kind == Contract.THING, Invoice.subject_id == contract.id
            )
        ).one()

    def transfer(self, contract: Contract) -> Transfer:
        """The purchaser's transfer in full, with the reference."""
        supplier_account = f"{contract.purchaser_id:012d}"
        purchaser = self.parties(contract).purchaser
        return transfer_for(self.invoice(contract), purchaser.company_name, supplier_account)

    def pay(self, bank: PretendBank, trades: Sequence[Contract], statement_id: str) -> None:
        """The transfers arrive on one statement, and a clerk uploads it."""
        transfers = [self.transfer(contract) for contract in trades]
        statement = bank.credit(transfers, statement_id, settings.today())
        payments.import_statement(self.staff.first_clerk, statement.read_bytes(), statement.name)

    def inbound(self, contract: Contract) -> Inbound:
        """The delivery that the depot expects."""
        return db.session.scalars(select(Inbound).where(Inbound.contract_id == contract.id)).one()

    def announce(self, contract: Contract) -> None:
        """The supplier says when the goods come, and how."""
        dispatch.announce(
            self.parties(contract).supplier,
            self.inbound(contract).public_id,
            arrives_on=settings.today() + timedelta(days=1),
            carrier="Bharat Road Lines",
            vehicle="MH 12 AB 4711",
            packages=20,
        )

    def arrive(self, contract: Contract) -> None:
        """The goods stand at the depot."""
        dispatch.arrive(self.staff.operator, self.inbound(contract).public_id)

    def count(self, contract: Contract) -> None:
        """The operator finds the whole quantity."""
        public_id = self.inbound(contract).public_id
        dispatch.count(self.staff.operator, public_id, contract.quantity)

    def inspect(
        self, contract: Contract, accepted: Decimal | None = None, reason: str = ""
    ) -> None:
        """The operator accepts all of it, or as much as ``accepted``."""
        wanted = contract.quantity if accepted is None else accepted
        dispatch.inspect(self.staff.operator, self.inbound(contract).public_id, wanted, reason)

    def put_away(self, contract: Contract) -> None:
        """Into the first storage bin."""
        inbound = self.inbound(contract)
        assert inbound.depot_id is not None
        place = depots.bin_for(inbound.depot_id, BinUse.STORAGE)
        dispatch.put_away(self.staff.operator, inbound.public_id, place.code)

    def bring_in(self, contract: Contract) -> None:
        """The depot receives, counts, inspects and puts away all of it."""
        for step in (self.arrive, self.count, self.inspect, self.put_away):
            step(contract)

    def release(self, contract: Contract) -> ReleaseOrder:
        """The order to bring the goods to the purchaser."""
        return db.session.scalars(
            select(ReleaseOrder)
            .where(ReleaseOrder.contract_id == contract.id)
            .options(joinedload(ReleaseOrder.lot))
        ).one()

    def pick(self, contract: Contract) -> None:
        """The operator scans the lot."""
        operator, release = self.staff.operator, self.release(contract)
        dispatch.start_picking(operator, release.public_id)
        dispatch.pick(operator, release.public_id, release.lot.number)

    def load(self, contract: Contract) -> None:
        """Onto the hub's own vehicle."""
        dispatch.load(
            self.staff.operator,
            self.release(contract).public_id,
            carrier="Hub Fleet",
            vehicle="DL 01 CX 2040",
            driver="R. Thakur",
            packages=20,
        )

    def depart(self, contract: Contract) -> None:
        """Off to the purchaser."""
        dispatch.depart(self.staff.operator, self.release(contract).public_id)

    def send_out(self, contract: Contract) -> None:
        """The depot picks, loads and sends the goods on their way."""
        for step in (self.pick, self.load, self.depart):
            step(contract)

    def deliver(self, contract: Contract) -> None:
        """The carrier hands everything over; the receiver types the name."""
        release = self.release(contract)
        proof = dispatch.ProofOfDelivery(quantity=release.quantity, receiver_name="S. Chauhan")
        dispatch.deliver(self.staff.operator, release.public_id, proof)

    def accept(self, contract: Contract) -> None:
        """The purchaser accepts the delivery."""
        dispatch.accept(self.parties(contract).purchaser, self.release(contract).public_id)

    def due_payouts(self) -> list[str]:
        """The public ids of the due payouts that nothing holds, oldest first."""
        return list(
            db.session.scalars(
                select(Payout.public_id)
                .where(Payout.state == PayoutState.DUE, Payout.held_reason == "")
                .order_by(Payout.id)
            )
        )

    def request_payouts(self) -> list[str]:
        """The first clerk requests all due payouts; returns their public ids."""
        due = self.due_payouts()
        if due:
            payments.request_payouts(self.staff.first_clerk, due)
        return due

    def approve_payouts(self) -> None:
        """The second clerk approves all requested payouts."""
        requested = db.session.scalars(
            select(Payout.public_id).where(Payout.state == PayoutState.REQUESTED)
        ).all()
        for public_id in requested:
            payments.approve_payout(self.staff.second_clerk, public_id)

    def export_payouts(self, currency: str) -> PaymentFile:
        """The first clerk writes the payment file."""
        return payments.export_payouts(self.staff.first_clerk, currency)

    def settle(self, bank: PretendBank, payment_file: PaymentFile, statement_id: str) -> None:
        """The bank carries the payment file out, and a clerk uploads the statement."""
        order = bank.folder / f"{payment_file.message_id}.xml"
        order.write_bytes(payment_file.file.read())
        statement = bank.debit(order, statement_id, settings.today())
        payments.import_statement(self.staff.first_clerk, statement.read_bytes(), statement.name)
