"""Messages to the outside world: when each is tried, what is noted, and that none is lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import clock, outbox
from hub.core.db.base import db
from hub.core.outbox import OutboxMessage
from hub.core.use_case import use_case


class Carrier:
    """Takes messages for the outside world, or fails as long as ``answer`` is an error."""

    def __init__(self) -> None:
        self.answer: Exception | None = None
        self.taken: list[tuple[str, dict[str, Any]]] = []

    def deliver(self, message_id: str, payload: dict[str, Any]) -> None:
        if self.answer is not None:
            raise self.answer
        self.taken.append((message_id, payload))


@pytest.fixture
def carrier(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrier]:
    """Delivers messages of the kind "pigeon" while time stands."""
    found = Carrier()
    monkeypatch.setitem(outbox._deliverers, "pigeon", found.deliver)
    with clock.standing_at(clock.now()):
        yield found


@use_case
def put(**payload: str) -> str:
    return outbox.put("pigeon", payload).message_id


def again(message_id: str) -> OutboxMessage:
    statement = select(OutboxMessage).where(OutboxMessage.message_id == message_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def test_failures_are_tried_at_growing_distances_and_then_daily(carrier: Carrier) -> None:
    message_id = put(word="coo")
    carrier.answer = OSError("no wind")
    minutes = []
    for attempt in range(1, 9):
        assert outbox.deliver_due() == 1
        message = again(message_id)
        assert (message.attempts, message.delivered_at) == (attempt, None)
        assert message.last_error == "OSError: no wind"
        wait = message.next_attempt_at - clock.now()
        minutes.append(wait / timedelta(minutes=1))
        clock.advance(wait - timedelta(seconds=1))
        assert outbox.deliver_next() is False
        clock.advance(timedelta(seconds=1))
    assert minutes == [1, 5, 30, 120, 720, 1440, 1440, 1440]

    carrier.answer = None
    assert outbox.deliver_due() == 1
    assert carrier.taken == [(message_id, {"word": "coo"})]
    message = again(message_id)
    assert (message.attempts, message.delivered_at) == (9, clock.now())
    assert message.last_error is None
    clock.advance(timedelta(days=2))
    assert outbox.deliver_due() == 0
    assert len(carrier.taken) == 1


def test_who_has_waited_longest_goes_first(carrier: Carrier) -> None:
    carrier.answer = OSError("no wind")
    failed = put()
    assert outbox.deliver_next() is True
    carrier.answer = None
    waiting = [put() for _number in range(2)]
    clock.advance(timedelta(minutes=2))
    late = put()
    assert [outbox.deliver_next() for _number in range(5)] == [True] * 4 + [False]
    assert [message_id for message_id, _payload in carrier.taken] == [*waiting, failed, late]


def test_a_message_that_fails_keeps_no_other_one_waiting(carrier: Carrier) -> None:
    @use_case
    def put_one_that_nobody_delivers() -> str:
        return outbox.put("bottle", {}).message_id

    stuck, good = put_one_that_nobody_delivers(), put()
    assert outbox.deliver_due() == 2
    assert [message_id for message_id, _payload in carrier.taken] == [good]
    assert again(stuck).last_error == "KeyError: 'bottle'"


def test_what_a_server_answered_is_kept_as_far_as_it_is_read(carrier: Carrier) -> None:
    message_id = put()
    carrier.answer = OSError("x" * 5000)
    outbox.deliver_next()
    assert again(message_id).last_error == f"OSError: {'x' * 1991}"


def test_one_round_delivers_no_more_than_it_is_asked_to(carrier: Carrier) -> None:
    for _number in range(3):
        put()
    assert outbox.deliver_due(limit=2) == 2
    assert outbox.deliver_due(limit=2) == 1
    assert outbox.deliver_due(limit=2) == 0
    assert len(carrier.taken) == 3
