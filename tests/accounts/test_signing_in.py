"""Sessions, wrong passwords and mailed links, through the services."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from hub.accounts import failures, passwords, queries, services
from hub.accounts.models import SignInFailure, User, UserSession
from hub.core import clock
from hub.core.db.base import db
from hub.core.errors import Invalid, NotFound
from hub.core.use_case import use_case
from tests.factories import Factories

PASSWORD = "correct horse battery"


@pytest.fixture
def person(make: Factories) -> User:
    return make.user(make.company(), password_hash=passwords.hash_password(PASSWORD))


def test_the_right_password_opens_a_session(person: User) -> None:
    token = services.sign_in(f" {person.email.upper()} ", PASSWORD, browser="Firefox")
    session = queries.session_of(token)
    assert session is not None
    assert (session.user_id, session.browser) == (person.id, "Firefox")
    assert token not in session.token_hash


def test_unknown_address_and_wrong_password_say_the_same(person: User) -> None:
    with pytest.raises(Invalid) as wrong:
        services.sign_in(person.email, "not the password")
    with pytest.raises(Invalid) as unknown:
        services.sign_in("nobody@example.org", PASSWORD)
    assert str(wrong.value) == str(unknown.value)
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 2


def failed_before(email: str, times: int) -> None:
    """So many wrong passwords as if typed just now, without the work of hashing them."""
    for _attempt in range(times):
        failures.count_failure(email)


@pytest.mark.parametrize("known", [True, False])
def test_guessing_is_stopped_after_ten_and_forgiven_after_a_quarter_of_an_hour(
    person: User, known: bool
) -> None:
    email = person.email if known else "nobody@example.org"
    clock.set_to(clock.now())
    failed_before(email, 9)
    with pytest.raises(Invalid):
        services.sign_in(email, "wrong password")
    with pytest.raises(failures.TooManyAttempts):
        services.sign_in(email, PASSWORD)
    clock.advance(timedelta(minutes=15) - timedelta(microseconds=1))
    with pytest.raises(failures.TooManyAttempts):
        services.sign_in(email, PASSWORD)
    clock.advance(timedelta(microseconds=1))
    if known:
        assert services.sign_in(email, PASSWORD)
    else:
        with pytest.raises(Invalid):
            services.sign_in(email, PASSWORD)


def test_nine_wrong_passwords_and_the_right_one_are_forgiven(person: User, make: Factories) -> None:
    other = make.user()
    failed_before(f" {person.email.upper()} ", 9)
    failed_before(other.email, 9)
    assert services.sign_in(person.email, PASSWORD)
    failed_before(person.email, 9)
    assert services.sign_in(person.email, PASSWORD)
    failed_before(other.email, 1)
    with pytest.raises(failures.TooManyAttempts):
        failures.refuse_guessing(other.email)


def test_wrong_passwords_of_the_last_quarter_of_an_hour_count_together(app: Flask) -> None:
    clock.set_to(clock.now())
    failed_before("a@example.org", 5)
    clock.advance(timedelta(minutes=10))
    failed_before(" A@Example.ORG ", 5)
    clock.advance(timedelta(minutes=5))
    failed_before("a@example.org", 4)
    failures.refuse_guessing("a@example.org")
    failed_before("a@example.org", 1)
    with pytest.raises(failures.TooManyAttempts):
        failures.refuse_guessing("a@example.org")


def test_a_wrong_password_counts_though_the_use_case_around_it_fails(person: User) -> None:
    actor = queries.actor_of(person)

    @use_case
    def sign_something() -> None:
        if not services.check_password(actor, "wrong password"):
            raise Invalid("no")

    failed_before(person.email, 8)
    for _attempt in range(2):
        with pytest.raises(Invalid):
            sign_something()
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 10
    with pytest.raises(failures.TooManyAttempts):
        services.check_password(actor, PASSWORD)


def test_a_savepoint_that_ends_does_not_count_what_its_transaction_still_locks(
    committed_app: Flask,
) -> None:
    @use_case
    def refuse() -> None:
        failures.count_failure("a@example.org")
        with db.session.begin_nested():
            db.session.execute(select(1))
        raise Invalid("no")

    with committed_app.app_context():
        with pytest.raises(Invalid):
            refuse()
        assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 1


def test_a_disabled_person_can_not_sign_in(person: User) -> None:
    person.disabled_at = clock.now()
    db.session.commit()
    with pytest.raises(Invalid):
        services.sign_in(person.email, PASSWORD)


def test_a_revoked_session_is_none(person: User) -> None:
    token = services.sign_in(person.email, PASSWORD)
    other = services.sign_in(person.email, PASSWORD)
    session = queries.session_of(token)
    assert session is not None
    services.revoke_session(queries.actor_of(person), session.public_id)
    assert queries.session_of(token) is None
    assert queries.session_of(other) is not None


def test_a_session_lasts_for_seven_days(person: User) -> None:
    clock.set_to(clock.now())
    token = services.sign_in(person.email, PASSWORD)
    clock.advance(timedelta(days=7) - timedelta(microseconds=1))
    assert queries.session_of(token) is not None
    clock.advance(timedelta(microseconds=1))
    assert queries.session_of(token) is None


def test_nobody_ends_the_session_of_someone_else(person: User, make: Factories) -> None:
    token = services.sign_in(person.email, PASSWORD)
    session = queries.session_of(token)
    assert session is not None
    with pytest.raises(NotFound):
        services.revoke_session(make.trader(), session.public_id)
    assert queries.session_of(token) is not None


@pytest.mark.one_database
def test_outside_tests_a_password_costs_what_owasp_asks_for(app: Flask) -> None:
    """Nineteen mebibytes and two iterations; tests of all else are spared that."""
    assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$m=8,t=1,p=1$")
    for settings in (config.Development, config.Production):
        assert (settings.HUB_HASH_ITERATIONS, settings.HUB_HASH_KIBIBYTES) == (2, 19_456)
    passwords.set_cost(config.Config.HUB_HASH_ITERATIONS, config.Config.HUB_HASH_KIBIBYTES)
    try:
        kept = passwords.hash_password(PASSWORD)
    finally:
        passwords.set_cost(config.Testing.HUB_HASH_ITERATIONS, config.Testing.HUB_HASH_KIBIBYTES)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + "!")
