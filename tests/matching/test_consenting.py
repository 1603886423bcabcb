"""Asking, consenting, declining, lapsing: what is reserved, who is told, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from hub.accounts.models import CompanyBlock
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.core.use_case import use_case
from hub.matching import invariants, services
from hub.matching.models import Origin, Proposal, ProposalState
from hub.matching.proposals.consenting import LISTING_CLOSED, QUANTITY_GONE
from hub.messaging.models import Notice
from hub.posting import counters
from hub.posting.models import Listing, ListingState, Side
from tests.factories import Factories
from tests.matching.trades import Partners, ask, make_partners, propose

pytestmark = pytest.mark.usefixtures("own_reactions")


@pytest.fixture
def partners(make: Factories) -> Partners:
    return make_partners(make)


def reserved(partners: Partners) -> tuple[Decimal, Decimal]:
    db.session.expire_all()
    return partners.supply.reserved, partners.demand.reserved


def told(actor: Actor) -> list[str]:
    rows = db.session.scalars(
        select(Notice).where(Notice.user_id == actor.user_id).order_by(Notice.id)
    )
    return [row.message % row.parameters for row in rows]


@use_case
def set_state(listing_id: int, action: str) -> None:
    getattr(db.session.get_one(Listing, listing_id), action)(SYSTEM)


def test_both_consents_reserve_and_accept(partners: Partners) -> None:
    clock.set_to(clock.now())
    proposal = ask(partners)
    assert reserved(partners) == (0, 0)
    assert proposal.consent_until == proposal.asked_at + timedelta(
        days=settings.current().consent_days
    )
    version = proposal.version

    services.consent(partners.supplier, proposal.public_id, version)
    assert proposal.state is ProposalState.CONSENTED
    assert reserved(partners) == (Decimal(40), 0)

    services.consent(partners.purchaser, proposal.public_id, version)
    assert proposal.state is ProposalState.ACCEPTED
    assert reserved(partners) == (Decimal(40), Decimal(40))
    assert (proposal.supply_consented_by, proposal.demand_consented_by) == (
        partners.supplier.user_id,
        partners.purchaser.user_id,
    )
    assert [check() for _group, _rule, check in invariants.CHECKS] == [[], []]
    assert told(partners.purchaser) == [
        "A trade is proposed to you: 40 DTN Onion at 2,400 INR/DTN. Please consent or decline.",
        "Your partner consented to the trade of 40 DTN Onion at 2,400 INR/DTN. It waits for you.",
        (
            "Both sides consented to the trade of 40 DTN Onion at 2,400 INR/DTN. The contract "
            "comes next."
        ),
    ]


def test_the_commission_rate_is_frozen_when_consent_is_asked(partners: Partners) -> None:
    proposal = propose(partners)

    @use_case
    def raise_commission(rate: str) -> None:
        settings.change(SYSTEM, commission_rate=Decimal(rate))

    raise_commission("0.02")
    services.ask_consent(partners.broker, proposal.public_id, proposal.version)
    raise_commission("0.05")

    db.session.expire_all()
    assert proposal.commission_rate == Decimal("0.02")
    assert str(proposal.goods) == "96000.00 INR"
    assert str(proposal.commission) == "1920.00 INR"
    assert str(proposal.supplier_receives) == "94080.00 INR"
    assert proposal.purchaser_pays == proposal.goods + proposal.freight


def test_declining_gives_the_partners_quantity_back(partners: Partners) -> None:
    proposal = ask(partners)
    services.consent(partners.supplier, proposal.public_id, proposal.version)

    services.decline(partners.purchaser, proposal.public_id, "  Bought elsewhere. ")

    assert (proposal.state, proposal.ended_reason) == (ProposalState.DECLINED, "Bought elsewhere.")
    assert reserved(partners) == (0, 0)
    assert told(partners.supplier)[-1] == (
        "The proposed trade of 40 DTN Onion at 2,400 INR/DTN has ended: Bought elsewhere."
    )


def test_declining_needs_a_reason(partners: Partners) -> None:
    proposal = ask(partners)
    with pytest.raises(Invalid) as caught:
        services.decline(partners.purchaser, proposal.public_id, " ")
    assert list(caught.value.fields) == ["reason"]
    db.session.expire_all()
    assert proposal.state is ProposalState.ASKED


def test_a_side_answers_once_and_only_what_was_asked(partners: Partners) -> None:
    proposal = propose(partners)
    with pytest.raises(NotFound):
        services.consent(partners.supplier, proposal.public_id, proposal.version)
    services.ask_consent(partners.broker, proposal.public_id, proposal.version)
    services.consent(partners.supplier, proposal.public_id, proposal.version)
    with pytest.raises(Conflict, match="already consented"):
        services.consent(partners.supplier, proposal.public_id, proposal.version)
    assert reserved(partners) == (Decimal(40), 0)
    services.dismiss(partners.broker, proposal.public_id, "They fell out.")
    with pytest.raises(InvalidTransition):
        services.consent(partners.purchaser, proposal.public_id, proposal.version)
    assert reserved(partners) == (0, 0)


def test_nobody_else_answers(make: Factories, partners: Partners) -> None:
    proposal = ask(partners)
    viewer = make.trader(partners.supply.company, role=CompanyRole.VIEWER)
    for actor, refusal in (
        (make.trader(), NotFound),
        (partners.broker, NotFound),
        (viewer, NotAllowed),
    ):
        with pytest.raises(refusal):
            services.consent(actor, proposal.public_id, proposal.version)
    assert reserved(partners) == (0, 0)


def test_changed_terms_are_asked_anew(partners: Partners) -> None:
    proposal = ask(partners)
    read = proposal.version

    services.change(partners.broker, proposal.public_id, Decimal(20), Decimal(2300), read)

    assert (proposal.quantity, proposal.unit_price) == (Decimal(20), Decimal(2300))
    assert proposal.state is ProposalState.ASKED
    with pytest.raises(Conflict, match="terms changed"):
        services.consent(partners.supplier, proposal.public_id, read)
    db.session.expire_all()
    services.consent(partners.supplier, proposal.public_id, proposal.version)
    assert reserved(partners) == (Decimal(20), 0)
    with pytest.raises(Conflict, match="can't change any more"):
        services.change(
            partners.broker, proposal.public_id, Decimal(10), Decimal(2300), proposal.version
        )


@pytest.mark.parametrize(
    ("quantity", "price", "field"),
    [
        ("41", "2400", "quantity"),
        ("4.999", "2400", "quantity"),
        ("40", "2149.9999", "unit_price"),
        ("40", "3049", "unit_price"),
    ],
)
def test_terms_stay_within_what_both_sides_allow(
    partners: Partners, quantity: str, price: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        propose(partners, quantity, price)
    assert list(caught.value.fields) == [field]
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0
    assert propose(partners, "5", "2150").surplus > 0


def test_what_was_not_answered_in_time_lapses_after_one_reminder(partners: Partners) -> None:
    clock.set_to(clock.now())
    proposal = ask(partners)
    services.consent(partners.supplier, proposal.public_id, proposal.version)
    assert (services.remind_due(SYSTEM), services.expire_due(SYSTEM)) == (0, 0)

    clock.advance(timedelta(days=2, hours=1))
    assert (services.remind_due(SYSTEM), services.remind_due(SYSTEM)) == (1, 0)
    assert "lapses unless you consent soon" in told(partners.purchaser)[-1]
    assert not any("lapses" in line for line in told(partners.supplier))

    clock.advance(timedelta(days=1))
    with pytest.raises(Conflict, match="time to consent is over"):
        services.consent(partners.purchaser, proposal.public_id, proposal.version)
    assert (services.expire_due(SYSTEM), services.expire_due(SYSTEM)) == (1, 0)
    db.session.expire_all()
    assert proposal.state is ProposalState.EXPIRED
    assert reserved(partners) == (0, 0)
    last = db.session.scalars(
        select(AuditEntry).where(AuditEntry.thing_kind == "proposal").order_by(AuditEntry.id)
    ).all()[-1]
    assert (last.actor_name, last.action, last.state_to) == ("Hub", "lapse", "expired")


def test_quantity_that_went_elsewhere_ends_the_other_proposals(
    make: Factories, partners: Partners
) -> None:
    first = ask(partners)
    other = make.listing(Side.DEMAND, unit_price=Decimal(3100))
    second = services.propose(
        partners.broker,
        partners.supply.public_id,
        other.public_id,
        Decimal(30),
        Decimal(2400),
    )
    small = services.propose(
        partners.broker,
        make.listing(Side.SUPPLY).public_id,
        partners.demand.public_id,
        Decimal(10),
        Decimal(2400),
    )

    services.consent(partners.supplier, first.public_id, first.version)

    db.session.expire_all()
    assert (second.state, second.ended_reason) == (ProposalState.SUPERSEDED, QUANTITY_GONE)
    assert first.state is ProposalState.CONSENTED
    assert small.state is ProposalState.PROPOSED


def test_a_listing_that_leaves_the_market_ends_what_its_side_did_not_consent_to(
    partners: Partners,
) -> None:
    proposal = ask(partners)
    services.consent(partners.supplier, proposal.public_id, proposal.version)
    set_state(partners.supply.id, "pause")
    assert services.supersede_for(SYSTEM, partners.supply.id) == 0
    set_state(partners.demand.id, "withdraw")
    assert services.supersede_for(SYSTEM, partners.demand.id) == 1
    db.session.expire_all()
    assert (proposal.state, proposal.ended_reason) == (ProposalState.SUPERSEDED, LISTING_CLOSED)
    assert reserved(partners) == (0, 0)


def test_quantity_reserved_meanwhile_can_not_be_consented_to(
    make: Factories, partners: Partners
) -> None:
    proposal = ask(partners, quantity="30")
    counters.reserve(SYSTEM, partners.supply.id, Decimal(11))
    with pytest.raises(Conflict):
        services.consent(partners.supplier, proposal.public_id, proposal.version)
    assert reserved(partners) == (Decimal(11), 0)
    assert proposal.state is ProposalState.SUPERSEDED


def test_a_trader_proposes_and_heads_the_queue(make: Factories, partners: Partners) -> None:
    services.match_all(partners.broker)
    computed = db.session.scalars(select(Proposal)).one()

    proposal = services.propose(
        partners.purchaser,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(25),
        Decimal(2200),
        "We know these onions.",
    )

    assert computed.state is ProposalState.SUPERSEDED
    assert (proposal.origin, proposal.proposed_by_company) == (
        Origin.TRADER,
        partners.purchaser.company_id,
    )
    assert proposal.note == "We know these onions."
    assert told(partners.broker) == ["A trader proposes a trade of 25 DTN Onion at 2,200 INR/DTN."]
    with pytest.raises(Conflict, match="already a proposal"):
        propose(partners)


def test_a_trader_proposes_only_own_listings(make: Factories, partners: Partners) -> None:
    stranger = make.trader()
    with pytest.raises(NotAllowed):
        services.propose(
            stranger,
            partners.supply.public_id,
            partners.demand.public_id,
            Decimal(25),
            Decimal(2200),
        )
    assert db.session.scalars(select(Proposal)).all() == []


def test_blocked_companies_are_not_brought_together(make: Factories, partners: Partners) -> None:
    db.session.add(
        CompanyBlock(
            company_id=partners.supply.company_id,
            blocked_company_id=partners.demand.company_id,
            created_at=clock.now(),
        )
    )
    db.session.commit()
    with pytest.raises(Invalid, match="don't trade with each other"):
        propose(partners)
    assert services.match_all(partners.broker).proposals == 0


def test_consent_is_asked_for_open_listings_only(make: Factories) -> None:
    partners = make_partners(make, demand={"state": ListingState.PENDING_REVIEW})
    proposal = propose(partners)
    with pytest.raises(Conflict, match="is not open"):
        services.ask_consent(partners.broker, proposal.public_id, proposal.version)
    set_state(partners.demand.id, "approve")
    db.session.expire_all()
    services.ask_consent(partners.broker, proposal.public_id, proposal.version)
    assert proposal.state is ProposalState.ASKED


def test_the_desk_belongs_to_brokers(make: Factories, partners: Partners) -> None:
    proposal = propose(partners)
    for actor in (make.staff(StaffRole.FINANCE), partners.supplier, make.trader()):
        with pytest.raises(NotAllowed):
            services.ask_consent(actor, proposal.public_id, proposal.version)
        with pytest.raises(NotAllowed):
            services.dismiss(actor, proposal.public_id, "No.")
    db.session.expire_all()
    assert proposal.state is ProposalState.PROPOSED
