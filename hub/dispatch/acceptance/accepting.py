"""The purchaser's answer to a delivery, its lapse, a broker's decision, and the outcome."""

from decimal import Decimal

from hub.contracts import services as contracts
from hub.core import clock
from hub.core.actor import Actor, StaffRole
from hub.core.errors import Conflict, Invalid, InvalidTransition
from hub.core.i18n import _
from hub.core.numbers import plain
from hub.core.use_case import use_case
from hub.depots import services as stock
from hub.depots.models import Outside
from hub.dispatch import notices, queries
from hub.dispatch.inbound.receiving import required
from hub.dispatch.models.release import ReleaseOrder, ReleaseState


@use_case
def accept(actor: Actor, public_id: str) -> ReleaseOrder:
    """Accept everything that was delivered: final, the supplier is paid for it.

    Raises:
        NotFound: the actor may not see the order.
        NotAllowed: not an owner or trader of the purchaser.
        InvalidTransition: nothing was delivered yet, or it was answered before.
    """
    release = queries.release_for(actor, public_id)
    actor.require_trader(release.contract.purchaser_id)
    if release.state is ReleaseState.REFUSED:
        # From here a broker's decision may lead to acceptance, but not the purchaser's second word.
        raise InvalidTransition(
            _("You have refused this delivery; the hub's broker decides. Nothing was changed.")
        )
    release.accept(actor)
    _finish(actor, release)
    return release


@use_case
def refuse(actor: Actor, public_id: str, quantity: Decimal, reason: str) -> ReleaseOrder:
    """Refuse all or part of what was delivered; a broker decides.

    Raises:
        NotFound, NotAllowed, InvalidTransition: as :func:`accept`.
        Invalid: no reason, or a quantity that wasn't delivered.
    """
    release = queries.release_for(actor, public_id)
    actor.require_trader(release.contract.purchaser_id)
    reason = required("reason", reason, 2000)
    if release.delivered_quantity is not None and not 0 < quantity <= release.delivered_quantity:
        most = plain(release.delivered_quantity)
        raise Invalid(
            _("That much was not delivered."),
            {"quantity": [_("Give a quantity above zero, at most %(most)s.", most=most)]},
        )
    release.refuse(actor, quantity, reason)
    notices.tell_refused(release)
    return release


@use_case
def decide_refusal(
    actor: Actor,
    public_id: str,
    *,
    uphold: bool,
    accepted_quantity: Decimal | None = None,
    reason: str,
) -> ReleaseOrder:
    """Decide on a refusal, finally.

    Upheld, what was refused isn't accepted, or less of it is refused: ``accepted_quantity``
    (default: delivered minus refused) lies between that and what was delivered. Not upheld,
    everything delivered is accepted.

    Raises:
        NotAllowed: not a broker.
        InvalidTransition: there is no refusal to decide on.
        Invalid: no reason, or a quantity out of these bounds.
    """
    release = queries.release_for(actor, public_id)
    actor.require(StaffRole.BROKER)
    if release.state is not ReleaseState.REFUSED:
        raise Conflict(_("There is no refusal to decide on any more. Nothing was changed."))
    reason = required("reason", reason, 2000)
    delivered = release.delivered_quantity or Decimal(0)
    least = delivered - (release.refused_quantity or Decimal(0))
    accepted = delivered
    if uphold:
        accepted = least if accepted_quantity is None else accepted_quantity
        if not least <= accepted < delivered:
            bounds = {"least": plain(least), "most": plain(delivered)}
            sentence = _("Give a quantity from %(least)s to less than %(most)s.", **bounds)
            raise Invalid(_("This quantity can't be decided."), {"accepted_quantity": [sentence]})
    release.decide(actor, accepted, reason)
    if delivered > accepted:
        stock.hand_over(
            actor,
            release.lot_id,
            Outside.PURCHASER,
            Outside.SUPPLIER,
            delivered - accepted,
            f"release:{release.id}:refused",
            (ReleaseOrder.THING, release.id),
        )
    _finish(actor, release)
    return release


@use_case
def _accept_by_lapse(actor: Actor, release_id: int) -> None:
    release = queries.release_now(release_id)
    release.accept(actor, by_lapse=True)
    _finish(actor, release)


def accept_due(actor: Actor) -> int:
    """Accept what nobody answered to in time, each in its own transaction; gives how many."""
    accepted = 0
    for release_id in queries.due_for_acceptance(clock.now()):
        try:
            _accept_by_lapse(actor, release_id)
        except Conflict:
            continue  # the purchaser answered at the last moment
        accepted += 1
    return accepted


def _finish(actor: Actor, release: ReleaseOrder) -> None:
    notices.close_release_tasks(actor, release)
    contracts.settle(actor, release.contract_id, release.accepted_quantity or Decimal(0))
    notices.tell_outcome(release)
