"""The checks name what is broken, and nothing else."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from hub.contracts import services
from hub.contracts.invariants import CHECKS
from hub.contracts.models import Contract, ContractCounter
from hub.core import files
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.payments.ledger.models import LedgerBalance
from hub.posting.models import Listing
from tests.contracts.agreements import performing
from tests.factories import Factories


def broken() -> dict[str, list[str]]:
    return {check.__name__: found for _number, _rule, check in CHECKS if (found := check())}


def other_rate(contract: Contract) -> None:
    db.session.execute(update(Contract).values(commission_rate=Decimal("0.02")))


def other_acceptance(contract: Contract) -> None:
    db.session.execute(update(Contract).values(accepted_quantity=Decimal("29.999")))


def money_left(contract: Contract) -> None:
    holder = f"contract:{contract.id}"
    db.session.execute(
        update(LedgerBalance)
        .where(LedgerBalance.holder == holder, LedgerBalance.account == 2100)
        .values(balance_minor=-1)
    )


def lost_number(contract: Contract) -> None:
    db.session.execute(update(ContractCounter).values(last=2))


def other_filling(contract: Contract) -> None:
    db.session.execute(
        update(Listing).where(Listing.id == contract.supply_id).values(filled=Decimal(39))
    )


def lost_file(contract: Contract) -> None:
    files.path_of(contract.issued_file.sha256).unlink()


@pytest.mark.parametrize(
    ("damage", "names"),
    [
        (other_rate, {"commission_is_the_frozen_rate", "text_and_amounts_agree"}),
        (
            other_acceptance,
            {"released_is_what_was_accepted", "commission_is_the_frozen_rate"},
        ),
        (money_left, {"money_is_held_while_it_is_needed"}),
        (lost_number, {"numbers_have_no_gaps"}),
        (other_filling, {"filled_is_what_was_signed"}),
        (lost_file, {"files_are_intact"}),
    ],
)
def test_names_what_is_broken(
    make: Factories, damage: Callable[[Contract], None], names: set[str]
) -> None:
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal(30))
    assert broken() == {}
    damage(contract)
    db.session.expire_all()
    assert db.session.scalars(select(Contract.id)).one() == contract.id
    assert set(broken()) == names
