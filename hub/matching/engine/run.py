"""Match runs: load the book, compute, store the proposals.

The computation takes its time and holds no lock; what it found is stored in a transaction of its
own, except where a listing has changed in the meantime.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, literal, select, tuple_, update
from sqlalchemy.orm import aliased

from hub.core import audit, clock, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.columns import UTCDateTime, new_public_id
from hub.core.i18n import N_
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES
from hub.core.use_case import use_case
from hub.matching import notices
from hub.matching.engine import book as books
from hub.matching.engine.book import Book, replaceable, unscaled
from hub.matching.engine.clearing import Demand, Match, Progress, Supply, match
from hub.matching.models import MatchedListing, MatchRun, Origin, Proposal, ProposalState
from hub.membership.commission.services import CommissionTable
from hub.posting.models import Listing, ListingState

SURPLUS_PLACES = QUANTITY_PLACES + UNIT_PRICE_PLACES
NOT_FOUND_AGAIN = N_("A later computation found better partners for these listings.")

_CHUNK = 400

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    """One match with its two entries in the book."""

    found: Match
    supply: Supply
    demand: Demand

    @property
    def pair(self) -> tuple[int, int]:
        return self.found.supply, self.found.demand


@dataclass(frozen=True)
class _Failure:
    """A commodity in a currency that the engine could not compute."""

    commodity: int
    currency: str
    error: str


def match_all(actor: Actor, progress: Progress | None = None) -> MatchRun:
    """Compute over all open listings and store the proposals with their reasons.

    Proposals of earlier runs that nobody has touched are brought to the new result or
    superseded; those changed by a broker, made by hand or already asked for consent stay, and
    the quantity that consent was asked for is not offered again. ``progress`` hears how many
    commodities are done, of how many.

    A commodity that can't be computed keeps its proposals as they are and becomes a task for the
    brokers; the run names it in ``failures``, and the task closes when a later run computes it.

    Raises:
        NotAllowed: not a broker.
        Conflict: another run stored its result at the same moment.
    """
    actor.require(StaffRole.BROKER)
    return _run(actor, None, progress)


def match_new() -> MatchRun | None:
    """Compute the commodities with open listings that no run has seen as they are now."""
    waiting = set(
        db.session.scalars(
            select(Listing.commodity_id)
            .where(
                Listing.state == ListingState.OPEN,
                Listing.id.not_in(select(MatchedListing.listing_id)),
            )
            .distinct()
        )
    )
    return _run(SYSTEM, waiting, None) if waiting else None


def _run(
    actor: Actor, commodity_ids: Collection[int] | None, progress: Progress | None
) -> MatchRun:
    started_at = clock.now()
    book = books.load(commodity_ids)
    failures: list[_Failure] = []

    def failed(commodity: int, currency: str, error: Exception) -> None:
        logger.error("Commodity %d in %s was not matched", commodity, currency, exc_info=error)
        failures.append(_Failure(commodity, currency, f"{type(error).__name__}: {error}"))

    matches = match(
        book.supplies, book.demands, book.freight_of, book.blocked, book.excluded, progress, failed
    )
    return _store(actor, book, matches, failures, commodity_ids, started_at)


@use_case
def _store(
    actor: Actor,
    book: Book,
    matches: Sequence[Match],
    failures: Sequence[_Failure],
    commodity_ids: Collection[int] | None,
    started_at: datetime,
) -> MatchRun:
    unchanged = _unchanged(book, commodity_ids)
    excluded = books.excluded_pairs()
    supplies = {supply.key: supply for supply in book.supplies}
    demands = {demand.key: demand for demand in book.demands}
    answers = [
        _Answer(found, supplies[found.supply], demands[found.demand])
        for found in matches
        if found.supply in unchanged
        and found.demand in unchanged
        and (found.supply, found.demand) not in excluded
    ]
    run = _record_run(actor, book, answers, failures, started_at)
    rates = CommissionTable.load(settings.today())
    fresh, superseded = _bring_up_to_date(
        actor, run, book, rates, answers, _replaceable_proposals(commodity_ids, failures)
    )
    rows = [_row(run, book, rates, answer) for answer in fresh]
    if rows:
        db.session.execute(insert(Proposal.__table__), rows)  # type: ignore[arg-type]
    _mark_as_matched(book, unchanged)
    notices.tell_failures(actor, {each.commodity for each in failures}, commodity_ids)
    audit.record(
        actor,
        run,
        "matched",
        proposals=len(answers),
        new=len(rows),
        superseded=superseded,
        failed=len(failures),
    )
    return run


def _unchanged(book: Book, commodity_ids: Collection[int] | None) -> set[int]:
    wanted = select(Listing.id, Listing.version).where(Listing.state == ListingState.OPEN)
    if commodity_ids is not None:
        wanted = wanted.where(Listing.commodity_id.in_(commodity_ids))
    return {
        row.id for row in db.session.execute(wanted) if book.versions.get(row.id) == row.version
    }


def _record_run(
    actor: Actor,
    book: Book,
    answers: Sequence[_Answer],
    failures: Sequence[_Failure],
    started_at: datetime,
) -> MatchRun:
    surpluses: dict[str, Decimal] = {}
    for answer in answers:
        surplus = unscaled(answer.found.surplus, SURPLUS_PLACES)
        currency = answer.supply.currency
        surpluses[currency] = surpluses.get(currency, Decimal(0)) + surplus
    run = MatchRun(
        started_at=started_at,
        finished_at=clock.now(),
        user_id=actor.user_id,
        supplies=len(book.supplies),
        demands=len(book.demands),
        proposals=len(answers),
        quantity=unscaled(sum(answer.found.quantity for answer in answers), QUANTITY_PLACES),
        surpluses={currency: str(total) for currency, total in sorted(surpluses.items())},
        failures=[asdict(failure) for failure in failures],
    )
    db.session.add(run)
    db.session.flush()
    return run


def _bring_up_to_date(
    actor: Actor,
    run: MatchRun,
    book: Book,
    rates: CommissionTable,
    answers: Iterable[_Answer],
    replaceable_proposals: Iterable[Proposal],
) -> tuple[list[_Answer], int]:
    """Renew or supersede what earlier runs proposed; returns the new answers, and how many
    proposals were superseded."""
    earlier = {
        (proposal.supply_id, proposal.demand_id): proposal for proposal in replaceable_proposals
    }
    fresh, explained = [], []
    for answer in answers:
        proposal = earlier.pop(answer.pair, None)
        if proposal is None:
            fresh.append(answer)
            continue
        terms = _terms(book, rates, answer)
        renewed = _renew(actor, run, proposal, terms)
        if not renewed and proposal.reasons != terms["reasons"]:
            explained.append({"proposal_id": proposal.id, "explanation": terms["reasons"]})
    for proposal in earlier.values():
        proposal.supersede(actor, NOT_FOUND_AGAIN)
    db.session.flush()
    _explain_anew(explained)
    return fresh, len(earlier)


def _replaceable_proposals(
    commodity_ids: Collection[int] | None, failures: Iterable[_Failure]
) -> Iterable[Proposal]:
    """What the run has an answer for: not the proposals of commodities that it failed at."""
    supply = aliased(Listing)
    wanted = (
        select(Proposal)
        .join(supply, supply.id == Proposal.supply_id)
        .where(
            replaceable(),
            *(
                (supply.commodity_id != failure.commodity) | (supply.currency != failure.currency)
                for failure in failures
            ),
        )
    )
    if commodity_ids is not None:
        wanted = wanted.where(supply.commodity_id.in_(commodity_ids))
    return db.session.scalars(wanted)


def _renew(actor: Actor, run: MatchRun, proposal: Proposal, terms: dict[str, Any]) -> bool:
    """Bring a proposal to new terms; False if only the reasons are not those it had."""
    if all(getattr(proposal, name) == value for name, value in terms.items() if name != "reasons"):
        return False
    proposal.set_terms(actor, "recompute", terms["quantity"], terms["unit_price"], terms["surplus"])
    for name, value in terms.items():
        setattr(proposal, name, value)
    proposal.run_id = run.id
    return True


def _explain_anew(reasons: Sequence[dict[str, Any]]) -> None:
    """Store reasons without raising the version: whoever reads a page may still act on it."""
    if reasons:
        table = Proposal.__table__
        statement = update(table).where(table.c.id == bindparam("proposal_id"))  # type: ignore[arg-type]
        db.session.execute(statement.values(reasons=bindparam("explanation")), reasons)


def _terms(book: Book, rates: CommissionTable, answer: _Answer) -> dict[str, Any]:
    found, supply, demand = answer.found, answer.supply, answer.demand
    quote = book.freight.quote(
        supply.currency, book.units[supply.commodity], supply.region, demand.region
    )
    if quote is None:
        raise LookupError(f"no freight rate for commodity {supply.commodity} any more")

    commission = rates.quote(supply.company, supply.commodity, supply.currency)

    def price(value: int) -> str:
        return str(unscaled(value, UNIT_PRICE_PLACES))

    return {
        "quantity": unscaled(found.quantity, QUANTITY_PLACES),
        "unit_price": unscaled(found.price, UNIT_PRICE_PLACES),
        "freight_per_unit": quote.per_unit,
        "freight_rate": quote.rate,
        "kilometres": quote.kilometres,
        "commission_rate": commission.rate,
        "surplus": unscaled(found.surplus, SURPLUS_PLACES),
        "reasons": {
            "ask": price(supply.price),
            "bid": price(demand.price),
            "surplus_per_unit": price(demand.price - supply.price - found.freight),
            "price_low": price(found.price_low),
            "price_high": price(found.price_high),
            "supply_gain": price(found.supply_dual),
            "demand_gain": price(found.demand_dual),
            "supply_remaining": str(unscaled(found.supply_remaining, QUANTITY_PLACES)),
            "demand_remaining": str(unscaled(found.demand_remaining, QUANTITY_PLACES)),
            "commission": commission.reason(),
        },
    }


def _row(run: MatchRun, book: Book, rates: CommissionTable, answer: _Answer) -> dict[str, Any]:
    return {
        **_terms(book, rates, answer),
        "public_id": new_public_id(),
        "state": ProposalState.PROPOSED,
        "origin": Origin.COMPUTED,
        "version": 1,
        "run_id": run.id,
        "supply_id": answer.found.supply,
        "demand_id": answer.found.demand,
        "currency": answer.supply.currency,
        "note": "",
        "ended_reason": "",
        "created_at": run.finished_at,
    }


def _mark_as_matched(book: Book, unchanged: set[int]) -> None:
    """A listing that changes at this very moment keeps waiting for the next run."""
    seen = sorted(
        (listing_id, book.versions[listing_id]) for listing_id in book.unmatched & unchanged
    )
    for start in range(0, len(seen), _CHUNK):
        as_seen = tuple_(Listing.id, Listing.version).in_(seen[start : start + _CHUNK])
        db.session.execute(
            insert(MatchedListing).from_select(
                ["listing_id", "matched_at"],
                select(Listing.id, literal(clock.now(), UTCDateTime())).where(
                    as_seen, Listing.id.not_in(select(MatchedListing.listing_id))
                ),
            )
        )
