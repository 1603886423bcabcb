"""The house's own advertisements: kept by the hub's people, shown where nobody else's is."""

from sqlalchemy import select

from hub.ads.display.artwork import Frame, Given, keep, path_here
from hub.ads.display.models import AdKind, AdPage, AdPlace, HouseAd
from hub.core import audit, clock
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case


def house_ad(public_id: str) -> HouseAd:
    """The house's advertisement (NotFound if there is none)."""
    found = db.session.scalar(select(HouseAd).where(HouseAd.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such advertisement."))
    return found


@use_case
def add(actor: Actor, page: AdPage, kind: AdKind, given: Given) -> HouseAd:
    """Show an advertisement of the house's own on a place of the page.

    Raises:
        NotAllowed: not one of the hub's people who look after advertising.
        Invalid: the page has no such place, or the artwork is wrong; ``fields`` says how.
    """
    actor.require(StaffRole.ADVERTISING)
    creative = keep(actor, _frame(page, kind), given, path_here)
    added = HouseAd(page=page, kind=kind, creative_id=creative.id, created_at=clock.now())
    db.session.add(added)
    audit.record(actor, added, "house_ad_added", target=creative.target)
    return added


@use_case
def switch(actor: Actor, public_id: str, expected_version: int, *, active: bool) -> HouseAd:
    """Show it, or show it no longer.

    Raises:
        NotAllowed: as :func:`add`.
        Conflict: changed meanwhile.
    """
    actor.require(StaffRole.ADVERTISING)
    found = house_ad(public_id)
    if found.version != expected_version:
        raise Conflict(_("This has changed since you opened the page. Look at it again first."))
    found.active = active
    audit.record(actor, found, "house_ad_shown" if active else "house_ad_hidden")
    return found


def _frame(page: AdPage, kind: AdKind) -> Frame:
    """What the artwork has to fit: the place that is offered, or that was last."""
    if kind is AdKind.TEXT:
        return Frame(kind, None, None)
    place = db.session.scalar(
        select(AdPlace)
        .where(AdPlace.page == page, AdPlace.kind == kind)
        .order_by(AdPlace.retired_at.is_(None).desc(), AdPlace.id.desc())
        .limit(1)
    )
    if place is None:
        sentence = _("The page has no such place yet: add the place first.")
        raise Invalid(sentence, {"kind": [sentence]})
    return Frame(kind, place.width, place.height)
