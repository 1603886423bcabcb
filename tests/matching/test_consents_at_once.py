"""Two proposals never take the same quantity: any order of steps, and many people at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.core.use_case import use_case
from hub.matching import invariants, services
from hub.matching.models import Proposal, ProposalState
from hub.matching.proposals.consenting import QUANTITY_GONE
from hub.posting import counters
from hub.posting.models import Listing, ListingState, Side
from tests.examples import examples
from tests.factories import Factories

QUANTITIES = st.sampled_from(["5", "10", "15", "25", "40"])
PICK = st.integers(0, 5)


@use_case
def move_listing(actor: Actor, listing_id: int, action: str) -> None:
    getattr(db.session.get_one(Listing, listing_id), action)(actor)
    services.supersede_for(actor, listing_id)


class Consents(RuleBasedStateMachine):
    """Two supplies and three demands of 40, whose people do whatever comes to their minds."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        connection = db.engine.connect()
        self.engine, self.connection = db.engine, connection
        self.transaction = connection.begin()
        connection.begin_nested()
        db.engines[None] = connection  # type: ignore[assignment]
        clock.set_to(clock.now())
        make = Factories()
        make.freight_rate()
        self.broker = make.staff(StaffRole.BROKER)
        self.listings = [make.listing(Side.SUPPLY) for _ in range(2)]
        self.listings += [make.listing(Side.DEMAND) for _ in range(3)]
        self.traders = {row.company_id: make.trader(row.company) for row in self.listings}
        self.filled: set[int] = set()

    def teardown(self) -> None:
        clock.set_to(None)
        db.session.remove()
        db.engines[None] = self.engine
        self.transaction.rollback()
        self.connection.close()
        self.context.pop()

    def _try(self, verb: Any, *arguments: Any) -> None:
        """Refusals are part of life; what must hold is checked after each step."""
        try:
            verb(*arguments)
        except HubError:
            db.session.expire_all()

    def _proposals(self, *states: ProposalState) -> list[Proposal]:
        return list(
            db.session.scalars(
                select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.id)
            )
        )

    def _waiting(self) -> list[Proposal]:
        return self._proposals(ProposalState.ASKED, ProposalState.CONSENTED)

    @rule(supply=st.integers(0, 1), demand=st.integers(2, 4), quantity=QUANTITIES)
    def propose_and_ask(self, supply: int, demand: int, quantity: str) -> None:
        def both() -> None:
            made = services.propose(
                self.broker,
                self.listings[supply].public_id,
                self.listings[demand].public_id,
                Decimal(quantity),
                Decimal(2400),
            )
            services.ask_consent(self.broker, made.public_id, made.version)

        self._try(both)

    @rule(pick=PICK, side=st.sampled_from(list(Side)))
    def consent(self, pick: int, side: Side) -> None:
        waiting = self._waiting()
        if waiting:
            chosen = waiting[pick % len(waiting)]
            listing_id = chosen.supply_id if side is Side.SUPPLY else chosen.demand_id
            trader = self.traders[db.session.get_one(Listing, listing_id).company_id]
            self._try(services.consent, trader, chosen.public_id, chosen.version)

    @rule(pick=PICK, side=st.sampled_from(list(Side)))
    def decline(self, pick: int, side: Side) -> None:
        waiting = self._waiting()
        if waiting:
            chosen = waiting[pick % len(waiting)]
            listing_id = chosen.supply_id if side is Side.SUPPLY else chosen.demand_id
            trader = self.traders[db.session.get_one(Listing, listing_id).company_id]
            self._try(services.decline, trader, chosen.public_id, "No longer needed.")

    @rule(pick=PICK)
    def dismiss(self, pick: int) -> None:
        waiting = self._waiting()
        if waiting:
            chosen = waiting[pick % len(waiting)]
            self._try(services.dismiss, self.broker, chosen.public_id, "Not a good idea.")

    @rule()
    def let_lapse(self) -> None:
        clock.advance(timedelta(days=3, seconds=1))
        services.expire_due(SYSTEM)

    @rule(pick=st.integers(0, 4), action=st.sampled_from(["pause", "resume"]))
    def pause_or_resume(self, pick: int, action: str) -> None:
        self._try(move_listing, self.broker, self.listings[pick].id, action)

    @precondition(lambda self: len(self.filled) < 2)
    @rule()
    def sign_an_accepted_one(self) -> None:
        for chosen in self._proposals(ProposalState.ACCEPTED):
            if chosen.id not in self.filled:
                self.filled.add(chosen.id)
                counters.fill(SYSTEM, chosen.supply_id, chosen.quantity)
                counters.fill(SYSTEM, chosen.demand_id, chosen.quantity)
                return

    @rule()
    def match(self) -> None:
        services.match_all(self.broker)

    @invariant()
    def every_promise_is_covered(self) -> None:
        db.session.expire_all()
        promised = {listing.id: Decimal(0) for listing in self.listings}
        filled = dict(promised)
        for row in self._proposals(ProposalState.CONSENTED, ProposalState.ACCEPTED):
            target = filled if row.id in self.filled else promised
            if row.supply_consented_at:
                target[row.supply_id] += row.quantity
            if row.demand_consented_at:
                target[row.demand_id] += row.quantity
        for listing in self.listings:
            assert listing.reserved == promised[listing.id]
            assert listing.filled == filled[listing.id]
            assert listing.reserved + listing.filled <= listing.quantity
        assert [check() for _group, _rule, check in invariants.CHECKS] == [[], []]


