"""Goods come into a depot: announced, arrived, counted blind, inspected, put away, or sent back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hub.contracts import services as contracts
from hub.contracts.models import Contract
from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.files import store
from hub.core.i18n import _
from hub.core.numbers import plain
from hub.core.print.images import reencode
from hub.core.use_case import use_case
from hub.depots import queries as depots
from hub.depots import services as stock
from hub.depots.models import Bin, BinUse, Outside, Reservation
from hub.dispatch import notices, queries
from hub.dispatch.models.inbound import Inbound, InboundPicture, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState

MAXIMUM_PICTURES = 6
_MAXIMUM_PACKAGES = 1_000_000


def for_operator(actor: Actor, public_id: str) -> Inbound:
    """The inbound, if the actor works in its depot.

    Raises:
        NotFound: the actor may not see it.
        NotAllowed: the actor sees it, but works elsewhere.
    """
    inbound = queries.inbound_for(actor, public_id)
    stock.require_keeper(actor, inbound.depot_id)
    return inbound


def _depot_of(inbound: Inbound) -> int:
    if inbound.depot_id is None:
        raise Conflict(_("No depot is chosen for this delivery yet."))
    return inbound.depot_id


def check_packages(packages: int) -> None:
    """Raise Invalid unless it is a number of packages that a vehicle may carry."""
    if not 0 < packages <= _MAXIMUM_PACKAGES:
        raise Invalid(
            _("The number of packages is wrong."),
            {"packages": [_("Give a whole number from 1 to 1,000,000.")]},
        )


def required(name: str, text: str, most: int) -> str:
    """``text`` without outer blanks (Invalid at field ``name`` if empty or over ``most`` long)."""
    text = text.strip()
    if not text or len(text) > most:
        sentence = _("Fill this in, with at most %(most)d characters.", most=most)
        raise Invalid(_("Something is missing. Nothing was changed."), {name: [sentence]})
    return text


@use_case
def announce(
    actor: Actor,
    public_id: str,
    *,
    arrives_on: date,
    carrier: str,
    vehicle: str,
    packages: int,
    note: str = "",
) -> Inbound:
    """Say when and how the goods come; until they arrive, the supplier may say it anew.

    Raises:
        NotFound: the actor may not see the delivery.
        NotAllowed: not an owner or trader of the supplier.
        Conflict: the goods arrived, or the trade was ended.
        Invalid: the day is past, or something is missing.
    """
    inbound = queries.inbound_for(actor, public_id)
    actor.require_trader(inbound.contract.supplier_id)
    if not inbound.can_announce:
        raise Conflict(_("This delivery can't be announced any more. Nothing was changed."))
    if arrives_on < settings.today():
        raise Invalid(
            _("The day of arrival is past."), {"arrives_on": [_("Choose today or a later day.")]}
        )
    check_packages(packages)
    inbound.carrier = required("carrier", carrier, 120)
    inbound.vehicle = required("vehicle", vehicle, 40)
    inbound.packages = packages
    inbound.note = note.strip()[:2000]
    inbound.announce(actor, arrives_on)
    notices.close_inbound_tasks(actor, inbound, "late_announcement")
    notices.tell_announced(inbound)
    return inbound


@use_case
def arrive(actor: Actor, public_id: str) -> Inbound:
    """The goods stand at the depot, announced or not; from now on the contract is performed."""
    inbound = for_operator(actor, public_id)
    inbound.arrive(actor)
    contracts.begin_performance(actor, inbound.contract_id)
    notices.close_inbound_tasks(actor, inbound)
    notices.tell_arrived(inbound)
    return inbound


@use_case
def count(actor: Actor, public_id: str, quantity: Decimal) -> Inbound:
    """Write down what was counted, and take it into the receiving bin as a lot in quarantine.

    What exceeds the agreed quantity is not received: it stays the supplier's, at the gate.

    Raises:
        Invalid: the quantity is negative.
    """
    inbound = for_operator(actor, public_id)
    if quantity < 0:
        raise Invalid(
            _("A count can't be negative."), {"quantity": [_("Give what you counted, or 0.")]}
        )
    inbound.count(actor, quantity)
    if inbound.received_quantity:
        contract = inbound.contract
        lot = stock.receive(
            actor,
            _depot_of(inbound),
            contract.supplier_id,
            contract.commodity_id,
            contract.unit_code,
            str(contract.terms["grade"]),
            inbound.received_quantity,
            (Contract.THING, contract.id),
            f"inbound:{inbound.id}:receive",
            (Inbound.THING, inbound.id),
        )
        inbound.lot_id = lot.id
        inbound.lot = lot
    return inbound


@use_case
def inspect(
    actor: Actor,
    public_id: str,
    accepted: Decimal,
    reason: str,
    pictures: Sequence[tuple[str, bytes]] = (),
) -> Inbound:
    """Accept what was received, a part of it, or nothing; what isn't accepted goes to quarantine.

    ``pictures`` are (file name, bytes). When nothing is accepted the trade is settled with zero
    at once: all money goes back.

    Raises:
        Invalid: more than was received, no reason for less, too many or unreadable pictures.
    """
    inbound = for_operator(actor, public_id)
    reason = reason.strip()
    if inbound.state is InboundState.COUNTED:
        _check_inspection(inbound, accepted, reason, len(pictures))
    inbound.inspect(actor, accepted, reason)
    for number, (_name, data) in enumerate(pictures, 1):
        picture = reencode(data, 1600, 82)
        suffix = picture.media_type.rpartition("/")[2]
        name = f"{inbound.number}-{number}.{suffix}"
        file = store(actor, picture.data, name, picture.media_type)
        db.session.add(InboundPicture(inbound_id=inbound.id, file=file))
    _set_aside(actor, inbound, inbound.received_quantity - accepted)
    if accepted == 0:
        if inbound.lot is not None:
            stock.block(actor, inbound.lot.id, reason)
        contracts.settle(actor, inbound.contract_id, Decimal(0))
    notices.tell_inspected(inbound)
    return inbound


def _check_inspection(inbound: Inbound, accepted: Decimal, reason: str, pictures: int) -> None:
    if not 0 <= accepted <= inbound.received_quantity:
        raise Invalid(
            _("Not more can be accepted than was received."),
            {
                "accepted": [
                    _(
                        "Give a quantity from 0 to %(most)s.",
                        most=plain(inbound.received_quantity),
                    )
                ]
            },
        )
    if accepted < inbound.received_quantity or accepted == 0:
        required("reason", reason, 2000)
    if pictures > MAXIMUM_PICTURES:
        raise Invalid(
            _("There are too many pictures."), {"pictures": [_("Send at most 6 pictures.")]}
        )


def _set_aside(actor: Actor, inbound: Inbound, quantity: Decimal) -> None:
    if inbound.lot is None or quantity == 0:
        return
    depot_id = inbound.lot.depot_id
    stock.move(
        actor,
        inbound.lot.id,
        depots.bin_for(depot_id, BinUse.RECEIVING).id,
        depots.bin_for(depot_id, BinUse.QUARANTINE).id,
        quantity,
        f"inbound:{inbound.id}:reject",
        (Inbound.THING, inbound.id),
    )


@use_case
def put_away(actor: Actor, public_id: str, bin_code: str) -> ReleaseOrder:
    """Bring what was accepted into a storage bin, reserve it, and open its release order.

    Raises:
        Invalid: the scanned or chosen code isn't a storage bin of this depot.
    """
    inbound = for_operator(actor, public_id)
    place = depots.bin_by_code(_depot_of(inbound), bin_code)
    if place is None or place.use is not BinUse.STORAGE:
        raise Invalid(
            _("That is not a storage bin of this depot. Nothing was moved."),
            {"bin": [_("“%(code)s” is no storage bin here. Scan it again.", code=bin_code[:40])]},
        )
    inbound.put_away(actor, place.code)
    reservation = _store(actor, inbound, place)
    release = _open_release(inbound, reservation)
    audit.record(actor, release, "opened", state_to=release.state.value)
    notices.tell_released(release)
    return release


def _store(actor: Actor, inbound: Inbound, place: Bin) -> Reservation:
    lot, accepted = inbound.lot, inbound.accepted_quantity
    if lot is None or accepted is None:
        raise Conflict(_("There is nothing to put away."))
    cause = (Inbound.THING, inbound.id)
    receiving = depots.bin_for(lot.depot_id, BinUse.RECEIVING)
    stock.move(
        actor, lot.id, receiving.id, place.id, accepted, f"inbound:{inbound.id}:store", cause
    )
    stock.make_available(actor, lot.id, inbound.inspection_reason)
    return stock.reserve(actor, lot.id, place.id, accepted, cause)


def _open_release(inbound: Inbound, reservation: Reservation) -> ReleaseOrder:
    contract = inbound.contract
    release = ReleaseOrder(
        number=f"REL-{contract.number}",
        state=ReleaseState.RELEASED,
        contract_id=contract.id,
        contract=contract,
        inbound_id=inbound.id,
        depot_id=_depot_of(inbound),
        depot=inbound.depot,
        lot_id=reservation.lot_id,
        reservation_id=reservation.id,
        quantity=reservation.quantity,
        deliver_until=contract.delivery_until,
        created_at=clock.now(),
    )
    db.session.add(release)
    db.session.flush()
    return release


@use_case
def send_back(actor: Actor, public_id: str) -> Inbound:
    """The supplier fetched what was rejected, or what was left when the trade ended.

    Raises:
        Conflict: nothing of it lies in the depot.
    """
    inbound = for_operator(actor, public_id)
    lines = queries.lines_to_send_back(inbound)
    if not lines:
        raise Conflict(_("Nothing of this delivery waits to be fetched. Nothing was changed."))
    for line in lines:
        stock.send_out(
            actor,
            line.lot.id,
            line.bin.id,
            Outside.SUPPLIER,
            line.on_hand - line.reserved,
            f"inbound:{inbound.id}:back:{line.bin.id}",
            (Inbound.THING, inbound.id),
        )
    inbound.returned_at = clock.now()
    audit.record(actor, inbound, "sent_back")
    return inbound
