"""The audit log names who, what, from where to where and why, newest first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import audit, clock
from hub.core.actor import ANONYMOUS, SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.settings import Setting
from hub.core.use_case import use_case
from tests.factories import Factories


def test_an_entry_holds_all_that_was_said(make: Factories) -> None:
    actor = make.trader()
    clock.set_to(clock.now())
    setting = Setting(name="a", value="")

    @use_case
    def act() -> None:
        db.session.add(setting)
        audit.record(
            actor,
            setting,
            "moved",
            state_from="here",
            state_to="there",
            reason="because",
            count=3,
            names=["x"],
        )
        audit.record(ANONYMOUS, setting, "seen", reason="")

    act()
    first, second = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (first.thing_kind, first.thing_id) == ("setting", setting.id)
    assert (first.user_id, first.company_id) == (actor.user_id, actor.company_id)
    assert (first.actor_name, first.is_staff) == (actor.name, False)
    assert (first.action, first.state_from, first.state_to) == ("moved", "here", "there")
    assert (first.reason, first.details) == ("because", {"count": 3, "names": ["x"]})
    assert first.at == clock.now()
    assert (second.actor_name, second.user_id, second.reason) == ("Hub", None, None)
    assert (second.state_from, second.state_to, second.details) == (None, None, {})


def test_a_history_is_of_the_things_asked_for_the_newest_first(app: Flask) -> None:
    settings = [Setting(name=name, value="") for name in "abc"]

    @use_case
    def act() -> None:
        db.session.add_all(settings)
        db.session.flush()
        for action in ("first", "second"):
            for setting in settings:
                audit.record(SYSTEM, setting, action)
            clock.set_to(clock.now() - timedelta(days=1))

    act()
    a, b, _c = (("setting", setting.id) for setting in settings)
    told = [(entry.action, entry.thing_id) for entry in audit.history(iter([a, b]))]
    assert told == [("second", b[1]), ("second", a[1]), ("first", b[1]), ("first", a[1])]
    assert [entry.action for entry in audit.history([a, b], limit=3)] == ["second"] * 2 + ["first"]
    assert audit.history([("other", a[1])]) == []
    assert audit.history([]) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        ("a", "a"),
        (3, 3),
        (True, True),
        (["a"], ["a"]),
        ({"a": 1}, {"a": 1}),
        (Decimal("1.50"), "1.50"),
        (date(2028, 2, 29), "2028-02-29"),
    ],
)
def test_details_hold_json_values(value: object, stored: object) -> None:
    assert audit.json_value(value) == stored
    assert type(audit.json_value(value)) is type(stored)
