"""Who is told what about goods on their way: a line and a mail each, and tasks for the staff."""

from decimal import Decimal
from typing import Any

from hub.contracts.models import Contract
from hub.core import clock, paths, settings
from hub.core.actor import Actor, StaffRole
from hub.core.i18n import N_
from hub.core.numbers import plain
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder
from hub.messaging.services import (
    TRADING_ROLES,
    close_tasks,
    notify_company,
    notify_staff,
    open_task,
)


def _of_inbound(inbound: Inbound) -> dict[str, Any]:
    contract = inbound.contract
    return {
        "inbound": inbound.number,
        "contract": contract.number,
        "depot": inbound.depot.name if inbound.depot else "",
        "expected": plain(inbound.expected_quantity),
        "received": plain(inbound.received_quantity or Decimal(0)),
        "accepted": plain(inbound.accepted_quantity or Decimal(0)),
        "unit": contract.unit_code,
        "commodity": contract.terms["commodity_name"]["en"],
        "announce_until": inbound.announce_until,
        "deliver_until": inbound.deliver_until,
        "arrives_on": inbound.arrives_on or "",
        "reason": inbound.inspection_reason,
    }


def _of_release(release: ReleaseOrder) -> dict[str, Any]:
    contract, zone = release.contract, settings.current().time_zone
    until = release.accept_until
    return {
        "release": release.number,
        "contract": contract.number,
        "depot": release.depot.name,
        "quantity": plain(release.quantity),
        "delivered": plain(release.delivered_quantity or Decimal(0)),
        "refused": plain(release.refused_quantity or Decimal(0)),
        "accepted": plain(release.accepted_quantity or Decimal(0)),
        "unit": contract.unit_code,
        "commodity": contract.terms["commodity_name"]["en"],
        "carrier": release.carrier,
        "vehicle": release.vehicle,
        "waybill": release.waybill_number,
        "receiver": release.receiver_name,
        "deliver_until": release.deliver_until,
        "accept_until": clock.date_of(until, zone) if until else "",
        "reason": release.refusal_reason,
    }


def _tell_both(contract: Contract, message: str, values: dict[str, Any]) -> None:
    for company_id in (contract.supplier_id, contract.purchaser_id):
        notify_company(company_id, TRADING_ROLES, message, values, paths.trade(contract.public_id))


def tell_no_room(inbound: Inbound) -> None:
    """Brokers: choose a depot by hand, or wait until one has room."""
    open_task(
        StaffRole.BROKER,
        "no_depot",
        Inbound.THING,
        inbound.id,
        N_("No depot has room for %(expected)s %(unit)s of %(commodity)s, contract %(contract)s."),
        _of_inbound(inbound),
        paths.inbound(inbound.public_id),
    )


def tell_opened(inbound: Inbound) -> None:
    """The supplier: where to bring the goods; the depot: they will come."""
    values = _of_inbound(inbound)
    notify_company(
        inbound.contract.supplier_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s is paid. Bring %(expected)s %(unit)s of %(commodity)s to "
            "%(depot)s by %(deliver_until)s, and announce the delivery by %(announce_until)s."
        ),
        values,
        paths.announcement(inbound.public_id),
    )


def tell_announced(inbound: Inbound) -> None:
    """The depot and the purchaser: when the goods come. No quantity: the operator counts blind."""
    values = _of_inbound(inbound)
    notify_staff(
        StaffRole.DEPOT,
        N_("%(inbound)s: %(commodity)s is announced for %(arrives_on)s."),
        values,
        paths.inbound(inbound.public_id),
        depot_id=inbound.depot_id,
    )
    notify_company(
        inbound.contract.purchaser_id,
        TRADING_ROLES,
        N_("Contract %(contract)s: the supplier brings the goods to %(depot)s on %(arrives_on)s."),
        values,
        paths.trade(inbound.contract.public_id),
    )


def tell_arrived(inbound: Inbound) -> None:
    """Both sides: the goods stand at the depot."""
    _tell_both(
        inbound.contract,
        N_("Contract %(contract)s: the goods have arrived at %(depot)s and are counted now."),
        _of_inbound(inbound),
    )


def tell_inspected(inbound: Inbound) -> None:
    """Both sides: what was received and accepted, and why not more."""
    values = _of_inbound(inbound)
    if inbound.accepted_quantity == 0:
        message = N_(
            "Contract %(contract)s: %(depot)s rejected the goods (%(reason)s). The purchaser gets "
            "all money back; the supplier fetches the goods."
        )
    elif inbound.accepted_quantity == inbound.expected_quantity:
        message = N_("Contract %(contract)s: %(depot)s accepted all %(accepted)s %(unit)s.")
    else:
        message = N_(
            "Contract %(contract)s: of %(expected)s %(unit)s agreed, %(received)s were received "
            "and %(accepted)s accepted at %(depot)s. %(reason)s What is missing is refunded."
        )
    _tell_both(inbound.contract, message, values)


def tell_released(release: ReleaseOrder) -> None:
    """The depot: there is something to pick."""
    notify_staff(
        StaffRole.DEPOT,
        N_(
            "%(release)s: pick %(quantity)s %(unit)s of %(commodity)s, "
            "deliver by %(deliver_until)s."
        ),
        _of_release(release),
        paths.release(release.public_id),
        depot_id=release.depot_id,
    )


