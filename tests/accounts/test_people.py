"""Colleagues, invitations and the hub's own people."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.accounts import queries, services
from hub.accounts.models import Invitation, StaffAssignment, User
from hub.cli.staff import create_administrator
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, HubError, Invalid, NotAllowed, NotFound
from tests.accounts.registering import PASSWORD
from tests.factories import Factories
from tests.messaging.reacting import mails_to, token_in


def _invited(owner: Actor, email: str = "new@example.org") -> str:
    services.invite(owner, email, CompanyRole.FINANCE)
    return token_in(mails_to(email)[-1], "/invitations")


def _accept(token: str) -> User:
    return services.accept_invitation(
        token, name="New Colleague", password=PASSWORD, language="zh_Hans", rules_version="1"
    )


def test_an_invitation_is_accepted_once(make: Factories) -> None:
    owner = make.trader()
    token = _invited(owner)
    user = _accept(token)
    assert (user.company_id, user.company_role) == (owner.company_id, CompanyRole.FINANCE)
    assert (user.email, user.language) == ("new@example.org", "zh_Hans")
    assert user.email_confirmed_at is not None
    assert services.sign_in("new@example.org", PASSWORD)
    with pytest.raises(NotFound):
        _accept(token)


def test_an_invitation_ends_when_withdrawn_repeated_or_old(make: Factories) -> None:
    owner = make.trader()
    first = _invited(owner)
    second = _invited(owner)
    with pytest.raises(NotFound):
        _accept(first)
    with clock.standing_at(clock.now() + timedelta(days=7, seconds=1)), pytest.raises(NotFound):
        _accept(second)
    (open_one,) = queries.open_invitations(owner)
    with pytest.raises(NotFound):
        services.withdraw_invitation(make.trader(), open_one.public_id)
    services.withdraw_invitation(owner, open_one.public_id)
    with pytest.raises(NotFound):
        _accept(second)
    assert queries.user_by_email("new@example.org") is None


def test_a_weak_password_leaves_the_invitation_good(make: Factories) -> None:
    token = _invited(make.trader())
    with pytest.raises(Invalid):
        services.accept_invitation(
            token, name="N", password="short", language="en", rules_version="1"
        )
    assert _accept(token).email == "new@example.org"


def test_people_of_another_company_can_not_be_taken_over(make: Factories) -> None:
    other = make.user(make.company())
    token = _invited(make.trader(), other.email)
    with pytest.raises(Conflict):
        _accept(token)
    assert other.company_role is CompanyRole.OWNER


@pytest.mark.parametrize("role", [CompanyRole.TRADER, CompanyRole.FINANCE, CompanyRole.VIEWER])
def test_only_owners_manage_people(make: Factories, role: CompanyRole) -> None:
    company = make.company()
    owner = make.user(company)
    colleague = make.trader(company, role=role)
    with pytest.raises(NotAllowed):
        services.invite(colleague, "new@example.org", CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.change_role(colleague, owner.public_id, CompanyRole.VIEWER, owner.version)
    with pytest.raises(NotAllowed):
        services.remove_colleague(colleague, owner.public_id)
    with pytest.raises(NotFound):
        services.remove_colleague(make.trader(), owner.public_id)
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert owner.company_role is CompanyRole.OWNER


def test_the_last_owner_stays(make: Factories) -> None:
    company = make.company()
    owner = make.user(company)
    actor = queries.actor_of(owner)
    with pytest.raises(Conflict):
        services.remove_colleague(actor, owner.public_id)
    with pytest.raises(Conflict):
        services.change_role(actor, owner.public_id, CompanyRole.VIEWER, owner.version)
    second = make.user(company)
    services.change_role(actor, owner.public_id, CompanyRole.VIEWER, owner.version)
    with pytest.raises(Conflict):
        services.remove_colleague(queries.actor_of(second), second.public_id)
    assert [user.company_role for user in (owner, second)] == [
        CompanyRole.VIEWER,
        CompanyRole.OWNER,
    ]


def test_a_removed_colleague_is_out_at_once_and_can_come_back(make: Factories) -> None:
    company = make.company()
    owner = queries.actor_of(make.user(company))
    token = _invited(owner)
    user = _accept(token)
    session = services.sign_in(user.email, PASSWORD)
    services.remove_colleague(owner, user.public_id)
    assert queries.session_of(session) is None
    assert user.company_id is None
    with pytest.raises(Invalid):
        services.sign_in(user.email, PASSWORD)
    assert _accept(_invited(owner)).id == user.id
    assert services.sign_in(user.email, PASSWORD)


def test_a_role_changes_only_on_what_was_seen(make: Factories) -> None:
    company = make.company()
    owner = queries.actor_of(make.user(company))
    user = make.user(company, CompanyRole.VIEWER)
    services.change_role(owner, user.public_id, CompanyRole.TRADER, 1)
    with pytest.raises(Conflict):
        services.change_role(owner, user.public_id, CompanyRole.FINANCE, 1)
    assert user.company_role is CompanyRole.TRADER


def test_own_settings_are_checked(make: Factories) -> None:
    user = make.user(make.company())
    actor = queries.actor_of(user)
    for values, field in (
        ({"zone": "Mars/Base"}, "zone"),
        ({"language": "tlh"}, "language"),
        ({"name": " "}, "name"),
    ):
        good = {"name": "Asha", "language": "zh_Hans", "zone": "Asia/Kolkata"}
        with pytest.raises(Invalid) as refused:
            services.update_settings(actor, **(good | values), expected_version=user.version)
        assert list(refused.value.fields) == [field]
    services.update_settings(
        actor, name="Asha", language="zh_Hans", zone="Asia/Kolkata", expected_version=1
    )
    assert (user.name, user.language, user.zone) == ("Asha", "zh_Hans", "Asia/Kolkata")
    with pytest.raises(Conflict):
        services.update_settings(actor, name="Old", language="en", zone="UTC", expected_version=1)


def test_staff_get_and_lose_roles(make: Factories) -> None:
    depot = make.depot()
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    user = services.create_staff(
        administrator,
        name="Dep Ot",
        email="Depot@Example.org",
        assignments=[(StaffRole.DEPOT, depot.id), (StaffRole.BROKER, None)],
    )
    token = token_in(mails_to("depot@example.org")[0], "/reset-password")
    services.reset_password(token, PASSWORD)
    assert services.sign_in("depot@example.org", PASSWORD)
    actor = queries.actor_of(user)
    assert actor.staff_roles == {StaffRole.DEPOT, StaffRole.BROKER}
    assert actor.depot_ids == {depot.id}
    assert queries.staff_with(StaffRole.DEPOT, depot.id) == [user]
    assert queries.staff_with(StaffRole.DEPOT, depot.id + 1) == []
    services.remove_role(administrator, user.public_id, StaffRole.BROKER)
    services.assign_role(administrator, user.public_id, StaffRole.FINANCE)
    services.assign_role(administrator, user.public_id, StaffRole.FINANCE)
    assert queries.actor_of(user).staff_roles == {StaffRole.DEPOT, StaffRole.FINANCE}
    with pytest.raises(Invalid):
        services.assign_role(administrator, user.public_id, StaffRole.DEPOT)
    with pytest.raises(NotFound):
        services.remove_role(administrator, user.public_id, StaffRole.BROKER)


def test_only_an_administrator_appoints_and_the_last_one_stays(make: Factories) -> None:
    broker = make.staff(StaffRole.BROKER)
    with pytest.raises(NotAllowed):
        services.create_staff(
            broker, name="X", email="x@example.org", assignments=[(StaffRole.BROKER, None)]
        )
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    user = queries.user(administrator.user_id or 0)
    with pytest.raises(Conflict):
        services.remove_role(administrator, user.public_id, StaffRole.ADMINISTRATOR)
    with pytest.raises(Conflict):
        services.disable_staff(administrator, user.public_id, "gone")
    with pytest.raises(NotFound):
        services.assign_role(administrator, make.user(make.company()).public_id, StaffRole.BROKER)
    assert db.session.scalar(select(func.count()).select_from(StaffAssignment)) == 2


def test_a_disabled_member_of_staff_is_out_at_once(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    user = services.create_staff(
        SYSTEM,
        name="Bro Ker",
        email="broker@example.org",
        assignments=[(StaffRole.BROKER, None)],
        password=PASSWORD,
    )
    session = services.sign_in(user.email, PASSWORD)
    services.disable_staff(administrator, user.public_id, "left the hub")
    assert queries.session_of(session) is None
    with pytest.raises(Invalid):
        services.sign_in(user.email, PASSWORD)
    services.enable_staff(administrator, user.public_id)
    assert services.sign_in(user.email, PASSWORD)


def test_two_who_accept_at_once_are_one(committed_app: Flask) -> None:
    outcomes: list[str] = []
    barrier = threading.Barrier(2)
    with committed_app.app_context():
        token = _invited(Factories().trader())

    def accept() -> None:
        with committed_app.app_context():
            barrier.wait()
            try:
                outcomes.append(_accept(token).email)
            except HubError as error:
                outcomes.append(str(error.status))

    threads = [threading.Thread(target=accept) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed_app.app_context():
        people = db.session.scalar(
            select(func.count()).select_from(User).where(User.email == "new@example.org")
        )
    assert people == 1
    assert sorted(outcomes) in (["404", "new@example.org"], ["409", "new@example.org"])


def test_two_owners_can_not_remove_each_other(committed_app: Flask) -> None:
    with committed_app.app_context():
        company = Factories().company()
        owners = [Factories().user(company, email=f"owner{n}@example.org") for n in (1, 2)]
        actors = [queries.actor_of(owner) for owner in owners]
        targets = [owner.public_id for owner in reversed(owners)]
        company_id = company.id
    barrier = threading.Barrier(2)
    refused: list[int] = []

    def remove(actor: Actor, public_id: str) -> None:
        with committed_app.app_context():
            barrier.wait()
            try:
                services.remove_colleague(actor, public_id)
            except HubError as error:
                refused.append(error.status)

    threads = [
        threading.Thread(target=remove, args=pair) for pair in zip(actors, targets, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed_app.app_context():
        assert queries.active_owner_count(company_id) == 1
    assert refused == [409]


def test_the_first_administrator_is_made_on_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    arguments = ["root@example.org", "Root", "--password", PASSWORD]
    made = runner.invoke(create_administrator, arguments)
    assert (made.exit_code, made.output) == (
        0,
        "Root <root@example.org> is an administrator now and can sign in.\n",
    )
    assert services.sign_in("root@example.org", PASSWORD)
    again = runner.invoke(create_administrator, arguments)
    assert again.exit_code == 1
    assert "already" in again.stderr
