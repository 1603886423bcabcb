"""How many people a company has or invites: as many as its plan includes, also at once."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts import queries, services
from hub.accounts.models import Invitation, User
from hub.core import clock
from hub.core.actor import Actor, CompanyRole
from hub.core.db.base import db
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.services import LimitReached
from tests.accounts.registering import PASSWORD
from tests.factories import Factories
from tests.membership.plan_rows import plan_version
from tests.messaging.reacting import mails_to, token_in
from tests.signing_in import sign_in
from tests.threads import at_once

FULL = (
    "The plan “Basic” includes 3 people of the company, and with open invitations there are 3. "
    "No plan on offer includes more."
)


@pytest.fixture
def owner(make: Factories) -> Actor:
    """Of a company of two, on a plan with three people."""
    plan_version("Basic", {"users": 3}, default=True)
    company = make.company()
    make.user(company, CompanyRole.VIEWER)
    return make.trader(company)


def invite(owner: Actor, email: str) -> Invitation:
    return services.invite(owner, email, CompanyRole.TRADER)


def seats(owner: Actor) -> int:
    return queries.seats_taken(owner.company_id or 0)


def test_people_and_open_invitations_take_seats(make: Factories, owner: Actor) -> None:
    first = invite(owner, "one@example.org")
    assert seats(owner) == 3
    with pytest.raises(LimitReached) as refused:
        invite(owner, "two@example.org")
    assert refused.value.message == FULL
    assert [each.email for each in queries.open_invitations(owner)] == ["one@example.org"]
    again = invite(owner, "one@example.org")
    assert [each.id for each in queries.open_invitations(owner)] == [again.id]
    services.withdraw_invitation(owner, again.public_id)
    assert seats(owner) == 2
    invite(owner, "two@example.org")
    clock.set_to(clock.now() + timedelta(days=8))
    assert seats(owner) == 2
    assert first.withdrawn_at is not None


def test_who_leaves_frees_a_seat(make: Factories, owner: Actor) -> None:
    invite(owner, "one@example.org")
    colleague = db.session.query(User).filter_by(company_role=CompanyRole.VIEWER).one()
    services.remove_colleague(owner, colleague.public_id)
    assert seats(owner) == 2
    invite(owner, "two@example.org")
    assert seats(owner) == 3


def test_an_invitation_keeps_its_seat_though_the_plan_shrinks(
    make: Factories, owner: Actor
) -> None:
    invite(owner, "one@example.org")
    plan_version("Basic", {"users": 1})
    services.accept_invitation(
        token_in(mails_to("one@example.org")[-1], "/invitations"),
        name="One",
        password=PASSWORD,
        language="en",
        rules_version="1",
    )
    assert seats(owner) == 3
    assert entitlements.remaining(owner.company_id or 0, "users") == 0


def test_the_page_tells_why_nobody_more_is_invited(
    make: Factories, owner: Actor, client: FlaskClient
) -> None:
    invite(owner, "one@example.org")
    sign_in(client, owner)
    answer = client.post(
        "/company/people/invite", data={"email": "two@example.org", "role": "trader"}
    )
    assert answer.status_code == 422
    assert FULL in answer.text
    assert seats(owner) == 3
    sign_in(client, db.session.query(User).filter_by(company_role=CompanyRole.VIEWER).one())
    sent = {"email": "two@example.org", "role": "trader"}
    assert client.post("/company/people/invite", data=sent).status_code == 403


def test_of_many_who_invite_at_once_one_gets_the_last_seat(committed_app: Flask) -> None:
    with committed_app.app_context():
        make = Factories()
        plan_version("Basic", {"users": 4}, default=True)
        company = make.company()
        owners = [make.trader(company) for _number in range(3)]
        steps = [partial(invite, owners[n % 3], f"new{n}@example.org") for n in range(6)]
    outcomes = at_once(committed_app, steps)
    assert sum(isinstance(each, Invitation) for each in outcomes) == 1
    assert sum(isinstance(each, LimitReached) for each in outcomes) == 5
    with committed_app.app_context():
        assert db.session.query(Invitation).count() == 1
        assert seats(owners[0]) == 4
