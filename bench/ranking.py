"""Ranking 10,000 bids beside a plain sort, and what the auction adds to a search page.

    python -m bench.ranking [--bids N] [--listings N] [--turns N]

The ranking is measured on the same bids: the engine's arrays, the engine from the rows as a query
gives them, and Python's sort of the same keys; also where the engine gains nothing. The page is
asked for by a test client on PostgreSQL, in turns with sponsored places and without, where a few
hundred of the campaigns fit the search and where all of them do.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text

import config
from bench.market import WORD, fill
from hub.ads.ranking import auction
from hub.ads.ranking.auction import Columns, Entrant, hold, rank_plainly
from hub.ads.ranking.models import Auction, Campaign, CampaignTarget, Surface
from hub.ads.ranking.page_auction import sponsored
from hub.ads.ranking.targeting import aim
from hub.ads.states import CampaignState
from hub.app import create_app
from hub.catalogue.models import Commodity
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.use_case import use_case
from hub.core.words import read_search
from hub.market.labels import labels
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from hub.payments.ledger.queries import company_holder
from hub.posting.models import Listing
from tests.databases import server
from tests.statement_counter import counted

PLACES = 3
RESERVE = 100
#: A word that every listing has.
COMMON_WORD = "bags"


def seconds(measured: Callable[[], object], turns: int) -> float:
    """The best time of ``turns`` calls, after one that doesn't count."""
    measured()
    times = []
    for _ in range(turns):
        began = time.perf_counter()
        measured()
        times.append(time.perf_counter() - began)
    return min(times)


def bids_of(number: int, source: random.Random, companies: int) -> list[Entrant]:
    """Random bids, all of them at least the reserve."""
    return [
        Entrant(
            campaign_id,
            source.randrange(companies),
            source.randrange(RESERVE, 5_000),
            source.randrange(1_000, 10_001),
        )
        for campaign_id in range(1, number + 1)
    ]


def compare_ranking(name: str, entrants: list[Entrant], turns: int) -> None:
    """Print the engine's times beside those of a plain sort of the same keys."""
    columns = Columns.of(entrants)
    assert columns.rank(PLACES + 1) == rank_plainly(entrants, PLACES + 1)
    plain = seconds(
        lambda: sorted(entrants, key=lambda each: (-(each[2] * each[3]), each[0])), turns
    )
    arrays = seconds(lambda: columns.rank(PLACES + 1), turns)
    whole = seconds(lambda: hold(entrants, PLACES, RESERVE), turns)
    print(
        f"  {name:<34}plain sort {plain * 1e3:7.3f} ms   arrays {arrays * 1e3:7.3f} ms"
        f" ({plain / arrays:5.1f}x)   whole auction from rows {whole * 1e3:7.3f} ms"
        f" ({plain / whole:4.1f}x)",
        flush=True,
    )


def compare_rankings(number: int, turns: int) -> None:
    source = random.Random(7)
    many = bids_of(number, source, companies=number)
    compare_ranking(f"{number:,} bids", many, turns)
    compare_ranking("... of 20 companies", bids_of(number, source, companies=20), turns)
    compare_ranking("... all of one company", bids_of(number, source, companies=1), turns)
    equal = [each._replace(bid=400, quality=5_000) for each in many]
    compare_ranking("... all of equal score", equal, turns)
    compare_ranking(f"{auction.FEW} bids, a plain sort inside", many[: auction.FEW], turns)


def campaigns_for(number: int) -> None:
    """``number`` running campaigns of companies with money: on the word of their commodity, and
    on the word that every listing has."""
    source = random.Random(7)
    today = settings.today()
    of_word = Commodity.name == WORD.capitalize()
    chosen = [
        *db.session.execute(_listings().where(of_word)).all(),
        *db.session.execute(_listings().where(~of_word).limit(number)).all(),
    ][:number]
    rows, targets = [], []
    for campaign_id, listing in enumerate(chosen, 1):
        rows.append(_campaign(campaign_id, listing, source) | {"starts_on": today})
        targets += [
            {"campaign_id": campaign_id, "keyword": " ".join(sorted(words)), "typed": ""}
            for words in (listing.name.lower().split(), [COMMON_WORD])
        ]
    db.session.execute(insert(Campaign), rows)
    db.session.execute(insert(CampaignTarget), targets)
    db.session.execute(
        insert(LedgerBalance),
        [
            {
                "account": chart.MEMBER_WALLET,
                "currency": "INR",
                "holder": company_holder(company_id),
                "balance_minor": -1_000_000,
            }
            for company_id in {listing.company_id for listing in chosen}
        ],
    )
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _listings() -> Any:
    return (
        select(Listing.id, Listing.company_id, Commodity.name)
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .order_by(Listing.id)
    )


