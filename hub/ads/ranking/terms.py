"""What a member asks of a campaign, and whether it may be so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hub.ads.ranking import queries
from hub.ads.ranking.auction import MOST_BID
from hub.ads.ranking.models import Campaign, CampaignTarget
from hub.ads.ranking.targeting import MOST_KEYWORD_WORDS, keyword_of
from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money, extend
from hub.payments import services as payments
from hub.posting import queries as posting
from hub.posting.models import Listing, ListingState

MOST_TARGETS = 20
LONGEST_NAME = 80
LONGEST_TYPED = 80
LONGEST_KEYWORD = 120


@dataclass(frozen=True)
class Budget:
    """The money of a campaign and its last day (``None``: until the money is spent)."""

    max_bid: Money
    daily_budget: Money
    total_budget: Money
    ends_on: date | None = None


@dataclass(frozen=True)
class Terms:
    """A campaign as its form tells it.

    ``listing_id`` is the public id; ``keywords`` are as typed; ``commodities`` are codes.
    """

    name: str
    listing_id: str
    max_bid: Money
    daily_budget: Money
    total_budget: Money
    starts_on: date
    ends_on: date | None
    keywords: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()

    @property
    def budget(self) -> Budget:
        return Budget(self.max_bid, self.daily_budget, self.total_budget, self.ends_on)


def reserve() -> Money:
    """The least bid of any auction, at least one minor unit."""
    current = settings.current()
    least = extend(current.reserve_bid, Decimal(1), current.fee_currency)
    return max(least, Money(1, current.fee_currency))


class Complaints:
    """Sentences by field, collected so that a form tells all of them at once."""

    def __init__(self) -> None:
        self._fields: dict[str, list[str]] = {}

    def add(self, field: str, sentence: str) -> None:
        self._fields.setdefault(field, []).append(sentence)

    def raise_any(self) -> None:
        """Raise Invalid if there are any."""
        if self._fields:
            sentences = [each for found in self._fields.values() for each in found]
            raise Invalid(" ".join(sentences), self._fields)


def check_budget(company_id: int, budget: Budget, complaints: Complaints) -> None:
    """Bids and budgets in the hub's fee currency, in the right order, and covered by the account.

    Raises:
        Invalid: at once, where a currency is wrong: nothing else can be compared then.
    """
    currency = settings.current().fee_currency
    for field in ("max_bid", "daily_budget", "total_budget"):
        if getattr(budget, field).currency != currency:
            complaints.add(
                field,
                _("Sponsored places are sold in %(currency)s only.", currency=currency),
            )
    complaints.raise_any()
    least, held = reserve(), payments.wallet_balance(company_id, currency)
    if budget.max_bid < least:
        complaints.add("max_bid", _("The least bid is %(least)s a click.", least=str(least)))
    elif held < budget.max_bid:
        complaints.add(
            "max_bid",
            _(
                "The bid is above what your account holds (%(held)s). Top it up first, or bid "
                "less.",
                held=str(held),
            ),
        )
    if budget.daily_budget < budget.max_bid:
        complaints.add("daily_budget", _("A day's budget must pay for at least one click."))
    if budget.total_budget < budget.daily_budget:
        complaints.add("total_budget", _("The total budget is below the budget of one day."))
    elif budget.total_budget.minor > MOST_BID:
        complaints.add("total_budget", _("A budget this large is not taken."))


def check_days(starts_on: date, ends_on: date | None, complaints: Complaints) -> None:
    """The first day is not over, and the last is not before it."""
    if starts_on < settings.today():
        complaints.add("starts_on", _("The first day is in the past."))
    if ends_on is not None and ends_on < starts_on:
        complaints.add("ends_on", _("The last day is before the first."))


def own_open_listing(actor: Actor, public_id: str, complaints: Complaints) -> Listing | None:
    """The actor's listing, if it is open on the market; else a complaint says what is wrong."""
    try:
        listing = posting.listing(actor, public_id)
    except NotFound:
        listing = None
    if listing is None or listing.company_id != actor.company_id:
        complaints.add("listing", _("Choose one of your company's open listings."))
        return None
    if listing.state is not ListingState.OPEN:
        complaints.add("listing", _("This listing is not open on the market."))
    return listing


def read_targets(
    listing: Listing, keywords: Sequence[str], codes: Sequence[str], complaints: Complaints
) -> list[CampaignTarget]:
    """The targets: keywords by their words, and commodities that the listing belongs to."""
    found: dict[Any, CampaignTarget] = {}
    for typed in keywords:
        typed = " ".join(typed.split())
        keyword = keyword_of(typed)
        if typed and _is_keyword(typed, keyword, complaints):
            found.setdefault(keyword, CampaignTarget(keyword=keyword, typed=typed))
    choices = {each.code: each for each in queries.commodity_choices(listing)}
    for code in codes:
        if code in choices:
            found[choices[code].id] = CampaignTarget(commodity=choices[code])
        else:
            complaints.add(
                "commodities",
                _("A campaign can name the commodity of its listing and the groups above it only."),
            )
    if len(found) > MOST_TARGETS:
        complaints.add("keywords", _("A campaign has at most %(most)d targets.", most=MOST_TARGETS))
    if not found and not codes and not any(map(str.strip, keywords)):
        complaints.add("keywords", _("Name at least one keyword or commodity to bid on."))
    return list(found.values())


def _is_keyword(typed: str, keyword: str, complaints: Complaints) -> bool:
    if not keyword:
        complaints.add("keywords", _("“%(typed)s” holds no word.", typed=typed[:40]))
    elif (
        len(keyword.split()) > MOST_KEYWORD_WORDS
        or len(typed) > LONGEST_TYPED
        or len(keyword) > LONGEST_KEYWORD
    ):
        complaints.add(
            "keywords",
            _(
                "“%(typed)s” is too long: a keyword has at most %(most)d words.",
                typed=typed[:40],
                most=MOST_KEYWORD_WORDS,
            ),
        )
    else:
        return True
    return False


def facts(campaign: Campaign) -> dict[str, Any]:
    """The terms as the audit log keeps them: JSON values."""
    return {
        "name": campaign.name,
        "listing_id": campaign.listing_id,
        "max_bid": str(campaign.max_bid),
        "daily_budget": str(campaign.daily_budget),
        "total_budget": str(campaign.total_budget),
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat() if campaign.ends_on else None,
        "targets": [
            each.typed if each.keyword else each.commodity.code if each.commodity else ""
            for each in campaign.targets
        ],
    }
