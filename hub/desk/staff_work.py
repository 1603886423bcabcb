"""What waits for the people of the hub, by role."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Company, Verification
from hub.ads.ranking.models import Campaign
from hub.ads.states import CampaignState
from hub.contracts.models import Contract
from hub.core import formats, paths
from hub.core.actor import Actor
from hub.core.i18n import _
from hub.desk import rooms
from hub.desk.work import Work, WorkGroup, group, rows
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.matching.models import Origin, Proposal, ProposalState
from hub.messaging.queries import tasks_for
from hub.messaging.texts import translated
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.payouts.models import Payout, PayoutState
from hub.posting.models import Listing, ListingState


def tasks(actor: Actor) -> WorkGroup:
    """Open tasks of the actor's roles."""
    found = rows(tasks_for(actor))
    return group(
        _("Tasks"),
        paths.HOME,
        (
            Work(
                translated(row.message, row.parameters),
                formats.relative(row.created_at),
                row.path,
            )
            for row in found
        ),
    )


def reviews() -> WorkGroup:
    """Listings to review."""
    found = rows(
        select(Listing)
        .where(Listing.state == ListingState.PENDING_REVIEW)
        .options(joinedload(Listing.commodity), joinedload(Listing.company))
        .order_by(Listing.submitted_at)
    )
    return group(
        _("Listings to review"),
        paths.LISTING_REVIEW,
        (
            Work(
                f"{row.commodity.name}, {formats.quantity(row.quantity, row.commodity.unit.code)}",
                row.company.legal_name,
                paths.LISTING_REVIEW,
            )
            for row in found
        ),
    )


def proposals() -> WorkGroup:
    """Proposals to ask the companies about."""
    found = rows(
        select(Proposal)
        .where(Proposal.state == ProposalState.PROPOSED)
        .options(joinedload(Proposal.supply).joinedload(Listing.commodity))
        .order_by((Proposal.origin != Origin.TRADER), Proposal.surplus.desc())
    )
    return group(
        _("Proposals to look at"),
        paths.BROKER_DESK,
        (
            Work(
                f"{row.supply.commodity.name}, "
                f"{formats.quantity(row.quantity, row.supply.commodity.unit.code)}",
                _("chosen by a trader")
                if row.origin is Origin.TRADER
                else _(
                    "surplus %(amount)s %(currency)s",
                    amount=formats.number(row.surplus, 0),
                    currency=row.currency,
                ),
                paths.broker_proposal(row.public_id),
            )
            for row in found
        ),
    )


def refusals() -> WorkGroup:
    """Refused deliveries to decide on."""
    found = rows(
        select(ReleaseOrder)
        .where(ReleaseOrder.state == ReleaseState.REFUSED)
        .options(joinedload(ReleaseOrder.contract))
        .order_by(ReleaseOrder.id)
    )
    return group(
        _("Refusals to decide"),
        paths.BROKER_DESK,
        (
            Work(
                _("Contract %(number)s", number=row.contract.number),
                row.refusal_reason,
                paths.refusal(row.public_id),
            )
            for row in found
        ),
    )


def campaigns() -> WorkGroup:
    """Campaigns that wait for review."""
    found = rows(
        select(Campaign)
        .where(Campaign.state == CampaignState.PENDING_REVIEW)
        .options(joinedload(Campaign.company))
        .order_by(Campaign.id)
    )
    return group(
        _("Campaigns to review"),
        paths.AD_DESK,
        (Work(row.name, row.company.legal_name, paths.campaign(row.public_id)) for row in found),
    )


def statement_lines() -> WorkGroup:
    """Bank lines that nothing explains."""
    found = rows(
        select(StatementLine)
        .where(StatementLine.state == LineState.UNRECONCILED)
        .order_by(StatementLine.id)
    )
    return group(
        _("Bank lines to explain"),
        paths.FINANCE_DESK,
        (
            Work(
                formats.money(row.amount),
                row.counterparty or row.remittance or row.bank_reference,
                paths.bank_exception(row.public_id),
            )
            for row in found
        ),
    )


def payouts(actor: Actor) -> WorkGroup:
    """Payouts to request, approve or send."""
    doing = {
        PayoutState.DUE: _("request"),
        PayoutState.REQUESTED: _("approve"),
        PayoutState.APPROVED: _("send to the bank"),
    }
    found = rows(
        select(Payout)
        .where(Payout.state.in_(doing))
        .options(joinedload(Payout.payee))
        .order_by(Payout.id)
    )
    return group(
        _("Payouts"),
        paths.PAYOUTS,
        (
            Work(
                f"{formats.money(row.amount)}: {doing[row.state]}",
                row.payee.legal_name if row.payee else _("The hub itself"),
                paths.PAYOUTS,
            )
            for row in found
            if not (row.state is PayoutState.REQUESTED and row.requested_by == actor.user_id)
        ),
    )


def inbounds(actor: Actor) -> WorkGroup:
    """Goods on their way into the actor's depots."""
    found = rows(
        select(Inbound)
        .where(Inbound.depot_id.in_(actor.depot_ids), Inbound.state.in_(rooms.INBOUND_WORK))
        .options(joinedload(Inbound.contract).joinedload(Contract.commodity))
        .order_by(Inbound.arrives_on, Inbound.id)
    )
    return group(
        _("Goods coming in"),
        paths.DEPOT_DESK,
        (
            Work(
                f"{row.number}: {row.contract.commodity.name}",
                row.depot.name,
                paths.inbound(row.public_id),
                row.arrives_on,
            )
            for row in found
        ),
    )


def releases(actor: Actor) -> WorkGroup:
    """Goods on their way out of the actor's depots."""
    found = rows(
        select(ReleaseOrder)
        .where(
            ReleaseOrder.depot_id.in_(actor.depot_ids), ReleaseOrder.state.in_(rooms.RELEASE_WORK)
        )
        .options(joinedload(ReleaseOrder.contract).joinedload(Contract.commodity))
        .order_by(ReleaseOrder.deliver_until, ReleaseOrder.id)
    )
    return group(
        _("Goods going out"),
        paths.DEPOT_DESK,
        (
            Work(
                f"{row.number}: {row.contract.commodity.name}",
                row.depot.name,
                paths.release(row.public_id),
                row.deliver_until,
            )
            for row in found
        ),
    )


def companies() -> WorkGroup:
    """Companies to verify."""
    found = rows(
        select(Company)
        .where(Company.state.in_((Verification.SUBMITTED, Verification.UNDER_REVIEW)))
        .order_by(Company.id)
    )
    return group(
        _("Companies to verify"),
        paths.VERIFICATION,
        (
            Work(row.legal_name, row.region.name, paths.company_verification(row.public_id))
            for row in found
        ),
    )
