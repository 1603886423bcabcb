"""Match runs over the listings in the database: what is proposed, kept, renewed and left alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.errors import NotAllowed
from hub.matching import services
from hub.matching.engine import transport
from hub.matching.models import MatchedListing, MatchRun, Origin, Proposal, ProposalState
from hub.messaging.queries import open_tasks
from hub.posting import counters
from hub.posting.models import Listing, ListingState, Side
from tests.factories import Factories
from tests.matching.trades import Partners, make_partners


@pytest.fixture
def partners(make: Factories) -> Partners:
    return make_partners(make)


def proposals() -> list[Proposal]:
    return list(db.session.scalars(select(Proposal).order_by(Proposal.id)))


def test_a_run_proposes_the_pair_with_its_reasons(partners: Partners) -> None:
    heard: list[tuple[int, int]] = []

    run = services.match_all(
        partners.broker, progress=lambda done, total: heard.append((done, total))
    )

    (proposal,) = proposals()
    freight = proposal.freight_per_unit
    gain = Decimal(900) - freight
    assert (run.supplies, run.demands, run.proposals, run.quantity) == (1, 1, 1, Decimal(40))
    assert run.surplus_in("INR") == gain * 40 == proposal.surplus
    assert (proposal.origin, proposal.state) == (Origin.COMPUTED, ProposalState.PROPOSED)
    assert (proposal.quantity, proposal.run_id) == (Decimal(40), run.id)
    assert proposal.freight_rate == Decimal("0.30")
    assert freight == (proposal.kilometres * Decimal("0.30")).quantize(Decimal("0.0001"))
    assert proposal.unit_price == (Decimal(2150) + gain / 2).quantize(Decimal("0.0001"))
    assert proposal.reasons == {
        "ask": "2150.0000",
        "bid": "3050.0000",
        "surplus_per_unit": str(gain),
        "price_low": "2150.0000",
        "price_high": str(Decimal(3050) - freight),
        "supply_gain": str(proposal.unit_price - Decimal(2150)),
        "demand_gain": str(proposal.unit_price - Decimal(2150)),
        "supply_remaining": "0.000",
        "demand_remaining": "0.000",
        "commission": [{"rate": "0.01", "rule": None, "conditions": {}}],
    }
    assert heard == [(1, 1)]
    assert partners.supply.reserved == 0


def test_the_same_book_again_changes_no_proposal(partners: Partners) -> None:
    services.match_all(partners.broker)
    (before,) = proposals()
    first = (before.public_id, before.version, before.run_id, before.unit_price)

    services.match_all(partners.broker)

    (after,) = proposals()
    assert (after.public_id, after.version, after.run_id, after.unit_price) == first
    assert db.session.scalar(select(func.count()).select_from(MatchRun)) == 2


def test_a_better_partner_takes_the_place_of_an_untouched_proposal(
    make: Factories, partners: Partners
) -> None:
    services.match_all(partners.broker)
    better = make.listing(Side.DEMAND, unit_price=Decimal(3500))

    services.match_new()

    first, second = proposals()
    assert first.state is ProposalState.SUPERSEDED
    assert (second.demand_id, second.state) == (better.id, ProposalState.PROPOSED)


def test_what_consent_was_asked_for_is_not_offered_again(
    make: Factories, partners: Partners
) -> None:
    services.match_all(partners.broker)
    (asked,) = proposals()
    services.ask_consent(partners.broker, asked.public_id, asked.version)
    make.listing(Side.DEMAND, unit_price=Decimal(3500), quantity=Decimal(50))

    run = services.match_new()

    assert run is not None
    assert run.proposals == 0
    assert [row.state for row in proposals()] == [ProposalState.ASKED]


def test_a_changed_proposal_and_one_made_by_hand_outlive_a_run(
    make: Factories, partners: Partners
) -> None:
    services.match_all(partners.broker)
    (proposal,) = proposals()
    services.change(
        partners.broker, proposal.public_id, Decimal(20), Decimal(2300), proposal.version
    )
    make.listing(Side.DEMAND, unit_price=Decimal(3500), quantity=Decimal(40))

    services.match_all(partners.broker)

    kept, fresh = proposals()
    assert (kept.quantity, kept.origin, kept.state) == (
        Decimal(20),
        Origin.BROKER,
        ProposalState.PROPOSED,
    )
    assert (fresh.quantity, fresh.origin) == (Decimal(40), Origin.COMPUTED)


def test_a_dismissed_pair_comes_back_only_by_hand(partners: Partners) -> None:
    services.match_all(partners.broker)
    (proposal,) = proposals()
    services.dismiss(partners.broker, proposal.public_id, "The supplier asked us not to.")

    services.match_all(partners.broker)
    assert [row.state for row in proposals()] == [ProposalState.DISMISSED]

    services.propose(
        partners.broker,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(40),
        Decimal(2400),
    )
    assert [row.state for row in proposals()] == [ProposalState.DISMISSED, ProposalState.PROPOSED]


def test_the_job_looks_at_new_and_changed_listings_only(
    make: Factories, partners: Partners
) -> None:
    first = services.match_new()
    assert first is not None
    assert first.proposals == 1
    assert services.match_new() is None
    listing = make.listing(Side.SUPPLY, commodity=make.commodity("Wheat", hs_code="100199"))
    run = services.match_new()
    assert run is not None
    assert (run.supplies, run.demands, run.proposals) == (1, 0, 0)
    assert db.session.get(MatchedListing, listing.id) is not None
    assert services.match_new() is None


@pytest.mark.parametrize(
    ("side", "change"),
    [
        (Side.SUPPLY, {"state": ListingState.PAUSED}),
        (Side.SUPPLY, {"currency": "EUR"}),
        (Side.SUPPLY, {"grade": "Local"}),
        (Side.SUPPLY, {"unit_price": Decimal(3000)}),
        (Side.DEMAND, {"attributes": {"colour": "red"}}),
        (Side.DEMAND, {"reserved": Decimal(40)}),
    ],
)
def test_no_pair_that_may_not_trade_is_proposed(
    partners: Partners, side: Side, change: dict[str, object]
) -> None:
    listing = partners.supply if side is Side.SUPPLY else partners.demand
    db.session.execute(update(Listing).where(Listing.id == listing.id).values(**change))
    db.session.commit()

    run = services.match_all(partners.broker)

    assert run.proposals == 0
    assert proposals() == []


def test_a_demand_without_a_grade_takes_any(make: Factories) -> None:
    partners = make_partners(make, supply={"grade": "Local"}, demand={"grade": ""})
    assert services.match_all(partners.broker).proposals == 1


def test_windows_that_lie_apart_or_behind_are_not_proposed(make: Factories) -> None:
    start = settings.today()
    apart = {
        "ready_from": start + timedelta(days=60),
        "ready_until": start + timedelta(days=70),
        "valid_until": start + timedelta(days=70),
    }
    partners = make_partners(make, demand=apart)
    assert services.match_all(partners.broker).proposals == 0


def test_a_listing_that_changes_while_the_run_computes_gets_no_stale_proposal(
    partners: Partners,
) -> None:
    def change(_done: int, _total: int) -> None:
        counters.reserve(partners.supplier, partners.supply.id, Decimal(30))

    run = services.match_all(partners.broker, progress=change)

    assert run.proposals == 0
    assert proposals() == []
    assert db.session.get(MatchedListing, partners.supply.id) is None
    assert services.match_new() is not None
    assert [row.quantity for row in proposals()] == [Decimal(10)]


def test_a_commodity_that_fails_costs_the_others_nothing_and_becomes_a_task(
    make: Factories, partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheat = make.commodity("Wheat", hs_code="100199")
    for side in Side:
        make.listing(side, commodity=wheat, quantity=Decimal(4000))
    services.match_all(partners.broker)
    before = {row.supply_id: (row.version, row.quantity, row.state) for row in proposals()}
    monkeypatch.setattr(transport, "EXACT_FLOAT_LIMIT", 1 << 20)
    make.listing(Side.DEMAND, unit_price=Decimal(3500), quantity=Decimal(10))
    make.listing(Side.DEMAND, commodity=wheat, unit_price=Decimal(3500), quantity=Decimal(4000))

    for _again in range(2):
        run = services.match_all(partners.broker)

        assert [(row["commodity"], row["currency"]) for row in run.failures] == [(wheat.id, "INR")]
        assert run.failures[0]["error"].startswith("OverflowError: quantities of")
        assert sorted((row.quantity, row.state.value) for row in proposals()) == [
            (Decimal(10), "proposed"),
            (Decimal(30), "proposed"),
            (Decimal(4000), "proposed"),
        ]
        (untouched,) = (row for row in proposals() if row.quantity == Decimal(4000))
        assert before[untouched.supply_id] == (
            untouched.version,
            untouched.quantity,
            untouched.state,
        )
        (task,) = open_tasks(partners.broker)
        assert (task.kind, task.subject_id) == ("commodity_not_matched", wheat.id)
        assert task.path == "/broker?commodity=wheat"
        assert services.match_new() is None

    monkeypatch.undo()
    assert services.match_all(partners.broker).failures == []
    assert open_tasks(partners.broker) == []
    assert before[untouched.supply_id] != (
        untouched.version,
        untouched.quantity,
        untouched.state,
    )


def test_only_brokers_run_it(make: Factories, partners: Partners) -> None:
    for actor in (partners.supplier, make.staff(StaffRole.FINANCE)):
        with pytest.raises(NotAllowed):
            services.match_all(actor)
    assert db.session.scalars(select(MatchRun)).all() == []
