"""What choosing a plan means for a company: from when it would have it, and for what price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.core import settings
from hub.core.errors import NotFound
from hub.core.formats import named
from hub.core.i18n import _
from hub.core.money import Money
from hub.membership import queries
from hub.membership.entitlements.table import price_words
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from hub.membership.subscriptions.upgrading import UpgradeQuote, quote


@dataclass(frozen=True)
class Choice:
    """A plan as one company would have it from now on, or from the end of its paid time.

    ``kind`` is ``subscribe`` for who has none, ``waiting`` while the first choice is unpaid,
    ``same`` for what it has, ``upgrade`` to a higher plan at once, and ``change`` for later.
    """

    kind: str
    version: PlanVersion
    interval: BillingInterval
    price: Money
    begins: date | None = None
    quote: UpgradeQuote | None = None

    @property
    def name(self) -> str:
        return named(self.version)

    @property
    def words(self) -> str:
        return price_words(self.price, self.interval)

    @property
    def due(self) -> Money:
        """What is to be paid first."""
        return self.quote.due if self.quote else self.price


def choice_of(
    present: Subscription | None, public_id: str, interval: BillingInterval | None, currency: str
) -> Choice:
    """What choosing this version means for who has ``present``.

    ``interval`` and ``currency`` are those asked for, if any.

    Raises:
        NotFound: it isn't offered, or not for the interval and currency.
    """
    version = queries.version(public_id)
    kept = present is not None and version.id in (present.version_id, present.next_version_id)
    is_offered = version.plan.retired_at is None and version.plan.current.id == version.id
    if not (kept or is_offered):
        raise NotFound(_("This form of the plan isn't offered any more. Look at the plans again."))
    if present is None:
        interval, currency = _first_terms(version, interval, currency)
    else:
        interval, currency = interval or present.interval, present.currency
    price = version.price(interval, currency) if interval else None
    if interval is None or price is None:
        raise NotFound(_("The plan isn't offered like this. Look at its prices again."))
    if present is None:
        return Choice("subscribe", version, interval, price)
    if present.state is SubscriptionState.PENDING_PAYMENT:
        return Choice("waiting", version, interval, price)
    if version.id == present.version_id and interval is present.interval:
        return Choice("same", version, interval, price)
    if version.plan.rank > present.plan_version.plan.rank and interval is present.interval:
        due = quote(present, version)
        on_trial = present.state is SubscriptionState.TRIAL
        if on_trial or (present.state is SubscriptionState.ACTIVE and due is not None):
            return Choice("upgrade", version, interval, price, quote=due)
    return Choice("change", version, interval, price, begins=present.paid_until)


def _first_terms(
    version: PlanVersion, interval: BillingInterval | None, currency: str
) -> tuple[BillingInterval | None, str]:
    """The interval and currency asked for, or the usual ones that the version is offered in."""
    home = settings.current().fee_currency
    offered = sorted(version.prices, key=lambda each: (each.currency != home, each.interval.months))
    currency = currency or (offered[0].currency if offered else home)
    mine = [each.interval for each in offered if each.currency == currency]
    return interval or (mine[-1] if mine else None), currency


def compared_terms(
    present: Subscription | None,
    interval: BillingInterval | None,
    currency: str,
    intervals: Sequence[BillingInterval],
    currencies: Sequence[str],
) -> tuple[BillingInterval | None, str]:
    """The interval and currency to compare plans in: asked for, of the present plan, or usual.

    ``intervals`` and ``currencies`` are those in which plans are offered, the shortest first.
    """
    chosen = interval or (present.interval if present else None)
    if chosen not in intervals:
        chosen = intervals[-1] if intervals else None
    home = settings.current().fee_currency
    for each in (present.currency if present else currency, home, *currencies[:1]):
        if each in currencies:
            return chosen, each
    return chosen, home
