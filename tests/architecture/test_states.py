"""Every pair of states of every machine: allowed steps move and leave a trace, others don't."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db.base import Base, db
from hub.core.errors import InvalidTransition
from hub.core.states import Stateful, state_label


def _machines() -> Iterator[tuple[type[Any], str, type[StrEnum]]]:
    """Each model with its state columns: a company has two."""
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        if not issubclass(mapper.class_, Stateful):
            continue
        for column in mapper.columns:
            vocabulary = getattr(column.type, "enum_class", None)
            if vocabulary and set(vocabulary) & set(mapper.class_.TRANSITIONS):
                yield mapper.class_, column.key, vocabulary


def _thing(model: type[Any], column: str, state: StrEnum) -> Any:
    return model(id=1, **{column: state})


def _entries() -> list[tuple[str, int, str | None, str | None, str, str | None]]:
    return [
        (row.thing_kind, row.thing_id, row.state_from, row.state_to, row.action, row.reason)
        for row in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    ]


@pytest.fixture
def machines(app: Flask) -> list[tuple[type[Any], str, type[StrEnum]]]:
    found = list(_machines())
    assert found, "no model has states"
    return found


def test_every_allowed_step_moves_and_is_audited(machines: Any) -> None:
    expected = []
    for model, column, vocabulary in machines:
        for before in vocabulary:
            for after in model.TRANSITIONS.get(before, ()):
                thing = _thing(model, column, before)
                thing._move_to(after, SYSTEM, "stepped", "because", column=column)
                assert getattr(thing, column) is after
                expected.append((model.THING, 1, before.value, after.value, "stepped", "because"))
    db.session.flush()
    assert _entries() == expected


def test_every_other_step_is_refused_and_changes_nothing(machines: Any) -> None:
    for model, column, vocabulary in machines:
        for before in vocabulary:
            for after in set(vocabulary) - set(model.TRANSITIONS.get(before, ())):
                thing = _thing(model, column, before)
                with pytest.raises(InvalidTransition) as refusal:
                    thing._move_to(after, SYSTEM, "stepped", column=column)
                assert refusal.value.status == 409
                assert state_label(model.THING, before)[0] in refusal.value.message
                assert getattr(thing, column) is before
    db.session.flush()
    assert _entries() == []


def test_no_state_is_an_island(machines: Any) -> None:
    """A state is entered by a step, or it is one that new rows begin in, and then leads on."""
    for model, column, vocabulary in machines:
        entered = set().union(*(model.TRANSITIONS.get(state, ()) for state in vocabulary))
        lost = {state for state in set(vocabulary) - entered if not model.TRANSITIONS.get(state)}
        assert lost == set(), f"{model.__name__}.{column}"
