"""The demo: loaded once through the real services, believable, and sound to the last minor unit."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.cli.check import run_checks
from hub.contracts.models import Contract, ContractState
from hub.core.db.base import db
from hub.demo.loading import OPEN_LISTINGS, load
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.matching.models import Proposal, ProposalState
from hub.posting.models import Listing, ListingState

pytestmark = pytest.mark.one_database


def _states(model: type) -> set[str]:
    return {state.value for state in db.session.scalars(select(model.state).distinct())}  # type: ignore[attr-defined]


def _open_listings() -> int:
    statement = select(func.count()).where(Listing.state == ListingState.OPEN)
    return int(db.session.scalar(statement) or 0)


def test_the_demo_shows_every_state_and_breaks_no_rule(committed_app: Flask) -> None:
    with committed_app.app_context():
        assert load(lambda step, done, total: None)
        assert _states(Contract) == {state.value for state in ContractState}
        assert _states(Inbound) >= {
            state.value
            for state in (
                InboundState.EXPECTED,
                InboundState.ANNOUNCED,
                InboundState.ARRIVED,
                InboundState.COUNTED,
                InboundState.ACCEPTED,
                InboundState.REJECTED,
                InboundState.PUT_AWAY,
            )
        }
        assert _states(ReleaseOrder) >= {
            state.value
            for state in (
                ReleaseState.RELEASED,
                ReleaseState.PICKED,
                ReleaseState.LOADED,
                ReleaseState.DEPARTED,
                ReleaseState.DELIVERED,
                ReleaseState.REFUSED,
                ReleaseState.ACCEPTED,
                ReleaseState.CLOSED,
            )
        }
        assert {"proposed", "asked", "consented", "declined"} <= _states(Proposal)
        assert ProposalState.ACCEPTED.value in _states(Proposal)
        assert OPEN_LISTINGS - 2 <= _open_listings() <= OPEN_LISTINGS
        broken = {number: found["broken"] for number, found in run_checks().items()}
        assert {number: found for number, found in broken.items() if found} == {}
        trades = db.session.scalar(select(func.count(Contract.id)))
        assert not load(lambda step, done, total: None)
        assert db.session.scalar(select(func.count(Contract.id))) == trades
        assert _open_listings() == OPEN_LISTINGS
