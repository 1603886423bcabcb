"""What has served its time is deleted, and nothing a moment too early."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from hub.accounts import services
from hub.accounts.models import AccountToken, SignInFailure, TokenPurpose, User, UserSession
from hub.core import clock
from hub.core.actor import SYSTEM, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotAllowed
from hub.core.replay import RequestKey
from tests.factories import Factories

A_MOMENT = timedelta(microseconds=1)


def test_links_sessions_and_keys_are_kept_for_thirty_days(make: Factories) -> None:
    clock.set_to(clock.now())
    user, numbers = make.user(), count(1)
    limit = clock.now() - timedelta(days=30)

    def session(expires_at: datetime, revoked_at: datetime | None = None) -> UserSession:
        return UserSession(
            user=user,
            token_hash=f"{next(numbers):064d}",
            created_at=limit - timedelta(days=7),
            expires_at=expires_at,
            revoked_at=revoked_at,
        )

    def link(expires_at: datetime) -> AccountToken:
        return AccountToken(
            user_id=user.id,
            purpose=TokenPurpose.RESET_PASSWORD,
            token_hash=f"{next(numbers):064d}",
            expires_at=expires_at,
        )

    def key(created_at: datetime) -> RequestKey:
        return RequestKey(
            actor=str(user.id), key=f"k{next(numbers)}", content_hash="", created_at=created_at
        )

    def failure(at: datetime) -> SignInFailure:
        return SignInFailure(account="a" * 64, at=at)

    window = clock.now() - timedelta(minutes=15)
    kept = [
        session(limit),
        session(clock.now(), limit),
        link(limit),
        key(limit),
        failure(window),
    ]
    old = [
        session(limit - A_MOMENT),
        session(clock.now(), limit - A_MOMENT),
        link(limit - A_MOMENT),
        key(limit - A_MOMENT),
        failure(window - A_MOMENT),
    ]
    db.session.add_all(kept + old)
    db.session.commit()

    assert services.forget_expired(SYSTEM) == len(old)
    for model in {type(row) for row in kept}:
        left = set(db.session.scalars(select(model.id)))
        assert left == {row.id for row in kept if type(row) is model}, model.__name__
    assert services.forget_expired(SYSTEM) == 0
    assert db.session.scalars(select(User.id)).all() == [user.id]


def test_only_the_hub_itself_forgets(make: Factories) -> None:
    for actor in (make.trader(), make.staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            services.forget_expired(actor)
