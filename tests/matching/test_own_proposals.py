"""How many proposals of its own a company makes a month, and the commission each one names."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.models import Company
from hub.core import clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.matching import services
from hub.matching.models import Origin, Proposal, ProposalState
from hub.membership.commission import services as commission
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.services import LimitReached
from hub.posting.models import Listing, Side
from tests.factories import Factories
from tests.matching.trades import Partners, make_partners, propose
from tests.membership.plan_rows import plan_version, subscribe
from tests.signing_in import sign_in
from tests.threads import at_once

REFUSED = (
    "The plan “Basic” includes 1 proposals of your own a month, and 1 were made this month. "
    "No plan on offer includes more."
)
MIDDLE = datetime(2026, 12, 15, 6, tzinfo=UTC)


@pytest.fixture
def partners(make: Factories, own_reactions: None) -> Partners:
    clock.set_to(MIDDLE)
    plan_version("Basic", {"own_proposals": 1}, default=True)
    return make_partners(make, supply={"ready_until": make.someday(90)})


def wish(partners: Partners, make: Factories) -> Proposal:
    """A proposal of the purchaser's trader, from another demand each time."""
    company = db.session.get_one(Company, partners.purchaser.company_id)
    demand = make.listing(Side.DEMAND, company=company, ready_until=make.someday(90))
    return services.propose(
        partners.purchaser,
        partners.supply.public_id,
        demand.public_id,
        Decimal(10),
        Decimal(2400),
    )


def test_a_month_has_so_many_proposals_of_ones_own(make: Factories, partners: Partners) -> None:
    made = wish(partners, make)
    broker_made = propose(partners)
    assert (made.origin, broker_made.origin) == (Origin.TRADER, Origin.BROKER)
    with pytest.raises(LimitReached) as refused:
        wish(partners, make)
    assert refused.value.message == REFUSED
    assert db.session.query(Proposal).count() == 2
    services.dismiss(partners.broker, made.public_id, "Not today.")
    with pytest.raises(LimitReached):
        wish(partners, make)
    assert entitlements.remaining(partners.supplier.company_id or 0, "own_proposals") == 1
    clock.set_to(datetime(2026, 12, 31, 18, 30, tzinfo=UTC))
    assert wish(partners, make).state is ProposalState.PROPOSED


def test_the_refusal_of_one_on_the_spot_posts_nothing(
    make: Factories, partners: Partners, client: FlaskClient
) -> None:
    wish(partners, make)
    sign_in(client, partners.purchaser)
    other = make.listing(Side.SUPPLY)
    listings = db.session.query(Listing).count()
    address = f"/market/listings/{other.public_id}/propose?with=new"
    page = client.get(address).text
    assert "1 of 1 proposals of your own made this month." in page
    assert 'href="/membership/plans"' in page
    answer = client.post(
        address,
        data={
            "quantity": "10",
            "unit_price": "2300",
            "region": make.region("NCT of Delhi").public_id,
            "ready_from": make.someday(5).isoformat(),
            "ready_until": make.someday(9).isoformat(),
        },
    )
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert db.session.query(Listing).count() == listings
    assert db.session.query(Proposal).count() == 1


def test_of_many_at_once_one_makes_the_last_proposal(committed: Flask) -> None:
    make = Factories()
    plan_version("Basic", {"own_proposals": 1}, default=True)
    partners = make_partners(make)
    demands = [make.listing(Side.DEMAND, company=partners.demand.company) for _ in range(5)]
    steps = [
        partial(
            services.propose,
            partners.purchaser,
            partners.supply.public_id,
            each.public_id,
            Decimal(5),
            Decimal(2400),
        )
        for each in demands
    ]
    outcomes = at_once(committed, steps)
    assert sum(isinstance(each, Proposal) for each in outcomes) == 1
    assert sum(isinstance(each, LimitReached) for each in outcomes) == 4
    assert db.session.query(Proposal).count() == 1


@pytest.fixture
def admin(make: Factories) -> Actor:
    return make.staff(StaffRole.ADMINISTRATOR)


