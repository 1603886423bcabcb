"""The broker's desk and a company's proposals over HTTP: what is shown, hidden and refused."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.matching import services
from hub.matching.models import Origin, Proposal, ProposalState
from hub.matching.proposals import words
from hub.matching.queries import CompanyTab
from hub.posting import services as posting
from hub.posting.models import Listing, ListingState, Side
from tests.factories import Factories
from tests.matching.trades import Partners, ask, make_partners, propose
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("own_reactions")


@pytest.fixture
def partners(make: Factories) -> Partners:
    return make_partners(make)


def body(client: FlaskClient, actor: Actor, path: str, status: int = 200) -> str:
    sign_in(client, actor)
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def next_page(client: FlaskClient, path: str) -> str:
    """The page that whoever is signed in sees next, with what was flashed."""
    return client.get(path).get_data(as_text=True)


def send(client: FlaskClient, actor: Actor, path: str, status: int = 302, **form: object) -> str:
    sign_in(client, actor)
    answer = client.post(path, data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_match_now_fills_the_desk(client: FlaskClient, partners: Partners) -> None:
    assert "No match has been computed yet" in body(client, partners.broker, "/broker")
    send(client, partners.broker, "/broker/match")
    page = next_page(client, "/broker")
    assert "Last match: 1 pair of 1 supplies and 1 demands" in page
    assert "Nashik Growers Ltd." in page
    assert "Delhi Foods Ltd." in page
    assert "Asks 2,150, freight" in page
    assert "1 pair found among 1 supplies and 1 demands." in page


def test_traders_wishes_come_first_then_the_greatest_surplus(
    client: FlaskClient, make: Factories, partners: Partners
) -> None:
    richer = make.listing(Side.DEMAND, unit_price=Decimal(9000))
    services.propose(
        partners.purchaser,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(5),
        Decimal(2200),
    )
    services.match_all(partners.broker)
    page = body(client, partners.broker, "/broker")
    assert page.index("trader's wish") < page.index(">computed<")
    assert page.index(partners.demand.reference) < page.index(richer.reference)


def test_selected_proposals_are_asked_together(
    client: FlaskClient, make: Factories, partners: Partners
) -> None:
    first = propose(partners, quantity="20")
    other = make.listing(Side.DEMAND)
    second = services.propose(
        partners.broker, partners.supply.public_id, other.public_id, Decimal(20), Decimal(2300)
    )
    services.change(partners.broker, second.public_id, Decimal(20), Decimal(2310), second.version)
    stale = f"{second.public_id}:{second.version - 1}"
    send(
        client,
        partners.broker,
        "/broker/ask",
        proposal=[f"{first.public_id}:{first.version}", stale],
    )
    db.session.expire_all()
    assert (first.state, second.state) == (ProposalState.ASKED, ProposalState.PROPOSED)
    page = next_page(client, "/broker?tab=waiting")
    assert "Both companies of 1 proposal are asked to consent." in page
    assert "This proposal changed since you opened the page." in page
    assert first.public_id in page
    assert second.public_id not in page


def test_the_broker_changes_terms_within_the_limits(
    client: FlaskClient, partners: Partners
) -> None:
    proposal = propose(partners)
    path = f"/broker/proposals/{proposal.public_id}"
    page = send(
        client,
        partners.broker,
        f"{path}/change",
        422,
        version=proposal.version,
        quantity="12.5",
        unit_price="9999",
    )
    assert "The price must lie between 2,150 INR/DTN (the ask) and" in page
    assert 'value="12.5"' in page
    send(
        client,
        partners.broker,
        f"{path}/change",
        422,
        version=proposal.version,
        quantity="1e3",
        unit_price="2300",
    )
    send(
        client,
        partners.broker,
        f"{path}/change",
        version=proposal.version,
        quantity="12.5",
        unit_price="2300.25",
    )
    db.session.expire_all()
    assert (proposal.quantity, proposal.unit_price) == (Decimal("12.5"), Decimal("2300.25"))
    page = body(client, partners.broker, path)
    assert "40 DTN at 2,400 INR/DTN" in page
    assert "12.5 DTN at 2,300.25 INR/DTN" in page


def test_dismissing_needs_a_reason(client: FlaskClient, partners: Partners) -> None:
    proposal = propose(partners)
    path = f"/broker/proposals/{proposal.public_id}/dismiss"
    assert "Say why" in send(client, partners.broker, path, 422, reason=" ")
    send(client, partners.broker, path, reason="Too far.")
    db.session.expire_all()
    assert (proposal.state, proposal.ended_reason) == (ProposalState.DISMISSED, "Too far.")


def test_a_company_sees_the_exact_money_and_no_name(
    client: FlaskClient, partners: Partners
) -> None:
    proposal = ask(partners)
    path = f"/proposals/{proposal.public_id}"

    page = body(client, partners.supplier, path)
    assert "Consent to 40 DTN at 2,400 INR/DTN" in page
    assert "96,000.00 INR" in page
    assert "Commission of the hub, 1% of the goods" in page
    assert "− 960.00 INR" in page
    assert "95,040.00 INR" in page
    assert partners.demand.company.alias in page
    assert "Delhi Foods Ltd." not in page

    page = body(client, partners.purchaser, path)
    assert "Commission of the hub, " not in page
    assert str(proposal.purchaser_pays.decimal)[-6:] in page
    assert "Nashik Growers Ltd." not in page
    listed = body(client, partners.purchaser, "/proposals")
    assert proposal.public_id in listed
    assert "Nashik Growers Ltd." not in listed

    for actor in (partners.supplier, partners.purchaser):
        send(client, actor, f"{path}/consent", version=proposal.version)
    db.session.expire_all()
    assert proposal.state is ProposalState.ACCEPTED
    assert "Your partner is Delhi Foods Ltd." in body(client, partners.supplier, path)


def consent(proposal: Proposal, actor: Actor) -> None:
    services.consent(actor, proposal.public_id, proposal.version)


def leave_as_asked(partners: Partners, proposal: Proposal) -> None:
    """Nobody has answered yet."""


def consent_of_the_supplier(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.supplier)


def consent_of_the_purchaser(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.purchaser)


def decline(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.supplier)
    services.decline(partners.purchaser, proposal.public_id, "Bought elsewhere.")


def dismiss(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.purchaser)
    services.dismiss(partners.broker, proposal.public_id, "Too far.")


def lapse(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.supplier)
    clock.set_to(proposal.consent_until)
    clock.advance(timedelta(seconds=1))
    assert services.expire_due(SYSTEM) == 1


def supersede(partners: Partners, proposal: Proposal) -> None:
    consent(proposal, partners.purchaser)
    assert services.supersede_for(SYSTEM, partners.supply.id) == 0
    posting.withdraw(partners.supplier, partners.supply.public_id)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (leave_as_asked, ProposalState.ASKED),
        (consent_of_the_supplier, ProposalState.CONSENTED),
        (consent_of_the_purchaser, ProposalState.CONSENTED),
        (decline, ProposalState.DECLINED),
        (dismiss, ProposalState.DISMISSED),
        (lapse, ProposalState.EXPIRED),
        (supersede, ProposalState.SUPERSEDED),
    ],
)
def test_the_partner_is_not_named_before_both_consented_nor_when_it_came_to_nothing(
    client: FlaskClient,
    partners: Partners,
    answer: Callable[[Partners, Proposal], None],
    state: ProposalState,
) -> None:
    proposal = ask(partners)
    answer(partners, proposal)
    db.session.expire_all()
    assert proposal.state is state
    for reader, partner, people in (
        (partners.supplier, partners.demand.company, ("Rohan Mehta", partners.broker.name)),
        (partners.purchaser, partners.supply.company, ("Asha Kulkarni", partners.broker.name)),
    ):
        page = body(client, reader, f"/proposals/{proposal.public_id}")
        assert partner.alias in page
        assert "The name is shown when both sides have consented." in page
        pages = [page] + [next_page(client, f"/proposals?tab={tab}") for tab in CompanyTab]
        assert sum(proposal.public_id in each for each in pages[1:]) == 1
        for hidden in (partner.legal_name, *people):
            assert not any(hidden in each for each in pages)


def test_both_partners_are_named_when_both_have_consented(
    client: FlaskClient, partners: Partners
) -> None:
    proposal = ask(partners)
    consent(proposal, partners.supplier)
    consent(proposal, partners.purchaser)
    for reader, name in (
        (partners.supplier, "Delhi Foods Ltd."),
        (partners.purchaser, "Nashik Growers Ltd."),
    ):
        page = body(client, reader, f"/proposals/{proposal.public_id}")
        assert f"Your partner is {name}" in page
        assert "The name is shown when" not in page


def test_the_history_names_people_to_their_own_company_and_to_the_staff_alone(
    partners: Partners,
) -> None:
    """What the broker did before asking is the staff's to know; a wish is its company's."""
    clock.set_to(clock.now())
    broker = partners.broker
    proposal = services.propose(
        partners.purchaser,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(40),
        Decimal(2400),
    )
    clock.advance(timedelta(minutes=1))
    services.change(broker, proposal.public_id, Decimal(30), Decimal(2500), proposal.version)
    clock.advance(timedelta(minutes=1))
    services.ask_consent(broker, proposal.public_id, proposal.version)
    consent(proposal, partners.supplier)
    services.decline(partners.purchaser, proposal.public_id, "Bought elsewhere.")

    def told(reader: Actor) -> list[tuple[str, str]]:
        return [(event.who, event.what) for event in words.history(proposal, reader)]

    assert told(partners.supplier) == [
        ("Your partner", "Declined"),
        ("Asha Kulkarni", "Consented"),
        ("The hub", "Both companies asked to consent"),
    ]
    assert told(partners.purchaser) == [
        ("Rohan Mehta", "Declined"),
        ("Your partner", "Consented"),
        ("The hub", "Both companies asked to consent"),
        ("Rohan Mehta", "Proposed by hand"),
    ]
    assert told(broker) == [
        ("Rohan Mehta", "Declined"),
        ("Asha Kulkarni", "Consented"),
        (broker.name, "Both companies asked to consent"),
        (broker.name, "Terms changed"),
        ("Rohan Mehta", "Proposed by hand"),
    ]


def test_a_wish_that_nobody_was_asked_about_is_in_the_history_of_its_own_company(
    partners: Partners,
) -> None:
    proposal = services.propose(
        partners.purchaser,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(40),
        Decimal(2400),
    )
    services.change(
        partners.broker, proposal.public_id, Decimal(30), Decimal(2500), proposal.version
    )
    [event] = words.history(proposal, partners.purchaser)
    assert (event.who, event.what) == ("Rohan Mehta", "Proposed by hand")


def test_declining_over_http(client: FlaskClient, partners: Partners) -> None:
    proposal = ask(partners)
    path = f"/proposals/{proposal.public_id}/decline"
    assert "Say why" in send(client, partners.purchaser, path, 422, reason="")
    send(client, partners.purchaser, path, reason="Bought elsewhere.")
    db.session.expire_all()
    assert proposal.state is ProposalState.DECLINED
    assert "Bought elsewhere." in body(client, partners.supplier, "/proposals?tab=ended")


def test_a_repeated_consent_is_one_consent(client: FlaskClient, partners: Partners) -> None:
    proposal = ask(partners)
    sign_in(client, partners.supplier)
    form = {"version": str(proposal.version), "_key": "k" * 20}
    path = f"/proposals/{proposal.public_id}/consent"
    first, again = client.post(path, data=form), client.post(path, data=form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.location == again.location
    db.session.expire_all()
    assert partners.supply.reserved == Decimal(40)


def test_others_find_nothing(client: FlaskClient, make: Factories, partners: Partners) -> None:
    proposal = propose(partners)
    stranger, viewer = make.trader(), make.trader(partners.supply.company, role=CompanyRole.VIEWER)
    path = f"/proposals/{proposal.public_id}"
    assert "Onion" not in body(client, partners.supplier, path, 404)
    services.ask_consent(partners.broker, proposal.public_id, proposal.version)
    body(client, stranger, path, 404)
    send(client, stranger, f"{path}/consent", 404, version=proposal.version)
    assert "Consent to" not in body(client, viewer, path)
    send(client, viewer, f"{path}/consent", 403, version=proposal.version)
    for actor in (partners.supplier, make.staff(StaffRole.FINANCE)):
        body(client, actor, "/broker", 403)
        body(client, actor, f"/broker/proposals/{proposal.public_id}", 403)
        send(client, actor, "/broker/match", 403)
    body(client, partners.broker, "/proposals", 404)
    db.session.expire_all()
    assert partners.supply.reserved == 0


def test_the_broker_pairs_two_references(client: FlaskClient, partners: Partners) -> None:
    query = f"?supply={partners.supply.reference}&demand={partners.demand.reference}"
    assert "Propose this trade" in body(client, partners.broker, f"/broker/propose{query}")
    send(
        client,
        partners.broker,
        f"/broker/propose{query}",
        quantity="10",
        unit_price="2300",
        note="",
    )
    made = db.session.scalars(select(Proposal)).one()
    assert (made.origin, made.quantity) == (Origin.BROKER, Decimal(10))
    page = body(client, partners.broker, "/broker/propose?supply=nothing&demand=nothing")
    assert "No listing on the market or in review has this reference." in page


def test_a_trader_proposes_with_an_own_listing(client: FlaskClient, partners: Partners) -> None:
    path = f"/market/listings/{partners.supply.public_id}/propose"
    page = body(client, partners.purchaser, path)
    assert partners.demand.reference in page
    assert "Nashik Growers Ltd." not in page
    send(
        client,
        partners.purchaser,
        path,
        own=partners.demand.public_id,
        quantity="10",
        unit_price="2200",
        note="Soon, please.",
    )
    made = db.session.scalars(select(Proposal)).one()
    assert (made.origin, made.note) == (Origin.TRADER, "Soon, please.")
    assert "Soon, please." in body(client, partners.broker, "/broker")
    page = body(client, partners.purchaser, f"/proposals/{made.public_id}")
    assert "Waiting for the hub&#39;s broker" in page


def test_a_trader_without_a_listing_posts_one_on_the_spot(
    client: FlaskClient, make: Factories, partners: Partners
) -> None:
    newcomer = make.trader(make.company(region=make.region("NCT of Delhi")))
    path = f"/market/listings/{partners.supply.public_id}/propose"
    assert "You have no listing for this yet" in body(client, newcomer, path)
    form = {
        "quantity": "10",
        "unit_price": "2150",
        "region": make.region("NCT of Delhi").public_id,
        "ready_from": partners.supply.ready_from.isoformat(),
        "ready_until": partners.supply.ready_until.isoformat(),
        "note": "",
    }
    send(client, newcomer, path, 422, **(form | {"unit_price": "2149"}))
    assert db.session.scalars(select(Proposal)).all() == []
    assert db.session.query(Listing).filter_by(company_id=newcomer.company_id).count() == 0

    send(client, newcomer, path, **form)

    made = db.session.scalars(select(Proposal)).one()
    posted = db.session.query(Listing).filter_by(company_id=newcomer.company_id).one()
    assert posted.state is ListingState.PENDING_REVIEW
    assert posted.unit_price == Decimal(2150) + made.freight_per_unit
    assert (posted.grade, posted.quantity) == ("FAQ", Decimal(10))
    assert (made.surplus, made.demand_id) == (0, posted.id)
    assert "is in review" in body(client, partners.broker, f"/broker/proposals/{made.public_id}")


def test_own_and_closed_listings_are_not_proposed_to(
    client: FlaskClient, make: Factories, partners: Partners
) -> None:
    path = f"/market/listings/{partners.supply.public_id}/propose"
    body(client, partners.supplier, path, 403)
    partners.supply.state = ListingState.PAUSED
    db.session.commit()
    body(client, partners.purchaser, path, 404)
