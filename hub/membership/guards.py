"""What membership answers when a package below asks whether something may be done."""

from hub.accounts.events import SeatWanted
from hub.membership.entitlements import services as entitlements

#: The entitlement that counts people and open invitations.
USERS = "users"


def on_seat_wanted(question: SeatWanted) -> None:
    """Raise LimitReached if the company's plan includes no more people."""
    entitlements.claim(question.company_id, USERS)
