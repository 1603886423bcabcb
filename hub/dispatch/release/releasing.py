"""Goods leave a depot: picked, loaded, departed with a waybill, delivered with a proof."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.contracts.terms import ContractTerms
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.files import StoredFile, store
from hub.core.i18n import _
from hub.core.numbers import plain
from hub.core.print.images import EncodedPicture, reencode
from hub.core.use_case import use_case
from hub.depots import queries as depots
from hub.depots import services as stock
from hub.depots.models import Outside
from hub.dispatch import notices, queries
from hub.dispatch.inbound.receiving import check_packages, required
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.dispatch.release.waybill import WaybillDetails, WaybillLine, render_waybill

_SIGNATURE_PREFIX = "data:image/png;base64,"
_MAXIMUM_SIGNATURE = 700_000


@dataclass(frozen=True, slots=True)
class ProofOfDelivery:
    """Who took what over, and when (``None``: now).

    ``picture`` is the bytes of a photograph; ``signature`` a PNG as data URL, drawn on the
    screen. Either may be missing: the typed name always stands.
    """

    quantity: Decimal
    receiver_name: str
    delivered_at: datetime | None = None
    picture: bytes | None = None
    signature: str = ""


def for_operator(actor: Actor, public_id: str) -> ReleaseOrder:
    """The release order, if the actor works in its depot.

    Raises:
        NotFound: the actor may not see it.
        NotAllowed: the actor sees it, but works elsewhere.
    """
    release = queries.release_for(actor, public_id)
    stock.require_keeper(actor, release.depot_id)
    return release


def _cause(release: ReleaseOrder) -> tuple[str, int]:
    return ReleaseOrder.THING, release.id


@use_case
def start_picking(actor: Actor, public_id: str) -> ReleaseOrder:
    """Somebody goes to fetch the goods."""
    release = for_operator(actor, public_id)
    release.start_picking(actor)
    return release


@use_case
def pick(actor: Actor, public_id: str, scanned: str) -> ReleaseOrder:
    """Bring the goods to the outbound bin, once the right lot or bin was scanned.

    Raises:
        Invalid: another lot or bin was scanned; nothing moves.
    """
    release = for_operator(actor, public_id)
    wanted = scanned.strip().upper()
    place = depots.reserved_bin(release.reservation_id)
    if release.state is ReleaseState.PICKING and wanted not in (release.lot.number, place.code):
        sentence = _(
            "“%(scanned)s” is not it: pick lot %(lot)s from bin %(bin)s.",
            scanned=scanned[:40],
            lot=release.lot.number,
            bin=place.code,
        )
        raise Invalid(_("The wrong goods were scanned. Nothing was moved."), {"scan": [sentence]})
    release.pick(actor, wanted)
    stock.pick(actor, release.reservation_id, f"release:{release.id}:pick")
    return release


@use_case
def load(
    actor: Actor, public_id: str, *, carrier: str, vehicle: str, driver: str, packages: int
) -> ReleaseOrder:
    """The goods are on the vehicle.

    Raises:
        Invalid: carrier, vehicle, driver or packages are missing.
    """
    release = for_operator(actor, public_id)
    check_packages(packages)
    release.load(
        actor,
        required("carrier", carrier, 120),
        required("vehicle", vehicle, 40),
        required("driver", driver, 120),
        packages,
    )
    return release


@use_case
def depart(actor: Actor, public_id: str) -> ReleaseOrder:
    """The vehicle leaves with its waybill; the goods leave the depot's stock."""
    release = for_operator(actor, public_id)
    release.depart(actor)
    release.waybill_file = store(
        actor, render_waybill(_waybill(release)), f"{release.waybill_number}.pdf", "application/pdf"
    )
    stock.ship(actor, release.reservation_id, Outside.CARRIER, f"release:{release.id}:ship")
    notices.tell_departed(release)
    return release


def _waybill(release: ReleaseOrder) -> WaybillDetails:
    terms = ContractTerms.from_json(release.contract.terms)
    line = WaybillLine(
        commodity_en=terms.commodity_name.en,
        commodity_zh=terms.commodity_name.zh,
        lot=release.lot.number,
        quantity=release.quantity,
        unit_code=release.contract.unit_code,
        unit_name=terms.unit_name,
        packages=str(release.packages),
    )
    depot = release.depot
    return WaybillDetails(
        number=release.waybill_number,
        issuer=settings.current().legal_name,
        contract_number=release.contract.number,
        departure_on=settings.today(),
        depot_name=depot.name,
        depot_address=tuple(part for part in (depot.street, depot.region.name) if part),
        carrier=release.carrier,
        vehicle=release.vehicle,
        driver=release.driver,
        consignee=terms.purchaser.legal_name,
        consignee_address=terms.purchaser.address,
        lines=(line,),
    )


