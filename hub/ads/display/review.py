"""The hub's people review bookings, and pause what has to stop for a while."""

from datetime import timedelta

from sqlalchemy import select

from hub.accounts import queries as accounts
from hub.ads.display import notices as display_notices
from hub.ads.display.bookings import HELD_FOR, booking, expect_version
from hub.ads.display.models import Booking, BookingPause, CampaignState
from hub.core import clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments import services as payments


@use_case
def approve(actor: Actor, public_id: str, expected_version: int) -> Booking:
    """Let a booking run once its price is paid: the invoice is opened, due before the first day.

    Raises:
        NotAllowed: not one of the hub's people who look after advertising.
        Conflict: changed meanwhile, not in review, its first day has come, or the company may
            not trade.
        Invalid: the hub has no designated account in the currency.
    """
    found = _to_decide(actor, public_id, expected_version)
    hub, today = settings.current(), settings.today()
    if found.starts_on <= today:
        raise Conflict(_("Its first day has come: it can't be paid in time any more."))
    if not accounts.company(found.company_id).can_trade:
        raise Conflict(_("The company is not verified and active; it can't advertise."))
    found.move(CampaignState.APPROVED, actor, "approved")
    found.reason = ""
    last_day = found.starts_on - timedelta(days=1)
    payments.open_fee_invoice(
        actor,
        subject=found.subject,
        payer_id=found.company_id,
        currency=found.currency,
        lines=[("advertising", _line_text(found), found.amount)],
        due_on=min(today + timedelta(days=hub.payment_days), last_day),
        lapses_on=last_day,
    )
    display_notices.approved(found)
    return found


def _line_text(found: Booking) -> str:
    bought = f"{found.units} views" if found.is_by_views else f"{found.units} days"
    return (
        f"Advertising: {found.place.kind.value} on {found.place.page.value} pages, {bought}, "
        f"{found.starts_on} to {found.ends_on}"
    )


@use_case
def send_back(actor: Actor, public_id: str, expected_version: int, reason: str) -> Booking:
    """Make it a draft again, to be corrected within a day.

    Raises:
        NotAllowed, Conflict: as :func:`approve`.
        Invalid: no reason.
    """
    found = _to_decide(actor, public_id, expected_version)
    found.reason = required_reason(reason, _("Say what must be corrected."))
    found.held_until = clock.now() + HELD_FOR
    found.move(CampaignState.DRAFT, actor, "sent_back", found.reason)
    display_notices.sent_back(found)
    return found


@use_case
def reject(actor: Actor, public_id: str, expected_version: int, reason: str) -> Booking:
    """Refuse it for good; its days are free again.

    Raises:
        NotAllowed, Conflict: as :func:`approve`.
        Invalid: no reason.
    """
    found = _to_decide(actor, public_id, expected_version)
    found.reason = required_reason(reason, _("Say why it can't be shown."))
    found.move(CampaignState.REJECTED, actor, "rejected", found.reason)
    display_notices.rejected(found)
    return found


@use_case
def pause(actor: Actor, public_id: str, expected_version: int, reason: str) -> Booking:
    """Stop a running booking for a while; days with a pause and views not shown aren't charged.

    Raises:
        NotAllowed: as :func:`approve`.
        Conflict: changed meanwhile, or not running.
        Invalid: no reason.
    """
    found = _to_act_on(actor, public_id, expected_version)
    rest(actor, found, required_reason(reason, _("Say why it is paused.")))
    return found


def rest(actor: Actor, found: Booking, reason: str) -> None:
    """Pause a running booking in the caller's use case; the days from today on aren't charged."""
    found.move(CampaignState.PAUSED, actor, "paused", reason)
    found.reason = reason
    found.pauses.append(BookingPause(from_on=settings.today()))
    display_notices.paused(found)


@use_case
def pause_for_company(actor: Actor, company_id: int, reason: str) -> int:
    """Stop all that a company runs, because it may not trade; how many these are."""
    running = db.session.scalars(
        select(Booking).where(
            Booking.company_id == company_id, Booking.state == CampaignState.RUNNING
        )
    ).all()
    for found in running:
        rest(actor, found, reason)
    return len(running)


@use_case
def resume(actor: Actor, public_id: str, expected_version: int) -> Booking:
    """Let a paused booking run again.

    Raises:
        NotAllowed: as :func:`approve`.
        Conflict: changed meanwhile, not paused, or the company may not trade.
    """
    found = _to_act_on(actor, public_id, expected_version)
    if not accounts.company(found.company_id).can_trade:
        raise Conflict(_("The company is not verified and active; it can't advertise."))
    found.move(CampaignState.RUNNING, actor, "resumed")
    found.reason = ""
    for each in found.pauses:
        if each.until_on is None:
            each.until_on = settings.today()
    display_notices.resumed(found)
    return found


def _to_act_on(actor: Actor, public_id: str, expected_version: int) -> Booking:
    actor.require(StaffRole.ADVERTISING)
    found = booking(actor, public_id)
    expect_version(found, expected_version)
    return found


def _to_decide(actor: Actor, public_id: str, expected_version: int) -> Booking:
    found = _to_act_on(actor, public_id, expected_version)
    messaging.close_tasks(actor, Booking.THING, found.id, display_notices.TASK)
    return found
