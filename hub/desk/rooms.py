"""The rooms a person may enter, each with its count of waiting work, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from hub.accounts.models import Company, Verification
from hub.ads.display.models import Booking
from hub.ads.ranking.models import Campaign
from hub.ads.states import CampaignState
from hub.contracts.models import Contract, ContractState, Signature
from hub.core import paths
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.i18n import _
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.matching.models import Proposal, ProposalState
from hub.messaging.models import Notice
from hub.negotiation import queries as inquiries
from hub.negotiation.models import Inquiry
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.payouts.models import Payout, PayoutState
from hub.posting.models import Listing, ListingState, Side

INBOUND_WORK = (
    InboundState.ANNOUNCED,
    InboundState.ARRIVED,
    InboundState.COUNTED,
    InboundState.ACCEPTED,
    InboundState.PART_ACCEPTED,
)
RELEASE_WORK = (
    ReleaseState.RELEASED,
    ReleaseState.PICKING,
    ReleaseState.PICKED,
    ReleaseState.LOADED,
    ReleaseState.DEPARTED,
)
PAYABLE = (InvoiceState.OPEN, InvoiceState.PARTLY_PAID, InvoiceState.OVERDUE)


@dataclass(frozen=True)
class Room:
    """A place in the left rail."""

    label: str
    url: str
    icon: str
    count: int = 0
    active: bool = False


def _unsigned_by(company_id: int) -> ColumnElement[bool]:
    signed = select(Signature.contract_id).where(Signature.company_id == company_id)
    return and_(
        or_(Contract.supplier_id == company_id, Contract.purchaser_id == company_id),
        Contract.state.in_((ContractState.ISSUED, ContractState.PARTLY_SIGNED)),
        Contract.id.not_in(signed),
    )


def _unconsented_by(company_id: int) -> ColumnElement[bool]:
    mine = select(Listing.id).where(Listing.company_id == company_id)
    return and_(
        Proposal.state.in_((ProposalState.ASKED, ProposalState.CONSENTED)),
        or_(
            and_(Proposal.supply_id.in_(mine), Proposal.supply_consented_at.is_(None)),
            and_(Proposal.demand_id.in_(mine), Proposal.demand_consented_at.is_(None)),
        ),
    )


def _count(model: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(model).where(*conditions).scalar_subquery()


def to_sign(company_id: int) -> ColumnElement[bool]:
    """Contracts that wait for the signature of the company."""
    return _unsigned_by(company_id)


def to_consent(company_id: int) -> ColumnElement[bool]:
    """Proposals that wait for the consent of the company."""
    return _unconsented_by(company_id)


def _company_counts(actor: Actor) -> dict[str, Any]:
    company = actor.company_id or 0
    return {
        "proposals": _count(Proposal, _unconsented_by(company)),
        "trades": _count(Contract, _unsigned_by(company)),
        "inquiries": _count(Inquiry, inquiries.waiting_for(company)),
        "invoices": _count(Invoice, Invoice.payer_id == company, Invoice.state.in_(PAYABLE)),
        "listings": _count(
            Listing, Listing.company_id == company, Listing.state == ListingState.DRAFT
        ),
    }


def _staff_counts(actor: Actor) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    if actor.has(StaffRole.BROKER):
        counts["review"] = _count(Listing, Listing.state == ListingState.PENDING_REVIEW)
        counts["broker"] = _count(Proposal, Proposal.state == ProposalState.PROPOSED)
        counts["contests"] = _count(Inquiry, inquiries.in_tab(inquiries.DeskTab.CONTESTED))
        counts["refusals"] = _count(ReleaseOrder, ReleaseOrder.state == ReleaseState.REFUSED)
    if actor.has(StaffRole.FINANCE):
        counts["lines"] = _count(StatementLine, StatementLine.state == LineState.UNRECONCILED)
        counts["payouts"] = _count(
            Payout,
            Payout.state.in_((PayoutState.DUE, PayoutState.REQUESTED, PayoutState.APPROVED)),
        )
    if actor.has(StaffRole.VERIFIER):
        counts["companies"] = _count(
            Company, Company.state.in_((Verification.SUBMITTED, Verification.UNDER_REVIEW))
        )
    if actor.has(StaffRole.ADVERTISING):
        in_review = CampaignState.PENDING_REVIEW
        counts["campaigns"] = _count(Campaign, Campaign.state == in_review)
        counts["bookings"] = _count(Booking, Booking.state == in_review)
    if actor.depot_ids:
        counts["inbounds"] = _count(
            Inbound, Inbound.depot_id.in_(actor.depot_ids), Inbound.state.in_(INBOUND_WORK)
        )
        counts["releases"] = _count(
            ReleaseOrder,
            ReleaseOrder.depot_id.in_(actor.depot_ids),
            ReleaseOrder.state.in_(RELEASE_WORK),
        )
    return counts


def waiting(actor: Actor) -> dict[str, int]:
    """How much waits in each room, and the unread notices, by name."""
    if not actor.signed_in:
        return {}
    counts = {"notices": _count(Notice, Notice.user_id == actor.user_id, Notice.read_at.is_(None))}
    if actor.company_id is not None:
        counts |= _company_counts(actor)
    if actor.is_staff:
        counts |= _staff_counts(actor)
    row = db.session.execute(select(*[column.label(name) for name, column in counts.items()])).one()
    return {name: int(value) for name, value in row._mapping.items()}


def rooms(actor: Actor, path: str, counts: dict[str, int]) -> Sequence[Room]:
    """The rooms of ``actor``; the one that ``path`` lies in is active."""
    found: list[tuple[str, str, str, int]] = []
    if actor.signed_in:
        found.append((_("Home"), paths.HOME, "home", 0))
    found.append((_("Market"), paths.MARKET, "market", 0))
    if actor.company_id is not None:
        found += _company_rooms(actor, counts)
    if actor.is_staff:
        found += _staff_rooms(actor, counts)
    longest = max(
        (url for _label, url, _icon, _n in found if _inside(path, url)), key=len, default=""
    )
    return [Room(label, url, icon, count, url == longest) for label, url, icon, count in found]


def _inside(path: str, url: str) -> bool:
    return path == url or (url != paths.HOME and path.startswith(f"{url}/"))


def _company_rooms(actor: Actor, counts: dict[str, int]) -> list[tuple[str, str, str, int]]:
    return [
        (_("Listings"), paths.LISTINGS, "list", counts["listings"]),
        (_("Proposals"), paths.PROPOSALS, "handshake", counts["proposals"]),
        (_("Trades"), paths.TRADES, "contract", counts["trades"]),
        (_("Inquiries"), paths.INQUIRIES, "inbox", counts["inquiries"]),
        (_("Invoices"), paths.INVOICES, "invoice", counts["invoices"]),
        (_("Account"), paths.WALLET, "wallet", 0),
        (_("Advertising"), paths.ADVERTISING, "chart", 0),
        (_("Membership"), paths.MEMBERSHIP, "star", 0),
        (_("Company"), paths.COMPANY, "building", 0),
    ]


def _staff_rooms(actor: Actor, counts: dict[str, int]) -> list[tuple[str, str, str, int]]:
    found: list[tuple[str, str, str, int]] = []
    if actor.has(StaffRole.BROKER):
        found.append((_("Review"), paths.LISTING_REVIEW, "check", counts["review"]))
        deals = counts["broker"] + counts["refusals"]
        found.append((_("Broker's desk"), paths.BROKER_DESK, "handshake", deals))
        found.append(
            (_("Contested inquiries"), paths.CONTESTED_INQUIRIES, "inbox", counts["contests"])
        )
    if actor.has(StaffRole.FINANCE):
        found.append(
            (_("Finance"), paths.FINANCE_DESK, "bank", counts["lines"] + counts["payouts"])
        )
    if actor.depot_ids:
        found.append(
            (_("Depot"), paths.DEPOT_DESK, "depot", counts["inbounds"] + counts["releases"])
        )
    if actor.has(StaffRole.VERIFIER):
        found.append((_("Verification"), paths.VERIFICATION, "shield", counts["companies"]))
    if actor.has(StaffRole.ADVERTISING):
        waiting_ads = counts["campaigns"] + counts["bookings"]
        found.append((_("Advertising desk"), paths.AD_DESK, "chart", waiting_ads))
    if actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR):
        found.append((_("Income"), paths.INCOME, "wallet", 0))
    if actor.has(StaffRole.BROKER, StaffRole.FINANCE, StaffRole.ADMINISTRATOR):
        found.append((_("Trades"), paths.TRADES, "contract", 0))
    if actor.has(StaffRole.ADMINISTRATOR):
        found.append((_("Administration"), paths.ADMINISTRATION, "settings", 0))
    return found


def may_pay(actor: Actor) -> bool:
    """Whether paying invoices is the actor's work."""
    return actor.company_role in (CompanyRole.OWNER, CompanyRole.FINANCE, CompanyRole.TRADER)


def side_word(side: Side) -> str:
    """The party's word for a side."""
    return _("Supplier") if side is Side.SUPPLY else _("Purchaser")
