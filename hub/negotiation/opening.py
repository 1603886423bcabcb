"""Opening a delivered inquiry: as part of the plan, or for its price."""

from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Conflict, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.negotiation import queries
from hub.negotiation.asking import contest_until, is_included
from hub.negotiation.models import FreeReason, Inquiry, Party, Terms
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger.chart import EntryKind


@use_case
def open_inquiry(actor: Actor, public_id: str, agreed_price: int | None = None) -> Inquiry:
    """Let the receiver read an inquiry; a second call changes and charges nothing.

    It costs nothing where the asker is not verified any more or the receiver's plan includes
    one more, else its price, once: ``agreed_price`` (minor units) is what the page showed.

    Raises:
        NotFound: not an inquiry that the actor's company received.
        NotAllowed: neither its owner nor a trader.
        Conflict: it has ended, it costs something that the page didn't show, or the company's
            account holds less than that. Nothing is charged.
    """
    inquiry, party = queries.own(actor, public_id, lock=True)
    if party is not Party.RECEIVER:
        raise NotFound(_("There is no such inquiry, or it isn't yours to see."))
    if not actor.trades_for(inquiry.receiver_id):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    if inquiry.opened_at is not None:
        return inquiry
    if inquiry.answer_until < settings.today():
        raise Conflict(_("The time to answer this inquiry is over. Nothing was charged."))
    if not inquiry.asker.can_trade:
        inquiry.open(actor, Terms.FREE, contest_until(), FreeReason.UNVERIFIED)
    elif is_included(inquiry.receiver_id):
        inquiry.open(actor, Terms.INCLUDED, contest_until())
    else:
        inquiry.open(actor, Terms.PAID, contest_until())
        _charge(actor, inquiry, agreed_price)
    inquiry.mark_unread(Party.RECEIVER, False)
    return inquiry


def missing(inquiry: Inquiry) -> Money:
    """What the receiver's account lacks to open it; zero if it holds enough."""
    held = payments.wallet_balance(inquiry.receiver_id, inquiry.currency)
    zero = Money.zero(inquiry.currency)
    return zero if inquiry.price <= held else inquiry.price - held


def _charge(actor: Actor, inquiry: Inquiry, agreed_price: int | None) -> None:
    if agreed_price != inquiry.price_minor:
        raise Conflict(
            _(
                "Opening this inquiry costs %(price)s now. Nothing was charged; look at the "
                "page again and open it if you agree.",
                price=str(inquiry.price),
            )
        )
    if lacking := missing(inquiry):
        raise Conflict(
            _(
                "Opening this inquiry costs %(price)s; your account lacks %(missing)s. Top it "
                "up first. Nothing was charged.",
                price=str(inquiry.price),
                missing=str(lacking),
            )
        )
    payments.charge_wallet(
        actor,
        key=f"inquiry:{inquiry.id}",
        kind=EntryKind.INQUIRY,
        company_id=inquiry.receiver_id,
        amount=inquiry.price,
        income=chart.INQUIRY_INCOME,
        subject=(Inquiry.THING, inquiry.id),
        description=inquiry.listing.reference,
    )
