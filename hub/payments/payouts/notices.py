"""Who is told what about a payout."""

from hub.core import paths
from hub.core.actor import CompanyRole, StaffRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.messaging import services as messaging
from hub.payments.payouts.models import Payout


def credit_paid_out(payout: Payout) -> None:
    """The company's credit left for its bank account."""
    if payout.payee_id is not None:
        messaging.notify_company(
            payout.payee_id,
            (CompanyRole.OWNER, CompanyRole.FINANCE),
            N_("Your credit of %(amount)s was sent to your bank account."),
            {"amount": written(payout.amount)},
            paths.INVOICES,
        )


def payout_held(payout: Payout) -> None:
    """A payout that can't leave until somebody has checked the account."""
    messaging.open_task(
        StaffRole.FINANCE,
        "payout_held",
        Payout.THING,
        payout.id,
        N_("The payout %(number)s of %(amount)s is held: check the payee's bank account."),
        {"number": payout.end_to_end_id, "amount": written(payout.amount)},
        paths.payout(payout.public_id),
    )
