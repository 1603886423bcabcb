"""Who is told what about a proposal. Before both consent, nothing names the partner."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from hub.catalogue.models import Commodity
from hub.core import paths
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.formats import quantity, unit_price
from hub.core.i18n import N_
from hub.matching.models import Proposal
from hub.messaging.queries import subjects_of_open_tasks
from hub.messaging.services import close_tasks, notify_company, notify_staff, open_task
from hub.posting.models import Side

TRADERS = (CompanyRole.OWNER, CompanyRole.TRADER)
NOT_MATCHED = "commodity_not_matched"


def _facts(proposal: Proposal) -> dict[str, Any]:
    unit = proposal.supply.commodity.unit.code
    return {
        "commodity": proposal.supply.commodity.name,
        "quantity": quantity(proposal.quantity, unit),
        "price": unit_price(proposal.unit_price, proposal.currency, unit),
    }


def _tell(proposal: Proposal, side: Side, message: str, **more: Any) -> None:
    notify_company(
        proposal.listing_of(side).company_id,
        TRADERS,
        message,
        _facts(proposal) | more,
        paths.proposal(proposal.public_id),
    )


def tell_brokers(proposal: Proposal) -> None:
    """The brokers: a trader chose a partner."""
    notify_staff(
        StaffRole.BROKER,
        N_("A trader proposes a trade of %(quantity)s %(commodity)s at %(price)s."),
        _facts(proposal),
        paths.broker_proposal(proposal.public_id),
    )


def tell_asked(proposal: Proposal, anew: bool) -> None:
    """Both companies: their consent is asked."""
    message = (
        N_(
            "The terms of a proposed trade changed: %(quantity)s %(commodity)s at %(price)s. "
            "Please consent or decline."
        )
        if anew
        else N_(
            "A trade is proposed to you: %(quantity)s %(commodity)s at %(price)s. Please consent "
            "or decline."
        )
    )
    for side in Side:
        _tell(proposal, side, message)


def tell_consented(proposal: Proposal, side: Side) -> None:
    """The side that has not answered: its partner has consented."""
    _tell(
        proposal,
        side.other,
        N_(
            "Your partner consented to the trade of %(quantity)s %(commodity)s at %(price)s. It "
            "waits for you."
        ),
    )


def tell_accepted(proposal: Proposal) -> None:
    """Both companies: agreed, a contract follows."""
    for side in Side:
        _tell(
            proposal,
            side,
            N_(
                "Both sides consented to the trade of %(quantity)s %(commodity)s at %(price)s. "
                "The contract comes next."
            ),
        )


def remind(proposal: Proposal) -> None:
    """Whoever has not answered: the time runs out."""
    for side in Side:
        if proposal.consented_at(side) is None:
            _tell(
                proposal,
                side,
                N_(
                    "The proposed trade of %(quantity)s %(commodity)s at %(price)s lapses unless "
                    "you consent soon."
                ),
            )


def tell_ended(proposal: Proposal, reason: str) -> None:
    """The companies that know of it: it will not come to a trade."""
    for side in Side:
        own = proposal.listing_of(side).company_id == proposal.proposed_by_company
        if proposal.asked_at is not None or own:
            _tell(
                proposal,
                side,
                N_(
                    "The proposed trade of %(quantity)s %(commodity)s at %(price)s has ended: "
                    "%(reason)s"
                ),
                reason=reason,
            )


def tell_failures(actor: Actor, failed: Collection[int], looked_at: Collection[int] | None) -> None:
    """The brokers: these commodities could not be matched, once until a run computes them.

    ``failed`` and ``looked_at`` (None: all) are ids of commodities; what was looked at and did
    not fail is no task any more.
    """
    settled = subjects_of_open_tasks(Commodity.THING, NOT_MATCHED) - set(failed)
    for commodity_id in sorted(settled if looked_at is None else settled & set(looked_at)):
        close_tasks(actor, Commodity.THING, commodity_id, NOT_MATCHED)
    for commodity in db.session.scalars(select(Commodity).where(Commodity.id.in_(failed))):
        open_task(
            StaffRole.BROKER,
            NOT_MATCHED,
            Commodity.THING,
            commodity.id,
            N_(
                "%(commodity)s could not be matched; its proposals stay as they were. Look for a "
                "listing with an impossible quantity or price, then match again. If it stays, "
                "tell the hub's engineer: the log holds the error."
            ),
            {"commodity": commodity.name},
            paths.broker_desk_of(commodity.code),
        )
