"""People who sign, void and draw at the same moment, on a database where commits are real."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.contracts import services
from hub.contracts.models import Contract, ContractCounter, ContractState, Signature
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.use_case import use_case
from hub.payments.invoices.models import Invoice
from hub.posting.models import Listing
from tests.contracts.agreements import PASSWORD, agree, drawn, with_password
from tests.factories import Factories
from tests.threads import refusals


@pytest.fixture
def scene(committed_app: Flask) -> dict[str, object]:
    """A contract that waits for both signatures, and who signs it."""
    with committed_app.app_context():
        make = Factories()
        agreement = agree(make, listed="40")
        contract = drawn(make, agreement)
        colleague = with_password(make.trader(agreement.supply.company))
        return {
            "supplier": agreement.supplier,
            "colleague": colleague,
            "purchaser": agreement.purchaser,
            "id": contract.public_id,
            "sha256": contract.issued_file.sha256,
        }


def signer(scene: dict[str, object], who: str) -> Callable[[], object]:
    return lambda: services.sign(scene[who], scene["id"], scene["sha256"], PASSWORD)  # type: ignore[arg-type]


def test_both_sides_at_once_make_one_sealed_contract(
    committed_app: Flask, scene: dict[str, object]
) -> None:
    refused = refusals(committed_app, [signer(scene, "supplier"), signer(scene, "purchaser")])
    with committed_app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        if any(refused):  # the loser of the race is told so, and repeats
            loser = "supplier" if refused[0] else "purchaser"
            signer(scene, loser)()
            db.session.refresh(contract)
        assert contract.state is ContractState.SIGNED
        assert db.session.scalar(select(func.count(Signature.id))) == 2
        assert db.session.scalar(select(func.count(Invoice.id))) == 1
        filled = db.session.scalars(select(Listing.filled)).all()
        assert filled == [40, 40]


def test_two_people_of_one_side_sign_once(committed_app: Flask, scene: dict[str, object]) -> None:
    refused = refusals(committed_app, [signer(scene, "supplier"), signer(scene, "colleague")])
    assert sum(isinstance(error, Conflict) for error in refused) == 1
    assert refused.count(None) == 1
    with committed_app.app_context():
        assert db.session.scalars(select(Contract.state)).one() is ContractState.PARTLY_SIGNED
        assert db.session.scalar(select(func.count(Signature.id))) == 1


def test_signing_and_voiding_at_once_have_one_winner(
    committed_app: Flask, scene: dict[str, object]
) -> None:
    with committed_app.app_context():
        signer(scene, "supplier")()

    def void() -> None:
        services.void(scene["supplier"], scene["id"], "changed our mind")  # type: ignore[arg-type]

    refused = refusals(committed_app, [signer(scene, "purchaser"), void])
    assert refused.count(None) == 1
    with committed_app.app_context():
        contract = db.session.scalars(select(Contract)).one()
        counters = db.session.execute(select(Listing.reserved, Listing.filled)).all()
        if refused[0] is None:
            assert contract.state is ContractState.SIGNED
            assert [tuple(row) for row in counters] == [(0, 40), (0, 40)]
        else:
            assert contract.state is ContractState.VOIDED
            assert [tuple(row) for row in counters] == [(0, 0), (0, 0)]
            assert db.session.scalar(select(func.count(Invoice.id))) == 0


def test_numbers_have_no_gaps_however_many_are_drawn_at_once(committed_app: Flask) -> None:
    with committed_app.app_context():
        make = Factories()
        make.designated_account()
        ids = [agree(make).proposal.id for _ in range(4)]

    @use_case
    def draw_and_fail() -> None:
        services.draw(SYSTEM, ids[3])
        raise Conflict("after the drawing")

    def draw(proposal_id: int) -> Callable[[], object]:
        return lambda: services.draw(SYSTEM, proposal_id)

    refused = refusals(committed_app, [*map(draw, ids[:3]), draw_and_fail])
    assert refused[:3] == [None] * 3
    with committed_app.app_context():
        counts = sorted(int(number[5:]) for number in db.session.scalars(select(Contract.number)))
        assert counts == [1, 2, 3]
        assert db.session.scalars(select(ContractCounter.last)).one() == 3
