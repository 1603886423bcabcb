"""Facts go up once the work is done, in their order; questions are answered at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import bus
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.settings import Setting
from hub.core.use_case import use_case


@dataclass(frozen=True)
class Happened:
    """Something happened; it leads to ``more``."""

    name: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    name: str


class Unheard(Happened):
    """A fact that nobody reacts to, though it is of a kind that somebody does."""


@pytest.fixture
def heard(app: Flask) -> Iterator[list[str]]:
    """What the reactions of these tests heard; the hub's own are back afterwards."""
    found: list[str] = []

    def first(event: Happened) -> None:
        found.append(f"first {event.name}")
        for name in event.more:
            bus.publish(Happened(name))

    def second(event: Happened) -> None:
        found.append(f"second {event.name}")

    def forbid(question: Asked) -> None:
        found.append(f"asked {question.name}")
        if question.name == "forbidden":
            raise Conflict("no")

    reactions, guards = dict(bus._reactions), dict(bus._guards)
    bus.install({Happened: (first, second)}, {Asked: (forbid,)})
    try:
        yield found
    finally:
        bus.install(reactions, guards)


def test_reactions_run_after_the_work_in_the_order_of_the_facts(heard: list[str]) -> None:
    @use_case
    def work() -> None:
        bus.publish(Happened("a", more=("c", "d")))
        inner()
        heard.append("work done")

    @use_case
    def inner() -> None:
        bus.publish(Happened("b"))
        bus.publish(Unheard("x"))
        heard.append("inner done")

    work()
    assert heard == [
        "inner done",
        "work done",
        *("first a", "second a", "first b", "second b"),
        *("first c", "second c", "first d", "second d"),
    ]


def test_what_a_failed_use_case_published_is_forgotten(heard: list[str]) -> None:
    @use_case
    def fail() -> None:
        bus.publish(Happened("never"))
        raise ValueError("no")

    @use_case
    def work() -> None:
        bus.publish(Happened("a"))

    with pytest.raises(ValueError, match="no"):
        fail()
    work()
    assert heard == ["first a", "second a"]


def test_a_reaction_that_fails_undoes_the_work(heard: list[str]) -> None:
    def broken(event: Happened) -> None:
        raise ValueError("defect")

    bus.install({Happened: (broken,)}, {})

    @use_case
    def work() -> None:
        db.session.add(Setting(name="done", value=True))
        bus.publish(Happened("a"))

    with pytest.raises(ValueError, match="defect"):
        work()
    assert db.session.scalars(select(Setting)).all() == []


def test_a_fact_outside_a_use_case_is_a_defect(heard: list[str]) -> None:
    with pytest.raises(RuntimeError, match="outside a use case"):
        bus.publish(Happened("a"))
    assert heard == []


def test_a_question_is_answered_before_anything_else_happens(heard: list[str]) -> None:
    @use_case
    def work(name: str) -> None:
        bus.publish(Happened("a"))
        bus.ask(Asked(name))
        heard.append("done")

    with pytest.raises(Conflict):
        work("forbidden")
    assert heard == ["asked forbidden"]
    heard.clear()
    work("allowed")
    assert heard == ["asked allowed", "done", "first a", "second a"]


def test_new_tables_replace_the_old_ones(heard: list[str]) -> None:
    bus.install({}, {})

    @use_case
    def work() -> None:
        bus.ask(Asked("forbidden"))
        bus.publish(Happened("a"))

    work()
    assert heard == []