def rule(admin: Actor, rate: str, **values: str) -> None:
    commission.add_rule(admin, rate=Decimal(rate), valid_from=settings.today(), **values)


@pytest.fixture
def sale(make: Factories, own_reactions: None) -> Partners:
    return make_partners(make)


def test_the_suppliers_rate_is_frozen_when_consent_is_asked(
    make: Factories, sale: Partners, admin: Actor
) -> None:
    gold = plan_version("Gold", {"commission_rate": "0.004"})
    subscribe(sale.demand.company, gold)
    proposal = propose(sale)
    assert proposal.commission_rate == Decimal("0.01")
    assert proposal.reasons["commission"] == [{"rate": "0.01", "rule": None, "conditions": {}}]
    subscribe(sale.supply.company, gold)
    services.ask_consent(sale.broker, proposal.public_id, proposal.version)
    assert proposal.commission_rate == Decimal("0.004")
    assert [each["rate"] for each in proposal.reasons["commission"]] == ["0.004", "0.01"]
    assert proposal.reasons["ask"] == "2150.0000"
    rule(admin, "0.5", commodity_code="onion", plan_code="gold")
    db.session.expire_all()
    again = db.session.get_one(Proposal, proposal.id)
    assert again.commission_rate == Decimal("0.004")
    services.change(sale.broker, again.public_id, Decimal(20), Decimal(2400), again.version)
    assert again.commission_rate == Decimal("0.5")


def test_a_run_takes_each_suppliers_rate_and_renews_it(
    make: Factories, sale: Partners, admin: Actor
) -> None:
    other = make.listing(Side.SUPPLY)
    make.listing(Side.DEMAND)
    subscribe(other.company, plan_version("Gold", {"commission_rate": "0.004"}))
    services.match_all(sale.broker)

    def rates() -> dict[int, tuple[Decimal, int]]:
        db.session.expire_all()
        found = db.session.query(Proposal).filter_by(state=ProposalState.PROPOSED)
        return {each.supply_id: (each.commission_rate, each.version) for each in found}

    assert rates() == {sale.supply.id: (Decimal("0.01"), 1), other.id: (Decimal("0.004"), 1)}
    services.match_all(sale.broker)
    assert rates() == {sale.supply.id: (Decimal("0.01"), 1), other.id: (Decimal("0.004"), 1)}
    rule(admin, "0.007", commodity_code="onion")
    services.match_all(sale.broker)
    assert {key: rate for key, (rate, _version) in rates().items()} == {
        sale.supply.id: Decimal("0.007"),
        other.id: Decimal("0.004"),
    }


def test_the_supplier_and_the_broker_read_why_and_the_purchaser_does_not(
    make: Factories, sale: Partners, admin: Actor, client: FlaskClient
) -> None:
    rule(admin, "0.0075", commodity_code="onion")
    proposal = propose(sale)
    services.ask_consent(sale.broker, proposal.public_id, proposal.version)
    why = "Of the rules that fit this sale, the closest holds: 0.75% for sales of Onion."
    for reader, path, sees in (
        (sale.supplier, f"/proposals/{proposal.public_id}", True),
        (sale.purchaser, f"/proposals/{proposal.public_id}", False),
        (sale.broker, f"/broker/proposals/{proposal.public_id}", True),
    ):
        sign_in(client, reader)
        page = client.get(path)
        assert page.status_code == 200
        assert (why in page.text) is sees
        assert ("For every sale" in page.text) is sees


def test_a_proposal_older_than_the_rules_is_shown_without_them(
    sale: Partners, client: FlaskClient
) -> None:
    proposal = propose(sale)
    proposal.reasons = {"ask": "2150.0000"}
    db.session.commit()
    services.ask_consent(sale.broker, proposal.public_id, proposal.version)
    proposal.reasons = {"ask": "2150.0000"}
    db.session.commit()
    sign_in(client, sale.supplier)
    page = client.get(f"/proposals/{proposal.public_id}").text
    assert "Why this commission" not in page
    assert "Commission of the hub, 1% of the goods" in page
