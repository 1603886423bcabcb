"""A trade is paid: a depot is found for its goods. Or it ends early: they go back."""

from datetime import timedelta

from hub.catalogue.models import Region, Unit
from hub.contracts import queries as contracts
from hub.contracts.models import Contract
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.depots import queries as depots
from hub.depots import services as stock
from hub.depots.models import Depot, LotState
from hub.dispatch import notices, queries
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState


@use_case
def open_inbound(actor: Actor, contract_id: int) -> Inbound:
    """Expect the goods of a paid contract at the depot with the lowest freight that has room.

    Where none has room the inbound waits, and brokers get a task. A contract has one inbound:
    opened again, it is returned as it is.
    """
    found = queries.inbound_of(contract_id)
    if found is not None:
        return found
    contract = contracts.contract(contract_id)
    today = settings.today()
    inbound = Inbound(
        number=f"INB-{contract.number}",
        state=InboundState.WAITING_FOR_DEPOT,
        contract_id=contract.id,
        contract=contract,
        expected_quantity=contract.quantity,
        announce_until=today + timedelta(days=settings.current().announce_days),
        deliver_until=today + timedelta(days=settings.current().depot_days),
        created_at=clock.now(),
    )
    db.session.add(inbound)
    db.session.flush()
    depot = _best_depot(contract)
    if depot is None:
        notices.tell_no_room(inbound)
    else:
        _expect_at(actor, inbound, depot)
    return inbound


def _best_depot(contract: Contract) -> Depot | None:
    region_from = db.session.get_one(Region, contract.region_from_id)
    region_to = db.session.get_one(Region, contract.region_to_id)
    unit = db.session.query(Unit).filter_by(code=contract.unit_code).one()
    return depots.choose_depot(
        region_from, region_to, contract.quantity, unit, queries.expected_tonnes()
    )


def _expect_at(actor: Actor, inbound: Inbound, depot: Depot) -> None:
    today, hub = settings.today(), settings.current()
    inbound.expect_at(
        actor,
        depot,
        today + timedelta(days=hub.announce_days),
        today + timedelta(days=hub.depot_days),
    )
    db.session.flush()
    notices.close_inbound_tasks(actor, inbound, "no_depot")
    notices.tell_opened(inbound)


@use_case
def choose_depot(actor: Actor, public_id: str, depot_public_id: str) -> Inbound:
    """Send the goods to a depot of the broker's choice, full or not, until they are announced.

    Raises:
        NotFound: there is no such inbound or depot.
        NotAllowed: not a broker.
        Invalid: the depot isn't active.
        Conflict: the goods are announced already.
    """
    inbound = queries.inbound_for(actor, public_id)
    actor.require(StaffRole.BROKER)
    depot = depots.depot_by_public_id(depot_public_id)
    if not depot.active:
        raise Invalid(_("This depot takes no new goods."), {"depot": [_("Choose another one.")]})
    if not inbound.can_choose_depot:
        raise Conflict(_("The delivery is announced already; its depot stays. Nothing changed."))
    _expect_at(actor, inbound, depot)
    return inbound


@use_case
def _retry(actor: Actor, inbound_id: int) -> bool:
    inbound = queries.inbound_now(inbound_id)
    if inbound.state is not InboundState.WAITING_FOR_DEPOT:
        return False
    depot = _best_depot(inbound.contract)
    if depot is None:
        return False
    _expect_at(actor, inbound, depot)
    return True


def retry_waiting(actor: Actor) -> int:
    """Look again for room for what waits, oldest first, each in its own transaction.

    Gives how many found a depot.
    """
    found = 0
    for inbound_id in queries.waiting_for_depot():
        try:
            found += _retry(actor, inbound_id)
        except Conflict:
            continue  # a broker chose a depot at the same moment
    return found


@use_case
def cancel_for_contract(actor: Actor, contract_id: int, reason: str) -> None:
    """Stop the goods of a contract that was ended early.

    Reservations are released; what lies in the depot is blocked until the operator sends it back
    to the supplier. Goods outside the depot become a task for brokers. What is final stays.
    """
    inbound = queries.inbound_of(contract_id)
    if inbound is None or inbound.state in (InboundState.REJECTED, InboundState.CANCELLED):
        return
    release = queries.release_of(contract_id)
    if release is not None:
        if release.state in queries.FINAL:
            return
        _cancel_release(actor, release, reason)
    if inbound.state is not InboundState.PUT_AWAY:
        inbound.cancel(actor, reason)
    lot = inbound.lot
    if lot is not None and lot.state in (LotState.QUARANTINE, LotState.AVAILABLE):
        stock.block(SYSTEM, lot.id, reason)
    notices.close_inbound_tasks(actor, inbound)
    if inbound.depot_id is not None:
        notices.tell_cancelled(inbound, reason)


def _cancel_release(actor: Actor, release: ReleaseOrder, reason: str) -> None:
    outside = release.state not in queries.IN_DEPOT
    release.cancel(actor, reason)
    notices.close_release_tasks(actor, release)
    if outside:
        notices.ask_for_whereabouts(release)
    else:
        stock.release_reservation(SYSTEM, release.reservation_id, reason)


@use_case
def close_for_contract(actor: Actor, contract_id: int) -> None:
    """The trade is completed: its release order is closed."""
    release = queries.release_of(contract_id)
    if release is not None and release.state in (
        ReleaseState.ACCEPTED,
        ReleaseState.PART_ACCEPTED,
        ReleaseState.AUTO_ACCEPTED,
    ):
        release.close(actor)
