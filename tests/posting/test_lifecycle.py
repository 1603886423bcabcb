"""A listing from draft to its end: who may do what, when, and what stays unchanged otherwise."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from hub.accounts.models import AccountState, Verification
from hub.accounts.verification import reject, revoke, suspend, take
from hub.catalogue.models import Commodity
from hub.core import audit, clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.messaging.models import Notice
from hub.posting import services
from hub.posting.events import (
    ListingChanged,
    ListingClosed,
    ListingOpened,
    ListingReturned,
    ListingSubmitted,
)
from hub.posting.models import Listing, ListingState
from tests.factories import Factories
from tests.posting.posting_factories import texts


@pytest.fixture
def trader(make: Factories, onion: Commodity) -> Actor:
    return make.trader()


@pytest.fixture
def broker(make: Factories) -> Actor:
    return make.staff(StaffRole.BROKER)


def state(listing: Listing) -> ListingState:
    db.session.expire_all()
    return db.session.get_one(Listing, listing.id).state


def test_from_draft_to_the_market(trader: Actor, broker: Actor, published: list[object]) -> None:
    draft = services.create_draft(trader, texts(reference=""))
    assert draft.state is ListingState.DRAFT
    assert draft.reference.startswith("S-")
    services.submit(trader, draft.public_id, draft.version)
    assert state(draft) is ListingState.PENDING_REVIEW
    services.approve(broker, draft.public_id, draft.version)
    assert state(draft) is ListingState.OPEN
    assert draft.opened_at == clock.now()
    assert published == [ListingSubmitted(draft.id), ListingOpened(draft.id)]
    actions = [entry.action for entry in audit.history([("listing", draft.id)])]
    assert actions == ["listing_approved", "listing_submitted", "listing_drafted"]
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.path) == (trader.user_id, f"/listings/{draft.public_id}")


def test_a_returned_listing_is_corrected_and_sent_again(
    trader: Actor, broker: Actor, published: list[object]
) -> None:
    draft = services.create_draft(trader, texts())
    services.submit(trader, draft.public_id, draft.version)
    with pytest.raises(Invalid):
        services.return_to_draft(broker, draft.public_id, "  ")
    assert state(draft) is ListingState.PENDING_REVIEW
    services.return_to_draft(broker, draft.public_id, "Which variety?")
    assert state(draft) is ListingState.DRAFT
    assert audit.history([("listing", draft.id)])[0].reason == "Which variety?"
    assert published[-1] == ListingReturned(draft.id, "Which variety?")
    services.edit(trader, draft.public_id, draft.version, texts(description="Red"))
    services.submit(trader, draft.public_id, draft.version)
    services.reject(broker, draft.public_id, "Not traded here", draft.version)
    assert state(draft) is ListingState.REJECTED


def test_an_edit_leaves_before_and_after_of_each_field(
    make: Factories, trader: Actor, onion: Commodity, published: list[object]
) -> None:
    listing = services.create_draft(trader, texts())
    version = listing.version
    services.edit(
        trader, listing.public_id, version, texts(price="2200", quantity="50", side="demand")
    )
    entry = audit.history([("listing", listing.id)])[0]
    assert entry.details == {
        "changes": {"quantity": ["40.000", "50.000"], "unit_price": ["2150.0000", "2200.0000"]}
    }
    assert (listing.side, listing.version) == ("supply", version + 1)
    with pytest.raises(Conflict):
        services.edit(trader, listing.public_id, version, texts(price="1"))
    assert listing.unit_price == Decimal(2200)
    assert published == []


def test_editing_an_open_listing_is_announced_and_looks_at_the_price_again(
    make: Factories, onion: Commodity, published: list[object]
) -> None:
    company = make.company()
    for _ in range(5):
        make.listing()
    listing = make.listing(company=company)
    trader = make.trader(company)
    services.edit(trader, listing.public_id, listing.version, texts(price="20"))
    assert (listing.state, listing.implausible_price) == (ListingState.OPEN, True)
    assert published == [ListingChanged(listing.id)]


def test_nothing_changes_once_quantity_is_spoken_for(make: Factories, trader: Actor) -> None:
    listing = make.listing(company=make.company())
    own = make.trader(db.session.get_one(Listing, listing.id).company)
    services.reserve(SYSTEM, listing.id, Decimal(5))
    with pytest.raises(Conflict):
        services.edit(own, listing.public_id, listing.version, texts(price="9"))
    with pytest.raises(Conflict):
        services.withdraw(own, listing.public_id)
    assert state(listing) is ListingState.OPEN
    assert listing.unit_price == Decimal(2150)


def test_an_edit_loses_against_a_reservation_made_meanwhile(
    make: Factories, onion: Commodity
) -> None:
    company = make.company()
    listing = make.listing(company=company)
    shown = listing.version
    services.reserve(SYSTEM, listing.id, Decimal(5))
    services.release(SYSTEM, listing.id, Decimal(5))
    with pytest.raises(Conflict):
        services.edit(make.trader(company), listing.public_id, shown, texts())


def test_pause_resume_and_withdraw(make: Factories, published: list[object]) -> None:
    company = make.company()
    listing, own = make.listing(company=company), make.trader(company)
    services.pause(own, listing.public_id)
    assert state(listing) is ListingState.PAUSED
    with pytest.raises(InvalidTransition):
        services.pause(own, listing.public_id)
    services.resume(own, listing.public_id)
    with pytest.raises(Conflict):
        services.resume(own, listing.public_id)
    services.withdraw(own, listing.public_id)
    assert state(listing) is ListingState.WITHDRAWN
    closed, opened = ListingClosed(listing.id), ListingOpened(listing.id)
    assert published == [closed, opened, closed]


@pytest.mark.parametrize("decision", ["suspended", "revoked"])
def test_listings_of_a_company_that_may_not_trade_leave_the_market(
    make: Factories, decision: str
) -> None:
    company, other = make.company(), make.listing(company=make.company())
    opened = make.listing(company=company)
    waiting = make.listing(company=company, state=ListingState.PENDING_REVIEW)
    services.reserve(SYSTEM, opened.id, Decimal(5))
    if decision == "suspended":
        suspend(make.staff(StaffRole.ADMINISTRATOR), company.public_id, "Two forged papers.")
    else:
        verifier = make.staff(StaffRole.VERIFIER)
        revoke(verifier, company.public_id, "Two forged papers.", company.version)
    states = [state(each) for each in (opened, waiting, other)]
    assert states == ["paused", "pending_review", "open"]
    assert opened.reserved == Decimal(5)
    entry = audit.history([("listing", opened.id)])[0]
    assert (entry.action, entry.reason) == ("listing_paused", "Two forged papers.")
    with pytest.raises(NotAllowed):
        services.resume(make.trader(company), opened.public_id)


def test_what_becomes_free_of_a_suspended_company_stays_off_the_market(
    make: Factories, published: list[object]
) -> None:
    company = make.company()
    listing = make.listing(company=company)
    services.reserve(SYSTEM, listing.id, listing.quantity)
    services.fill(SYSTEM, listing.id, listing.quantity)
    suspend(make.staff(StaffRole.ADMINISTRATOR), company.public_id, "Two forged papers.")
    published.clear()
    services.unfill(SYSTEM, listing.id, listing.quantity)
    assert (state(listing), listing.filled) == (ListingState.PAUSED, Decimal(0))
    assert published == []


def test_a_refused_company_has_nothing_to_pause(make: Factories) -> None:
    company = make.company(state=Verification.SUBMITTED)
    kept = make.listing(company=company)
    verifier = make.staff(StaffRole.VERIFIER)
    take(verifier, company.public_id, company.version)
    reject(verifier, company.public_id, "No such register entry.", company.version)
    assert state(kept) is ListingState.OPEN


def test_expiry_is_after_the_last_day_in_the_hubs_zone(
    make: Factories, published: list[object]
) -> None:
    today = clock.today("Asia/Kolkata")
    valid = make.listing(valid_until=today)
    over = make.listing(valid_until=today - timedelta(days=1))
    waiting = make.listing(state=ListingState.PENDING_REVIEW, valid_until=today - timedelta(days=1))
    draft = make.listing(state=ListingState.DRAFT, valid_until=today - timedelta(days=1))
    assert services.expire_due(SYSTEM) == 2
    states = [state(each) for each in (valid, over, waiting, draft)]
    assert states == ["open", "expired", "expired", "draft"]
    assert published == [ListingClosed(over.id), ListingClosed(waiting.id)]
    # 18:30 UTC is midnight in Kolkata: the day is over there, not in UTC.
    clock.set_to(clock.now().replace(hour=18, minute=31))
    assert services.expire_due(SYSTEM) == 1
    assert state(valid) is ListingState.EXPIRED
    assert services.expire_due(SYSTEM) == 0


def test_a_listing_whose_dates_passed_is_not_submitted_approved_or_resumed(
    make: Factories, trader: Actor, broker: Actor
) -> None:
    company = make.company()
    own = make.trader(company)
    yesterday = clock.today("Asia/Kolkata") - timedelta(days=1)
    for before, attempt in (
        (ListingState.DRAFT, lambda each: services.submit(own, each.public_id, each.version)),
        (ListingState.PENDING_REVIEW, lambda each: services.approve(broker, each.public_id)),
        (ListingState.PAUSED, lambda each: services.resume(own, each.public_id)),
    ):
        listing = make.listing(company=company, state=before, valid_until=yesterday)
        with pytest.raises(Invalid):
            attempt(listing)
        assert state(listing) is before


def test_a_suspended_company_does_not_get_onto_the_market(make: Factories, broker: Actor) -> None:
    company = make.company(account_state=AccountState.SUSPENDED)
    listing = make.listing(company=company, state=ListingState.PENDING_REVIEW)
    with pytest.raises(Conflict):
        services.approve(broker, listing.public_id)
    assert state(listing) is ListingState.PENDING_REVIEW


def test_approving_many_leaves_what_can_not_be_approved(
    make: Factories, broker: Actor, published: list[object]
) -> None:
    good = make.listing(state=ListingState.PENDING_REVIEW)
    old = make.listing(
        state=ListingState.PENDING_REVIEW,
        valid_until=clock.today("Asia/Kolkata") - timedelta(days=1),
    )
    gone = make.listing(state=ListingState.WITHDRAWN)
    approved, left = services.approve_many(broker, [old.public_id, good.public_id, gone.public_id])
    assert (approved, set(left)) == (1, {old.reference, gone.reference})
    assert [state(each) for each in (good, old, gone)] == ["open", "pending_review", "withdrawn"]
    assert published == [ListingOpened(good.id)]


def test_a_confirmed_price_is_no_longer_pointed_out(make: Factories, broker: Actor) -> None:
    listing = make.listing(implausible_price=True)
    services.confirm_price(broker, listing.public_id)
    assert listing.implausible_price is False
    services.confirm_price(broker, listing.public_id)
    actions = [entry.action for entry in audit.history([("listing", listing.id)])]
    assert actions == ["listing_price_confirmed"]


OWN: dict[str, Callable[[Actor, Listing], Any]] = {
    "submit": lambda actor, each: services.submit(actor, each.public_id, each.version),
    "edit": lambda actor, each: services.edit(actor, each.public_id, each.version, texts()),
    "pause": lambda actor, each: services.pause(actor, each.public_id),
    "resume": lambda actor, each: services.resume(actor, each.public_id),
    "withdraw": lambda actor, each: services.withdraw(actor, each.public_id),
    "pictures": lambda actor, each: services.add_pictures(actor, each.public_id, []),
}
BROKERS: dict[str, Callable[[Actor, Listing], Any]] = {
    "approve": lambda actor, each: services.approve(actor, each.public_id),
    "return": lambda actor, each: services.return_to_draft(actor, each.public_id, "why"),
    "reject": lambda actor, each: services.reject(actor, each.public_id, "why"),
    "confirm": lambda actor, each: services.confirm_price(actor, each.public_id),
}


@pytest.mark.parametrize("verb", OWN)
def test_only_the_companys_owner_or_trader_acts_on_its_listing(
    make: Factories, onion: Commodity, verb: str
) -> None:
    company = make.company()
    listing = make.listing(company=company, state=ListingState.DRAFT)
    for actor, error in (
        (make.trader(), NotFound),
        (make.staff(StaffRole.FINANCE), NotFound),
        (make.trader(company, role=CompanyRole.VIEWER), NotAllowed),
        (make.trader(company, role=CompanyRole.FINANCE), NotAllowed),
        (make.staff(StaffRole.BROKER), NotAllowed),
    ):
        with pytest.raises(error):
            OWN[verb](actor, listing)
    assert (state(listing), listing.version) == (ListingState.DRAFT, 1)


@pytest.mark.parametrize("verb", BROKERS)
def test_only_brokers_review(make: Factories, verb: str) -> None:
    company = make.company()
    listing = make.listing(company=company, state=ListingState.PENDING_REVIEW)
    for actor in (
        make.trader(company),
        make.staff(StaffRole.FINANCE),
        make.staff(StaffRole.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowed):
            BROKERS[verb](actor, listing)
    assert state(listing) is ListingState.PENDING_REVIEW


VERBS: dict[str, tuple[Callable[[Listing], None], ListingState]] = {
    "submit": (lambda each: each.submit(SYSTEM), ListingState.PENDING_REVIEW),
    "approve": (lambda each: each.approve(SYSTEM), ListingState.OPEN),
    "return": (lambda each: each.return_to_draft(SYSTEM, "why"), ListingState.DRAFT),
    "reject": (lambda each: each.reject(SYSTEM, "why"), ListingState.REJECTED),
    "pause": (lambda each: each.pause(SYSTEM), ListingState.PAUSED),
    "withdraw": (lambda each: each.withdraw(SYSTEM), ListingState.WITHDRAWN),
    "expire": (lambda each: each.expire(SYSTEM), ListingState.EXPIRED),
    "fill": (lambda each: each.become_filled(SYSTEM), ListingState.FILLED),
}


@pytest.mark.parametrize(("before", "verb"), list(product(ListingState, VERBS)))
def test_every_pair_of_states(make: Factories, before: ListingState, verb: str) -> None:
    listing = make.listing(state=before)
    act, after = VERBS[verb]
    if after in Listing.TRANSITIONS.get(before, frozenset()):
        act(listing)
        assert listing.state is after
    else:
        with pytest.raises(InvalidTransition):
            act(listing)
        assert listing.state is before
    db.session.rollback()
