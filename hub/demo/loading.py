"""Loads the demo once, and keeps its market open whatever the date."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, update

from hub.core import clock, settings
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.settings import Setting
from hub.core.use_case import use_case
from hub.demo import advertising, data, income, people
from hub.demo.calendar import FIRST_DAY
from hub.demo.story import Story, at
from hub.matching import services as matching
from hub.matching.models import Proposal, ProposalState
from hub.messaging.models import Notice
from hub.posting import services as posting
from hub.posting.models import Listing, ListingState, Side

OPEN_LISTINGS = 60
#: A row among the settings, which only the loading reads, tells how far it came.
_MARK, _BEGUN, _LOADED = "demo", "begun", "loaded"
Progress = Callable[[str, int, int], None]


def bank_folder() -> Path:
    """Where the hub and the pretend bank exchange files."""
    return Path(current_app.config["HUB_DATA"]) / "bank"


class HalfLoaded(RuntimeError):
    """Loading was stopped before it was through: what is there is no market to show."""

    def __init__(self) -> None:
        super().__init__("The demo was stopped while it loaded: run `make demo-reset`.")


def load(progress: Progress) -> bool:
    """Load the demo if it isn't there, then open new listings where old ones have run out.

    Returns whether anything was loaded for the first time.

    Raises:
        HalfLoaded: an earlier call was stopped midway; nothing is changed.
    """
    mark = db.session.scalar(select(Setting.value).where(Setting.name == _MARK))
    if mark == _BEGUN:
        raise HalfLoaded
    fresh = mark is None
    if fresh:
        with clock.standing_at(at(FIRST_DAY)):
            _begin()
            people.found_companies()
            people.hire_staff()
            income.open_offers()
            advertising.offer_places()
        story = Story(bank_folder())
        story.tell(lambda done, total: progress("trades", done, total))
    story = Story(bank_folder())
    _top_up(story, progress)
    if fresh:
        _leave_listings(story)
        _leave_proposals(story)
        income.bring_a_member(story.companies)
        advertisers = advertising.Advertisers(story.companies)
        advertisers.bid()
        advertisers.ask()
        _finish()
    return fresh


@use_case
def _begin() -> None:
    people.found_hub()
    db.session.add(Setting(name=_MARK, value=_BEGUN))


def _open_listings() -> int:
    return int(
        db.session.scalar(select(func.count()).where(Listing.state == ListingState.OPEN)) or 0
    )


def _top_up(story: Story, progress: Progress) -> None:
    """Post listings of the companies' usual goods until the market is as full as on the first day.

    The numbers follow from the day, so that a market loaded on a day is always the same.
    """
    posting.expire_due(SYSTEM)
    missing = OPEN_LISTINGS - _open_listings()
    chance = random.Random(settings.today().toordinal())  # noqa: S311
    offers = [
        (Side.SUPPLY, number, code)
        for number, company in enumerate(data.COMPANIES)
        for code in company.sells
    ]
    demands = [
        (Side.DEMAND, number, code)
        for number, company in enumerate(data.COMPANIES)
        for code in company.buys
    ]
    goods = {each.code: each for each in data.COMMODITIES}
    story.references = int(db.session.scalar(select(func.count(Listing.id))) or 0)
    for number in range(missing):
        progress("listings", number, missing)
        side, company, code = chance.choice(offers if number % 2 else demands)
        price = goods[code].price + chance.randrange(-20, 21) * 10
        bid = 380 if side is Side.DEMAND else 0
        story.post(
            side,
            story.companies[company],
            code,
            chance.randrange(2, 30) * 10,
            Decimal(price + bid),
            grade=chance.choice(goods[code].grades) if side is Side.SUPPLY else "FAQ",
            days=chance.randrange(10, 40),
        )


def _leave_listings(story: Story) -> None:
    """Listings that wait for the broker, and one that its owner has not submitted."""
    for company, side, code in (
        (0, Side.SUPPLY, "tomato"),
        (5, Side.DEMAND, "rice"),
        (8, Side.SUPPLY, "maize"),
    ):
        price = next(each.price for each in data.COMMODITIES if each.code == code)
        low = Decimal(price) / 5 if code == "maize" else Decimal(price)
        story.post(side, story.companies[company], code, 70, low, approve=False)
    owner = people.owner_of(story.companies[0])
    opened = db.session.scalars(
        select(Listing)
        .where(Listing.company_id == owner.company_id, Listing.state == ListingState.OPEN)
        .order_by(Listing.id.desc())
    ).first()
    if opened is not None:
        posting.pause(owner, opened.public_id)


def _leave_proposals(story: Story) -> None:
    """Proposals in every state: the best are asked, some consented, one declined."""
    broker = story.player.staff.broker
    matching.match_all(broker)
    found = db.session.scalars(
        select(Proposal)
        .where(Proposal.state == ProposalState.PROPOSED)
        .order_by(Proposal.surplus.desc())
        .limit(5)
    ).all()
    for position, proposal in enumerate(found):
        matching.ask_consent(broker, proposal.public_id, proposal.version)
        supply = db.session.get_one(Listing, proposal.supply_id)
        owner = people.owner_of(supply.company_id)
        if position in (1, 2):
            matching.consent(owner, proposal.public_id, proposal.version)
        if position == 4:
            matching.decline(owner, proposal.public_id, "We sold the lot to a neighbour today.")


@use_case
def _finish() -> None:
    """People have read what they were told in the past weeks, and the demo is whole."""
    recent = clock.now() - timedelta(days=2)
    db.session.execute(
        update(Notice)
        .where(Notice.created_at < recent, Notice.read_at.is_(None))
        .values(read_at=Notice.created_at)
    )
    db.session.execute(update(Setting).where(Setting.name == _MARK).values(value=_LOADED))
