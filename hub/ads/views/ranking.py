"""The public page on ranking: what decides the order, and what payment does and doesn't do."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from hub.ads.ranking import campaigns, clicks, quality
from hub.ads.ranking.auction import Entrant, hold
from hub.core import settings
from hub.core.money import Money

blueprint = Blueprint("ad_ranking", __name__)

#: The worked example: bids and reserve in hundredths of the unit of money, qualities from 1 to 10.
_EXAMPLE = ((400, 1), (300, 3), (200, 6), (100, 8))
_EXAMPLE_PLACES = 3
_EXAMPLE_RESERVE = 10


@dataclass(frozen=True)
class ExampleRow:
    """A bidder of the worked example; ``place`` and ``price`` are None for who gets no place."""

    name: str
    bid: Money
    quality: int
    score: Money
    place: int | None
    price: Money | None


def worked_example(currency: str) -> list[ExampleRow]:
    """The example's bidders in the order of rank, as the auction itself ranks and prices them."""
    entrants = [
        Entrant(number, number, bid, quality_of * 1000)
        for number, (bid, quality_of) in enumerate(_EXAMPLE)
    ]
    outcome = hold(entrants, _EXAMPLE_PLACES, _EXAMPLE_RESERVE)
    placed = {each.campaign_id: each for each in outcome.placed}
    rows = []
    for entrant in outcome.ranked:
        found = placed.get(entrant.campaign_id)
        own_quality = _EXAMPLE[entrant.campaign_id][1]
        rows.append(
            ExampleRow(
                "ABCD"[entrant.campaign_id],
                Money(entrant.bid, currency),
                own_quality,
                Money(entrant.bid * own_quality, currency),
                found.place if found else None,
                Money(found.price, currency) if found else None,
            )
        )
    return rows


@blueprint.get("/ranking")
def page() -> str:
    """The page, open to everyone."""
    hub = settings.current()
    return render_template(
        "ads/ranking.html",
        reserve=campaigns.reserve(),
        places=hub.sponsored_places,
        rules=quality.RULES,
        reasons=clicks.REASON_WORDS,
        minutes=int(clicks.VALID_FOR.total_seconds() // 60),
        hours=int(clicks.ONCE_IN.total_seconds() // 3600),
        example=worked_example(hub.fee_currency),
        example_reserve=Money(_EXAMPLE_RESERVE, hub.fee_currency),
    )