@use_case
def deliver(actor: Actor, public_id: str, proof: ProofOfDelivery) -> ReleaseOrder:
    """Record that the purchaser's people took the goods over; the time to answer begins now.

    It lasts the acceptance days frozen in the contract.

    Raises:
        Invalid: more than was loaded or nothing, no name, a time outside departure and now, or an
            unreadable picture or signature.
    """
    release = for_operator(actor, public_id)
    now = clock.now()
    delivered_at = proof.delivered_at or now
    if release.state is ReleaseState.DEPARTED:
        _check_delivery(release, proof.quantity, delivered_at)
    name = required("receiver_name", proof.receiver_name, 120)
    days = int(release.contract.terms["acceptance_days"])
    release.deliver(actor, proof.quantity, name, delivered_at, now + timedelta(days=days))
    if proof.picture:
        release.picture_file = _keep(actor, release, "picture", _picture(proof.picture, "picture"))
    if proof.signature:
        drawn = _picture(_signature_bytes(proof.signature), "signature")
        release.signature_file = _keep(actor, release, "signature", drawn)
    _hand_over(actor, release, Outside.PURCHASER, proof.quantity, "deliver")
    _hand_over(actor, release, Outside.LOSS, release.quantity - proof.quantity, "short")
    notices.close_release_tasks(actor, release, "late_delivery")
    notices.tell_delivered(release)
    return release


def _check_delivery(release: ReleaseOrder, quantity: Decimal, delivered_at: datetime) -> None:
    fields: dict[str, list[str]] = {}
    if not 0 < quantity <= release.quantity:
        most = plain(release.quantity)
        fields["quantity"] = [
            _("Give what was delivered: above zero, at most the %(most)s loaded.", most=most)
        ]
    departed = release.departed_at or delivered_at
    # Browsers send the time of day without seconds.
    if not departed - timedelta(minutes=1) <= delivered_at <= clock.now():
        fields["delivered_at"] = [_("The time lies between the departure and now.")]
    if fields:
        raise Invalid(_("The delivery was not recorded: something needs correcting."), fields)


def _hand_over(
    actor: Actor, release: ReleaseOrder, destination: Outside, quantity: Decimal, step: str
) -> None:
    if quantity > 0:
        key = f"release:{release.id}:{step}"
        stock.hand_over(
            actor, release.lot_id, Outside.CARRIER, destination, quantity, key, _cause(release)
        )


def _signature_bytes(url: str) -> bytes:
    error = Invalid(
        _("The signature could not be read."),
        {"signature": [_("Clear it and draw it again, or rely on the typed name.")]},
    )
    if not url.startswith(_SIGNATURE_PREFIX) or len(url) > _MAXIMUM_SIGNATURE:
        raise error
    try:
        return base64.b64decode(url.removeprefix(_SIGNATURE_PREFIX), validate=True)
    except binascii.Error:
        raise error from None


def _picture(data: bytes, field: str) -> EncodedPicture:
    try:
        return reencode(data, 1600, 82)
    except Invalid as error:
        raise Invalid(error.message, {field: [error.message]}) from error


def _keep(actor: Actor, release: ReleaseOrder, what: str, picture: EncodedPicture) -> StoredFile:
    suffix = picture.media_type.rpartition("/")[2]
    return store(actor, picture.data, f"{release.number}-{what}.{suffix}", picture.media_type)


@use_case
def record_return(actor: Actor, public_id: str, *, lost: bool, reason: str) -> ReleaseOrder:
    """Say where goods went that were outside the depot when their trade was ended.

    They came back to the supplier, or were lost.

    Raises:
        NotAllowed: not a broker.
        Conflict: the order wasn't called off while its goods were outside, or it is recorded.
    """
    release = queries.release_for(actor, public_id)
    actor.require(StaffRole.BROKER)
    if not queries.waits_for_whereabouts(release):
        raise Conflict(_("Nothing of this order is outside the depot. Nothing was changed."))
    origin = Outside.CARRIER if release.delivered_at is None else Outside.PURCHASER
    stock.hand_over(
        actor,
        release.lot_id,
        origin,
        Outside.LOSS if lost else Outside.SUPPLIER,
        release.delivered_quantity or release.quantity,
        f"release:{release.id}:return",
        _cause(release),
    )
    audit.record(actor, release, "whereabouts_recorded", reason=reason, lost=lost)
    notices.close_release_tasks(actor, release, "goods_outside")
    return release
