"""Who is told what about a proposal. Before both consent, nothing names the partner."""

from typing import Any

from hub.core.actor import CompanyRole, StaffRole
from hub.core.formats import quantity, unit_price
from hub.core.i18n import N_
from hub.matching.models import Proposal
from hub.messaging.services import notify_company, notify_staff
from hub.posting.models import Side

TRADERS = (CompanyRole.OWNER, CompanyRole.TRADER)


def company_path(proposal: Proposal) -> str:
    """The page on which a company reads and answers the proposal."""
    return f"/proposals/{proposal.public_id}"


def broker_path(proposal: Proposal) -> str:
    """The page on which a broker reads and changes the proposal."""
    return f"/broker/proposals/{proposal.public_id}"


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
        company_path(proposal),
    )


def tell_brokers(proposal: Proposal) -> None:
    """The brokers: a trader chose a partner."""
    notify_staff(
        StaffRole.BROKER,
        N_("A trader proposes a trade of %(quantity)s %(commodity)s at %(price)s."),
        _facts(proposal),
        broker_path(proposal),
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