def _campaign(campaign_id: int, listing: Any, source: random.Random) -> dict[str, Any]:
    bid = source.randrange(RESERVE, 5_000)
    return {
        "id": campaign_id,
        "public_id": new_public_id(),
        "version": 1,
        "company_id": listing.company_id,
        "listing_id": listing.id,
        "name": f"Campaign {campaign_id}",
        "state": CampaignState.RUNNING,
        "currency": "INR",
        "max_bid_minor": bid,
        "daily_budget_minor": bid * 10,
        "total_budget_minor": bid * 100,
        "spent_minor": 0,
        **dict.fromkeys(("verification", "completeness", "answer_rate"), "0.5"),
        "click_rate": str(source.randrange(10_000) / 10_000),
        "created_at": clock.now(),
    }


@use_case
def show_places(actor: Actor, number: int) -> None:
    """Let pages have so many sponsored places."""
    settings.change(actor, sponsored_places=number)


def compare_pages(app: Flask, words: Sequence[str], turns: int) -> None:
    """Print what the auction takes by itself and what it adds to the page of a search."""
    client = app.test_client()
    for word in words:
        with app.app_context():
            wanted = aim(read_search(word), (), labels().commodities)
            alone = seconds(lambda wanted=wanted: sponsored(Surface.SEARCH, wanted), turns)  # type: ignore[misc]
            with counted(db.engine) as sent:
                sponsored(Surface.SEARCH, wanted)
            eligible = db.session.scalar(
                select(Auction.eligible).order_by(Auction.id.desc()).limit(1)
            )
        times: dict[int, list[float]] = {0: [], PLACES: []}
        for _ in range(turns):
            for places, measured in times.items():
                with app.app_context():
                    show_places(SYSTEM, places)
                measured.append(seconds(lambda word=word: ask(client, word), 3))  # type: ignore[misc]
        bare, lifted = (min(times[places]) for places in (0, PLACES))
        print(
            f"  search for {word!r}: {eligible:,} eligible   page without {bare * 1e3:6.1f} ms,"
            f" with {lifted * 1e3:6.1f} ms: {lifted / bare:4.2f}x   the auction alone"
            f" {alone * 1e3:6.1f} ms, {len(sent)} SQL statements",
            flush=True,
        )


def ask(client: Any, word: str) -> None:
    response = client.get(f"/market?q={word}")
    if response.status_code != 200:
        raise RuntimeError(f"the search answered {response.status_code}")


def main() -> int:
    parser = argparse.ArgumentParser(description="time the auction of sponsored places")
    parser.add_argument("--bids", type=int, default=10_000)
    parser.add_argument("--listings", type=int, default=30_000)
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    print(f"Ranking for {PLACES} places")
    compare_rankings(options.bids, options.turns)
    with server("postgresql") as databases, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            {
                "HUB_DATABASE_URL": databases.empty_database(),
                "HUB_DATA": folder,
                "HUB_ENVIRONMENT": "development",
                "HUB_SECRET_KEY": secrets.token_hex(32),
                "HUB_DEMO": "0",
            }
        )
        app = create_app(config.Development())
        with app.app_context():
            fill(options.listings)
            campaigns_for(options.bids)
            number = db.session.scalar(select(func.count()).select_from(Campaign))
        print(f"A search page, {options.listings:,} listings and {number:,} campaigns")
        compare_pages(app, (WORD, COMMON_WORD), options.turns)
        with app.app_context():
            db.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
