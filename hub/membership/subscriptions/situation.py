"""Where a membership stands, in words: whose turn it is, until when, and what follows."""

from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.formats import money, short_date
from hub.core.i18n import _
from hub.core.states import Tone
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from hub.membership.queries import Membership
from hub.membership.subscriptions import renewing
from hub.membership.subscriptions.notices import suspended_on
from hub.payments.invoices.models import Invoice


@dataclass(frozen=True)
class Standing:
    """What the page says on top: until when, what to do, and what follows.

    ``invoice`` is the one that the company is to pay.
    """

    tone: Tone
    title: str
    text: str
    note: str = ""
    invoice: Invoice | None = None


def last_day(ends: date | None) -> str:
    """The last day before ``ends``, as people read it."""
    return "–" if ends is None else short_date(ends - timedelta(days=1))


def standing(membership: Membership) -> Standing:
    """Whose turn it is in a living subscription."""
    subscription = membership.subscription
    waiting = membership.waiting
    invoice = (
        waiting.invoice if waiting and waiting.invoice and waiting.invoice.is_payable else None
    )
    if subscription.ends_at_period:
        return _ending(subscription)
    match subscription.state:
        case SubscriptionState.TRIAL:
            return _trial(subscription, invoice)
        case SubscriptionState.PENDING_PAYMENT:
            return _pending(invoice)
        case SubscriptionState.PAST_DUE:
            return _past_due(subscription, invoice)
        case SubscriptionState.SUSPENDED:
            return _suspended(invoice)
        case _:
            return _active(subscription, invoice)


def _ending(subscription: Subscription) -> Standing:
    day = last_day(subscription.paid_until)
    if subscription.grant_reason:
        return Standing(
            "good",
            _("Granted by the hub"),
            _("Free of charge to the end of %(day)s.", day=day),
            subscription.grant_reason,
        )
    return Standing(
        "warning",
        _("Cancelled"),
        _("It ends after %(day)s.", day=day),
        _("Until then everything stays as it is. Nothing more is charged, and nothing renewed."),
    )


def _nothing_due() -> str:
    return _("Nothing is to be paid now.")


def _what_comes(subscription: Subscription) -> str:
    version, interval = renewing.planned(subscription)
    price = version.price(interval, subscription.currency)
    if not price:
        return _("It goes on by itself, free of charge.")
    return _(
        "The invoice of %(price)s for the time after it comes on %(day)s.",
        price=money(price),
        day=short_date(renewing.invoiced_from(subscription)),
    )


def _trial(subscription: Subscription, invoice: Invoice | None) -> Standing:
    title = _("Free trial to the end of %(day)s", day=last_day(subscription.trial_until))
    if invoice is None:
        return Standing("good", title, _nothing_due(), _what_comes(subscription))
    return Standing(
        "waiting",
        title,
        _("Pay %(due)s by then to keep the plan.", due=money(invoice.due)),
        invoice=invoice,
    )


def _pending(invoice: Invoice | None) -> Standing:
    if invoice is None:
        return Standing("waiting", _("Waiting for payment"), _("The plan begins when it is paid."))
    return Standing(
        "waiting",
        _("To be paid by %(day)s", day=short_date(invoice.due_on)),
        _("Pay %(due)s, and the plan begins.", due=money(invoice.due)),
        _(
            "It holds from the day the payment arrives. Without it the choice lapses after "
            "%(last)s.",
            last=short_date(invoice.lapses_on),
        ),
        invoice,
    )


def _active(subscription: Subscription, invoice: Invoice | None) -> Standing:
    title = _("Paid to the end of %(day)s", day=last_day(subscription.paid_until))
    if invoice is None:
        return Standing("good", title, _nothing_due(), _what_comes(subscription))
    text = _("Pay %(due)s by then to go on without a break.", due=money(invoice.due))
    if not subscription.pays_from_wallet:
        return Standing("waiting", title, text, invoice=invoice)
    note = _(
        "If the account holds enough on %(day)s, it is paid from there by itself.",
        day=short_date(invoice.due_on),
    )
    return Standing("waiting", title, text, note, invoice)


def _past_due(subscription: Subscription, invoice: Invoice | None) -> Standing:
    return Standing(
        "bad",
        _("Payment overdue since %(day)s", day=short_date(subscription.paid_until)),
        _("Pay %(due)s now.", due=money(invoice.due if invoice else None)),
        _(
            "The plan's rights hold to the end of %(day)s; then they are suspended.",
            day=last_day(suspended_on(subscription)),
        ),
        invoice,
    )


def _suspended(invoice: Invoice | None) -> Standing:
    return Standing(
        "bad",
        _("Suspended: the renewal was not paid"),
        _(
            "Pay %(due)s by %(day)s, and the plan is back.",
            due=money(invoice.due if invoice else None),
            day=short_date(invoice.lapses_on if invoice else None),
        ),
        _(
            "Until then the rights are those of companies without a plan. Open listings and "
            "running trades go on. The plan holds again from the day the payment arrives; "
            "without it, it ends."
        ),
        invoice,
    )