@pytest.mark.usefixtures("own_reactions")
def test_any_order_of_steps_keeps_every_promise_covered(schema_app: Flask) -> None:
    Consents.app = schema_app
    run_state_machine_as_test(
        Consents,
        settings=hypothesis_settings(
            max_examples=examples(8),
            stateful_step_count=20,
        ),
    )


def test_six_purchasers_at_once_get_no_more_than_there_is(committed: Flask) -> None:
    """The supplier consents to six proposals of 25 each, of 100, all at the same moment.

    Whatever the order, and whoever of them the database asks to stand back, four find room and end
    the other two: the last one that is let through has nobody left to wait for.
    """
    make = Factories()
    make.freight_rate()
    broker = make.staff(StaffRole.BROKER)
    supply = make.listing(Side.SUPPLY, quantity=Decimal(100))
    supplier = make.trader(supply.company)
    asked = []
    for _ in range(6):
        demand = make.listing(Side.DEMAND)
        made = services.propose(
            broker, supply.public_id, demand.public_id, Decimal(25), Decimal(2400)
        )
        services.ask_consent(broker, made.public_id, made.version)
        asked.append((made.public_id, made.version))
    db.session.remove()

    def consent(proposal: tuple[str, int]) -> bool:
        with committed.app_context():
            try:
                services.consent(supplier, *proposal)
            except HubError:
                return False
            return True

    with ThreadPoolExecutor(6) as people:
        outcomes = list(people.map(consent, asked))

    listing = db.session.scalars(select(Listing).where(Listing.id == supply.id)).one()
    answered = db.session.scalars(select(Proposal).order_by(Proposal.id)).all()
    assert sum(outcomes) == 4
    assert [row.state is ProposalState.CONSENTED for row in answered] == outcomes
    ended = [(row.state, row.ended_reason) for row in answered if not row.supply_consented_at]
    assert ended == [(ProposalState.SUPERSEDED, QUANTITY_GONE)] * 2
    assert (listing.reserved, listing.state) == (Decimal(100), ListingState.OPEN)
    assert [check() for _group, _rule, check in invariants.CHECKS] == [[], []]


def test_both_sides_at_once_end_with_one_accepted_proposal(committed: Flask) -> None:
    make = Factories()
    make.freight_rate()
    broker = make.staff(StaffRole.BROKER)
    supply, demand = make.listing(Side.SUPPLY), make.listing(Side.DEMAND)
    made = services.propose(broker, supply.public_id, demand.public_id, Decimal(40), Decimal(2400))
    services.ask_consent(broker, made.public_id, made.version)
    proposal = (made.public_id, made.version)
    people = [make.trader(supply.company), make.trader(supply.company), make.trader(demand.company)]
    db.session.remove()

    def consent(person: Actor) -> bool:
        with committed.app_context():
            try:
                services.consent(person, *proposal)
            except HubError:
                return False
            return True

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(consent, people))

    row = db.session.scalars(select(Proposal)).one()
    listings = db.session.scalars(select(Listing).order_by(Listing.id)).all()
    assert outcomes[2] is True
    assert sum(outcomes) == 2
    assert row.state is ProposalState.ACCEPTED
    assert [listing.reserved for listing in listings] == [Decimal(40), Decimal(40)]
