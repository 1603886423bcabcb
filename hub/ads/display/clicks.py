"""What readers do with shown advertisements: they see them, and they click them.

The way out is read from the database, never from the request: a link can't lead anywhere else.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from hub.ads.display.models import (
    Booking,
    Creative,
    DisplayClick,
    DisplaySeen,
    DisplayView,
    HouseAd,
)
from hub.ads.display.serving import read_token
from hub.ads.visits import Visit
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.statements import insert_or_ignore
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case

#: A page that was left open for longer still leads on, but the click doesn't count.
VALID_FOR = timedelta(hours=24)


class Uncounted(StrEnum):
    """Why a click doesn't count."""

    ROBOT = "robot"
    OWN = "own"
    EXPIRED = "expired"
    REPEATED = "repeated"


def destination(secret: str, token: str) -> str:
    """Where a token leads: an https address, or a path of this site for the house's own.

    Raises:
        NotFound: it is forged or damaged, or what it belongs to is gone.
    """
    values = read_token(secret, token)
    wanted = select(Creative.target)
    if values["booking_id"] is not None:
        wanted = wanted.join(Booking, Booking.creative_id == Creative.id).where(
            Booking.id == values["booking_id"]
        )
    else:
        wanted = wanted.join(HouseAd, HouseAd.creative_id == Creative.id).where(
            HouseAd.id == values["house_ad_id"]
        )
    target = db.session.scalar(wanted)
    if target is None:
        raise NotFound(_("What this link belongs to is no longer here."))
    return target


@use_case
def click(actor: Actor, secret: str, token: str, visit: Visit) -> str:
    """Record a click, and whether it counts; where it leads.

    A link of a view that was never recorded leads on without a record.

    Raises:
        NotFound: as :func:`destination`; nothing is recorded.
    """
    target = destination(secret, token)
    view = _view(secret, token)
    if view is not None:
        reason = _uncounted(actor, view, visit)
        db.session.add(DisplayClick(view_id=view.id, at=clock.now(), reason=reason or ""))
    return target


def _view(secret: str, token: str) -> DisplayView | None:
    """The view of the token, if it is recorded; its clicks are judged one after the other."""
    return db.session.scalar(
        select(DisplayView)
        .where(DisplayView.public_id == read_token(secret, token)["public_id"])
        .with_for_update()
    )


def _uncounted(actor: Actor, view: DisplayView, visit: Visit) -> Uncounted | None:
    if visit.is_robot:
        return Uncounted.ROBOT
    if actor.is_staff or not view.counted:
        return Uncounted.OWN
    if clock.now() - view.at > VALID_FOR:
        return Uncounted.EXPIRED
    same_reader = (
        select(DisplayClick.id)
        .join(DisplayView, DisplayView.id == DisplayClick.view_id)
        .where(
            DisplayClick.reason == "",
            DisplayView.day == view.day,
            DisplayView.viewer == view.viewer,
            DisplayView.booking_id == view.booking_id
            if view.booking_id is not None
            else DisplayView.house_ad_id == view.house_ad_id,
        )
    )
    if db.session.scalar(same_reader.limit(1)) is not None:
        return Uncounted.REPEATED
    return None


@use_case
def seen(secret: str, token: str) -> None:
    """Record, once, that half of an advertisement was in sight for a second.

    Raises:
        NotFound: the token is forged or damaged, or tells of nothing that was shown.
    """
    view = db.session.scalar(
        select(DisplayView).where(DisplayView.public_id == read_token(secret, token)["public_id"])
    )
    if view is None or clock.now() - view.at > VALID_FOR:
        raise NotFound(_("What this belongs to is no longer here."))
    insert_or_ignore(DisplaySeen, ["view_id"], view_id=view.id, at=clock.now())
