"""What members and the hub's people are told about bookings of places."""

from typing import Any

from hub.ads.display.models import Booking
from hub.core import paths
from hub.core.actor import CompanyRole, StaffRole
from hub.core.i18n import N_
from hub.core.money import Money
from hub.messaging import services as messaging

TASK = "booking_review"
_ROLES = (CompanyRole.OWNER, CompanyRole.TRADER)


def waits_for_review(booking: Booking) -> None:
    messaging.open_task(
        StaffRole.ADVERTISING,
        TASK,
        Booking.THING,
        booking.id,
        N_("Advertising from %(starts_on)s to %(ends_on)s waits for review."),
        {"starts_on": booking.starts_on, "ends_on": booking.ends_on},
        paths.reviewed_ad_booking(booking.public_id),
    )


def approved(booking: Booking) -> None:
    _tell(
        booking,
        N_(
            "Your advertising from %(starts_on)s to %(ends_on)s is approved. It runs once it is "
            "paid; if it isn't paid before its first day, the booking ends."
        ),
    )


def sent_back(booking: Booking) -> None:
    _tell(
        booking,
        N_(
            "Your advertising from %(starts_on)s to %(ends_on)s needs a correction within a day: "
            "%(reason)s"
        ),
        reason=booking.reason,
    )


def rejected(booking: Booking) -> None:
    _tell(
        booking,
        N_("Your advertising from %(starts_on)s to %(ends_on)s was rejected: %(reason)s"),
        reason=booking.reason,
    )


def paused(booking: Booking) -> None:
    _tell(
        booking,
        N_(
            "Your advertising from %(starts_on)s to %(ends_on)s is paused: %(reason)s. "
            "What isn't delivered isn't charged."
        ),
        reason=booking.reason,
    )


def resumed(booking: Booking) -> None:
    _tell(booking, N_("Your advertising from %(starts_on)s to %(ends_on)s runs again."))


def ended_by_staff(booking: Booking) -> None:
    _tell(
        booking,
        N_("Your advertising from %(starts_on)s to %(ends_on)s was ended: %(reason)s"),
        reason=booking.reason,
    )


def not_reviewed(booking: Booking) -> None:
    _tell(
        booking,
        N_(
            "Your advertising from %(starts_on)s to %(ends_on)s was not reviewed before its first "
            "day. The booking ended; nothing was charged."
        ),
    )


def lapsed(booking: Booking) -> None:
    _tell(
        booking,
        N_(
            "Your advertising from %(starts_on)s to %(ends_on)s was not paid before its first day. "
            "The booking ended."
        ),
    )


def completed(booking: Booking, returned: Money) -> None:
    if returned:
        _tell(
            booking,
            N_(
                "Your advertising from %(starts_on)s to %(ends_on)s is over. %(amount)s for what "
                "was not delivered are in your account at the hub."
            ),
            amount=f"{returned.decimal:,f} {returned.currency}",
        )
    else:
        _tell(
            booking,
            N_(
                "Your advertising from %(starts_on)s to %(ends_on)s is over. Its page shows what "
                "it brought."
            ),
        )


def _tell(booking: Booking, message: str, **parameters: Any) -> None:
    messaging.notify_company(
        booking.company_id,
        _ROLES,
        message,
        {"starts_on": booking.starts_on, "ends_on": booking.ends_on, **parameters},
        paths.ad_booking(booking.public_id),
    )