def tell_departed(release: ReleaseOrder) -> None:
    """Both sides: the goods are on the road."""
    _tell_both(
        release.contract,
        N_(
            "Contract %(contract)s: %(quantity)s %(unit)s left %(depot)s with %(carrier)s, vehicle "
            "%(vehicle)s, waybill %(waybill)s."
        ),
        _of_release(release),
    )


def tell_delivered(release: ReleaseOrder) -> None:
    """The purchaser: answer in time; the supplier: delivered."""
    values = _of_release(release)
    notify_company(
        release.contract.purchaser_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s: %(delivered)s %(unit)s were delivered to %(receiver)s. Accept "
            "or refuse by %(accept_until)s; without an answer they count as accepted."
        ),
        values,
        paths.acceptance(release.public_id),
    )
    notify_company(
        release.contract.supplier_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s: %(delivered)s %(unit)s were delivered. The purchaser answers "
            "by %(accept_until)s."
        ),
        values,
        paths.trade(release.contract.public_id),
    )


def tell_refused(release: ReleaseOrder) -> None:
    """Brokers decide; the supplier knows."""
    values = _of_release(release)
    open_task(
        StaffRole.BROKER,
        "refusal",
        ReleaseOrder.THING,
        release.id,
        N_("Contract %(contract)s: the purchaser refuses %(refused)s %(unit)s: %(reason)s"),
        values,
        paths.refusal(release.public_id),
    )
    notify_company(
        release.contract.supplier_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s: the purchaser refuses %(refused)s %(unit)s (%(reason)s). A "
            "broker decides."
        ),
        values,
        paths.trade(release.contract.public_id),
    )


def tell_outcome(release: ReleaseOrder) -> None:
    """Both sides: what counts as accepted."""
    _tell_both(
        release.contract,
        N_(
            "Contract %(contract)s: %(accepted)s of %(delivered)s %(unit)s delivered are accepted. "
            "That is paid to the supplier, the rest of the payment goes back to the purchaser."
        ),
        _of_release(release),
    )


def tell_cancelled(inbound: Inbound, reason: str) -> None:
    """The depot: stop work on it; what lies there goes back."""
    notify_staff(
        StaffRole.DEPOT,
        N_(
            "%(inbound)s: contract %(contract)s was ended (%(why)s). What lies in the depot goes "
            "back to the supplier."
        ),
        _of_inbound(inbound) | {"why": reason},
        paths.inbound(inbound.public_id),
        depot_id=inbound.depot_id,
    )


def ask_for_whereabouts(release: ReleaseOrder) -> None:
    """Brokers: the trade is over while the goods are outside the depot."""
    open_task(
        StaffRole.BROKER,
        "goods_outside",
        ReleaseOrder.THING,
        release.id,
        N_(
            "Contract %(contract)s was ended while %(quantity)s %(unit)s of %(commodity)s were "
            "outside the depot (%(carrier)s, %(vehicle)s). Arrange their way back and record it."
        ),
        _of_release(release),
        paths.release(release.public_id),
    )


def remind_supplier(inbound: Inbound) -> None:
    """The supplier: announce, or bring the goods."""
    notify_company(
        inbound.contract.supplier_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s: the delivery to %(depot)s is to be announced by "
            "%(announce_until)s and to arrive by %(deliver_until)s."
        ),
        _of_inbound(inbound),
        paths.announcement(inbound.public_id),
    )


def ask_about_late_inbound(inbound: Inbound, *, announced: bool) -> None:
    """Brokers: the supplier is late; speak to him, or terminate the trade."""
    late_arrival = N_("Contract %(contract)s: the goods did not arrive by %(deliver_until)s.")
    late_word = N_("Contract %(contract)s: the delivery was not announced by %(announce_until)s.")
    open_task(
        StaffRole.BROKER,
        "late_arrival" if announced else "late_announcement",
        Inbound.THING,
        inbound.id,
        late_arrival if announced else late_word,
        _of_inbound(inbound),
        paths.trade(inbound.contract.public_id),
    )


def remind_depot(release: ReleaseOrder) -> None:
    """The depot: the delivery is due soon."""
    notify_staff(
        StaffRole.DEPOT,
        N_("%(release)s is to be delivered by %(deliver_until)s."),
        _of_release(release),
        paths.release(release.public_id),
        depot_id=release.depot_id,
    )


def ask_about_late_release(release: ReleaseOrder) -> None:
    """Brokers: the purchaser still waits."""
    open_task(
        StaffRole.BROKER,
        "late_delivery",
        ReleaseOrder.THING,
        release.id,
        N_("Contract %(contract)s: %(release)s was to be delivered by %(deliver_until)s."),
        _of_release(release),
        paths.release(release.public_id),
    )


def remind_purchaser(release: ReleaseOrder) -> None:
    """The purchaser: time to answer is running out."""
    notify_company(
        release.contract.purchaser_id,
        TRADING_ROLES,
        N_(
            "Contract %(contract)s: accept or refuse the %(delivered)s %(unit)s delivered by "
            "%(accept_until)s; without an answer they count as accepted."
        ),
        _of_release(release),
        paths.acceptance(release.public_id),
    )


def close_inbound_tasks(actor: Actor, inbound: Inbound, kind: str | None = None) -> None:
    """What brokers were asked about the inbound is answered."""
    close_tasks(actor, Inbound.THING, inbound.id, kind)


def close_release_tasks(actor: Actor, release: ReleaseOrder, kind: str | None = None) -> None:
    """What brokers were asked about the release order is answered."""
    close_tasks(actor, ReleaseOrder.THING, release.id, kind)
