"""Keys of requests: whose they are, what they remember, and for how long."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.core import clock, replay
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.replay import AlreadyDone, KeyedRequest, RequestKey
from hub.core.settings import Setting
from hub.core.use_case import use_case
from tests.factories import Factories
from tests.signing_in import sign_in


@pytest.fixture(autouse=True)
def _no_request_left(app: Flask) -> Iterator[None]:
    """No other test is taken for the last request of this one."""
    yield
    replay.begin(None)


@use_case
def act(name: str) -> None:
    """Something that leaves a row."""
    db.session.add(Setting(name=name, value=""))


@use_case
def remember(location: str) -> None:
    replay.remember_location(location)


def acted() -> list[str]:
    return list(db.session.scalars(select(Setting.name).order_by(Setting.id)))


def begin(actor: str = "1", key: str = "key", content: bytes = b"content") -> None:
    replay.begin(KeyedRequest(actor, key, replay.hash_content(b"secret", content)))


def keys() -> list[tuple[str, str, str | None]]:
    rows = db.session.execute(
        select(RequestKey.actor, RequestKey.key, RequestKey.location).order_by(RequestKey.id)
    )
    return [tuple(row) for row in rows]


def test_a_key_belongs_to_one_person() -> None:
    """Whoever else sends it, with the same content or another, is not held back by it."""
    begin("1")
    act("a")
    remember("/first")
    begin("2")
    act("b")
    remember("/second")
    begin("3", content=b"other")
    act("c")
    assert acted() == ["a", "b", "c"]
    assert keys() == [("1", "key", "/first"), ("2", "key", "/second"), ("3", "key", None)]
    for actor, location in (("1", "/first"), ("2", "/second")):
        begin(actor)
        with pytest.raises(AlreadyDone) as done:
            act("again")
        assert done.value.location == location
    begin("3")
    with pytest.raises(Conflict, match="already sent with other content"):
        act("again")
    assert acted() == ["a", "b", "c"]


def test_each_key_of_a_person_is_another_request() -> None:
    for number in ("1", "2"):
        begin(key=number)
        act(number)
        remember(f"/{number}")
    assert acted() == ["1", "2"]
    assert keys() == [("1", "1", "/1"), ("1", "2", "/2")]


def test_all_use_cases_of_a_request_belong_to_it() -> None:
    begin()
    assert not replay.was_claimed()
    act("a")
    assert replay.was_claimed()
    act("b")
    assert acted() == ["a", "b"]
    assert len(keys()) == 1
    begin()
    with pytest.raises(AlreadyDone):
        act("c")


def test_a_request_that_failed_is_not_done() -> None:
    @use_case
    def fail() -> None:
        raise ValueError("no")

    begin()
    with pytest.raises(ValueError, match="no"):
        fail()
    assert not replay.was_claimed()
    assert keys() == []
    begin(content=b"corrected")
    act("a")
    assert acted() == ["a"]


def test_nothing_is_remembered_of_a_request_that_did_nothing() -> None:
    begin()
    act("a")
    begin()
    replay.remember_location("/somewhere")
    replay.begin(None)
    replay.remember_location("/somewhere")
    assert keys() == [("1", "key", None)]


def test_a_long_address_is_remembered_as_far_as_it_fits() -> None:
    begin()
    act("a")
    remember("/" + "x" * 600)
    assert keys() == [("1", "key", "/" + "x" * 499)]


def test_old_keys_are_forgotten() -> None:
    clock.set_to(clock.now())
    for number in ("1", "2"):
        begin(key=number)
        act(number)
        clock.advance(timedelta(seconds=1))
    replay.begin(None)
    limit = clock.now() - timedelta(seconds=1)
    assert use_case(lambda: replay.forget_before(limit))() == 1
    assert [key for _actor, key, _location in keys()] == ["2"]


@pytest.mark.one_database
def test_the_hash_of_a_request_tells_its_parts_apart_and_needs_the_secret() -> None:
    contents = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"ab", b"c", b""), ()]
    hashes = {replay.hash_content(b"secret", *parts) for parts in contents}
    assert len(hashes) == len(contents)
    assert replay.hash_content(b"secret", b"ab") == replay.hash_content(b"secret", b"ab")
    assert replay.hash_content(b"other", b"ab") != replay.hash_content(b"secret", b"ab")
    assert {len(each) for each in hashes} == {64}


def test_two_people_may_send_a_form_with_the_same_key(client: FlaskClient, make: Factories) -> None:
    """The same person is led where the form led before; a changed form is refused."""
    people = [make.user(make.company()) for _number in range(2)]
    form = {"name": "New Name", "language": "en", "zone": "Asia/Kolkata", "version": "1"}
    for person in people:
        sign_in(client, person)
        for _again in range(2):
            answer = client.post("/account/settings", data=form | {"_key": "k" * 64})
            assert (answer.status_code, answer.location) == (302, "/account")
        changed = form | {"_key": "k" * 64, "name": "Another"}
        assert client.post("/account/settings", data=changed).status_code == 409
        db.session.refresh(person)
        assert (person.name, person.version) == ("New Name", 2)
    assert db.session.scalar(select(func.count()).select_from(RequestKey)) == 2
    too_long = form | {"_key": "k" * 65}
    assert client.post("/account/settings", data=too_long).status_code == 422
