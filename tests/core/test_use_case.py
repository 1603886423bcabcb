"""Transactions, repeated requests and exact columns, through the use-case door."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from hub.core import audit, replay
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.use_case import use_case
from hub.posting.models import Listing
from tests.factories import Factories


@use_case
def _rename(listing_id: int, text: str, fail: bool = False) -> None:
    listing = db.session.get_one(Listing, listing_id)
    listing.description = text
    audit.record(SYSTEM, listing, "renamed")
    if fail:
        raise ValueError(text)


def test_a_failing_use_case_changes_nothing(make: Factories) -> None:
    listing = make.listing()
    with pytest.raises(ValueError, match="second"):
        _rename(listing.id, "second", fail=True)
    assert db.session.scalar(select(Listing.description)) == ""
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_repeated_key_is_one_request(make: Factories) -> None:
    listing = make.listing()
    request = replay.KeyedRequest("1", "key", replay.hash_content(b"secret", b"a"))
    replay.begin(request)
    _rename(listing.id, "first")
    replay.begin(replay.KeyedRequest("1", "key", replay.hash_content(b"secret", b"a")))
    with pytest.raises(replay.AlreadyDone):
        _rename(listing.id, "again")
    replay.begin(replay.KeyedRequest("1", "key", replay.hash_content(b"secret", b"b")))
    with pytest.raises(Conflict):
        _rename(listing.id, "other")
    replay.begin(None)
    assert db.session.scalar(select(Listing.description)) == "first"


def test_scaled_columns_are_exact_in_sql(make: Factories) -> None:
    make.listing(quantity=Decimal("40.125"), reserved=Decimal("0.125"))
    available = Listing.quantity - Listing.reserved - Listing.filled
    assert db.session.scalar(select(func.sum(available))) == Decimal("40.000")
    assert db.session.scalars(select(Listing.id).where(available > Decimal("39.999"))).all()
    assert not db.session.scalars(select(Listing.id).where(available > Decimal("40"))).all()
