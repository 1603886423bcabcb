"""A booking's way by itself: paid, begun, counted day by day, over; or ended unpaid."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from hub.accounts import queries as accounts
from hub.ads.display import money as booking_money
from hub.ads.display import notices as display_notices
from hub.ads.display import review as display_review
from hub.ads.display.bookings import end
from hub.ads.display.models import Booking, CampaignState
from hub.core import clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.i18n import N_
from hub.core.use_case import use_case

NOT_TRADING = N_("The company may not trade at present.")


def _locked(booking_id: int) -> Booking:
    """The booking as it is now; nobody else changes it until this use case ends."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update(of=Booking)
        .execution_options(populate_existing=True)
    ).one()


@use_case
def paid(actor: Actor, booking_id: int) -> None:
    """Its price came: it runs from its first day on."""
    _locked(booking_id).move(CampaignState.SCHEDULED, actor, "paid")


@use_case
def lapse(actor: Actor, booking_id: int) -> None:
    """Its price didn't come in time: its days are free again."""
    found = _locked(booking_id)
    if found.state is CampaignState.APPROVED:
        end(actor, found, "lapsed", "not paid before its first day")
        display_notices.lapsed(found)


def due() -> Sequence[int]:
    """The bookings for which something is to be done now."""
    today, now = settings.today(), clock.now()
    under_way = (CampaignState.RUNNING, CampaignState.PAUSED)
    unfinished = (CampaignState.PENDING_REVIEW, CampaignState.APPROVED, CampaignState.SCHEDULED)
    return db.session.scalars(
        select(Booking.id)
        .where(
            or_(
                and_(Booking.state == CampaignState.DRAFT, Booking.held_until <= now),
                and_(Booking.state.in_(unfinished), Booking.starts_on <= today),
                and_(Booking.state.in_(under_way), Booking.counted_until < today),
            )
        )
        .order_by(Booking.id)
    ).all()


@use_case
def advance(actor: Actor, booking_id: int) -> None:
    """Do what the clock asks of one booking; nothing if it was done meanwhile."""
    found = _locked(booking_id)
    today = settings.today()
    if found.state is CampaignState.DRAFT:
        if found.held_until is not None and found.held_until <= clock.now():
            end(actor, found, "hold_passed", "not sent for review in time")
    elif found.starts_on > today:
        return
    elif found.state is CampaignState.PENDING_REVIEW:
        end(actor, found, "not_reviewed", "not reviewed before its first day")
        display_notices.not_reviewed(found)
    elif found.state is CampaignState.APPROVED:
        lapse(actor, booking_id)
    elif found.state is CampaignState.SCHEDULED:
        found.move(CampaignState.RUNNING, actor, "begun")
        if not accounts.company(found.company_id).can_trade:
            display_review.rest(actor, found, NOT_TRADING)
    if found.state in (CampaignState.RUNNING, CampaignState.PAUSED):
        _count(actor, found)


def _count(actor: Actor, found: Booking) -> None:
    """Earn what was delivered until yesterday; end what has delivered all or has no day left."""
    today = settings.today()
    booking_money.settle(found, min(today, found.after_end))
    if today > found.ends_on or found.delivered >= found.units:
        found.move(CampaignState.COMPLETED, actor, "completed")
        display_notices.completed(found, booking_money.give_back(found, "not delivered"))
