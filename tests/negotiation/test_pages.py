"""The pages of inquiries over HTTP."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.core import clock
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.negotiation import services
from hub.negotiation.models import Ground, Inquiry, InquiryPrice, InquiryState
from tests.negotiation.inquiry_factories import PRICE, Trade, balances, reloaded
from tests.signing_in import sign_in


def text_of(client: FlaskClient, who: Actor, path: str, status: int = 200) -> str:
    sign_in(client, who)
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_a_question_goes_from_the_market_to_its_answer(client: FlaskClient, trade: Trade) -> None:
    listing = f"/market/listings/{trade.supply.public_id}"
    assert f"{listing}/inquire" in text_of(client, trade.purchaser, listing)
    assert trade.company.alias in text_of(client, trade.purchaser, f"{listing}/inquire")
    answer = client.post(
        f"{listing}/inquire",
        data={
            "text": "Is it from this harvest?",
            "quantity": "2.5",
            "unit": "DTN",
            "needed_on": "2026-12-20",
        },
    )
    asked = db.session.scalars(select(Inquiry)).one()
    page = f"/inquiries/{asked.public_id}"
    assert (answer.status_code, answer.location) == (302, page)
    assert (asked.quantity, asked.needed_on) == (Decimal("2.5"), trade.make.someday(19))
    for path in ("/inquiries", page):
        shown = text_of(client, trade.supplier, path)
        assert "Is it from this harvest?" in shown
        assert trade.purchaser.company_name not in shown
    client.post(f"{page}/read")
    assert reloaded(asked).unread_by_receiver is False
    answer = client.post(f"{page}/messages", data={"text": "Yes: call +91 98200 12345."})
    assert (answer.status_code, answer.location) == (302, page)
    shown = text_of(client, trade.purchaser, page)
    assert "call +91 98200 12345" in shown
    assert trade.supplier.company_name not in shown
    assert "call +91 98200 12345" in text_of(
        client, trade.broker, f"/broker/inquiries/{asked.public_id}"
    )
    sign_in(client, trade.purchaser)
    client.post(f"{page}/close", data={"reason": "Thank you"})
    assert reloaded(asked).state is InquiryState.CLOSED
    answer = client.post(f"{page}/messages", data={"text": "One more thing"})
    assert answer.status_code == 409
    assert "One more thing" not in text_of(client, trade.supplier, page)


def test_what_is_typed_wrongly_is_kept_and_explained(client: FlaskClient, trade: Trade) -> None:
    sign_in(client, trade.purchaser)
    path = f"/market/listings/{trade.supply.public_id}/inquire"
    for sent, told in (
        ({"text": "", "unit": "DTN"}, "Write something first."),
        ({"text": "Dry?", "unit": "DTN", "quantity": "-4"}, "must be above zero"),
        ({"text": "Dry?", "unit": "DTN", "quantity": "1e9"}, "not a plain number"),
        ({"text": "Dry?", "unit": "XXX"}, "Not a valid choice"),
        ({"text": "Dry?", "unit": "DTN", "needed_on": "2026-11-01"}, "in the past"),
        ({"text": "Dry?", "unit": "DTN", "needed_on": "tomorrow"}, "Not a valid date"),
    ):
        answer = client.post(path, data=sent)
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert told in shown
        assert sent["text"] in shown
    assert db.session.scalar(select(func.count()).select_from(Inquiry)) == 0


def test_a_sealed_inquiry_tells_only_what_it_may(client: FlaskClient, trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask(text="A secret of 27 characters..", quantity=Decimal(25), unit="DTN")
    page = f"/inquiries/{asked.public_id}"
    for path in ("/inquiries", page):
        shown = text_of(client, trade.supplier, path)
        assert "secret" not in shown
        assert asked.asker.alias not in shown
        for told in ("bout 30 characters", "10 to 100 DTN", "100.00 INR", "Verified"):
            assert told in shown
    assert "Your account lacks 100.00 INR" in shown
    assert f'action="{page}/open"' not in shown
    answer = client.post(f"{page}/open", data={"price": str(PRICE)}, follow_redirects=True)
    assert "your account lacks 100.00 INR" in answer.get_data(as_text=True)
    trade.top_up("100.00")
    shown = text_of(client, trade.supplier, page)
    assert "Open it for 100.00 INR" in shown
    assert f'name="price" value="{PRICE}"' in shown
    key = {"price": str(PRICE), "_key": "k" * 20}
    for _time in range(2):
        assert client.post(f"{page}/open", data=key).location == page
    assert "A secret of 27 characters.." in text_of(client, trade.supplier, page)
    assert balances()[4400] == PRICE


def test_a_contest_goes_to_the_broker_and_back(client: FlaskClient, trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("100.00")
    paid = trade.paid()
    page, desk = f"/inquiries/{paid.public_id}", f"/broker/inquiries/{paid.public_id}"
    sign_in(client, trade.supplier)
    assert client.post(f"{page}/contest", data={"ground": "spam"}).status_code == 422
    sent = {"ground": "not_serious", "reason": "Nobody answers"}
    assert client.post(f"{page}/contest", data=sent).location == page
    assert client.post(f"{page}/contest", data=sent).status_code == 409
    for path in ("/broker/inquiries", desk):
        shown = text_of(client, trade.broker, path)
        assert trade.supplier.company_name in shown
        assert "Nobody answers" in shown
    answer = client.post(f"{desk}/uphold", data={"reason": "A shell", "version": "7"})
    assert answer.status_code == 409
    trade.sweep("50.00")
    answer = client.post(f"{desk}/uphold", data={"reason": "A shell", "version": "1"})
    assert answer.status_code == 409
    assert "have left the designated account" in answer.get_data(as_text=True)
    answer = client.post(f"{desk}/refuse", data={"reason": "They are real", "version": "1"})
    assert answer.location == "/broker/inquiries"
    assert "They are real" in text_of(client, trade.supplier, page)
    assert "They are real" in text_of(client, trade.broker, desk)
    assert "contest refused" in text_of(client, trade.broker, "/broker/inquiries?tab=decided")


def test_the_unanswered_is_asked_again_elsewhere(client: FlaskClient, trade: Trade) -> None:
    other = trade.make.listing(unit_price=Decimal(2000))
    asked = trade.ask()
    clock.advance(timedelta(days=6))
    services.expire_due(trade.broker)
    page = f"/inquiries/{asked.public_id}"
    assert other.public_id in text_of(client, trade.purchaser, page)
    answer = client.post(f"{page}/ask-others", data={"listing": [other.public_id]})
    assert answer.location == "/inquiries?tab=asked"
    again = db.session.scalars(select(Inquiry).where(Inquiry.listing_id == other.id)).one()
    assert again.public_id in text_of(client, trade.purchaser, page)
    assert client.post(f"{page}/ask-others").location == page


def test_an_administrator_sets_prices(client: FlaskClient, trade: Trade) -> None:
    administrator = trade.make.staff(StaffRole.ADMINISTRATOR)
    path = "/admin/inquiry-prices"
    assert "100.00 INR" in text_of(client, administrator, path)
    for sent, status in (
        ({"commodity": "onion", "amount": "40.50"}, 302),
        ({"commodity": "onion", "amount": "0.001"}, 422),
        ({"commodity": "iron", "amount": "1"}, 422),
        ({"commodity": "onion", "amount": ""}, 422),
    ):
        assert client.post(path, data=sent).status_code == status
    assert "40.50 INR" in text_of(client, administrator, path)
    sent = {"commodity": "onion", "currency": "INR"}
    assert client.post(f"{path}/remove", data=sent).location == path
    assert client.post(f"{path}/remove", data=sent).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(InquiryPrice)) == 0


@pytest.mark.parametrize("path", ["/inquiries", "/inquiries?tab=asked"])
def test_empty_pages_say_what_they_are_for(client: FlaskClient, trade: Trade, path: str) -> None:
    assert "empty-title" in text_of(client, trade.supplier, path)


def test_nobody_else_gets_in(client: FlaskClient, trade: Trade) -> None:
    asked = trade.ask()
    services.contest(trade.supplier, asked.public_id, Ground.SPAM, "Spam")
    page, desk = f"/inquiries/{asked.public_id}", f"/broker/inquiries/{asked.public_id}"
    for path in ("/inquiries", page, desk, "/admin/inquiry-prices"):
        assert client.get(path).status_code == 302
    stranger = trade.make.trader()
    finance = trade.make.staff(StaffRole.FINANCE)
    for who, path, status in (
        (stranger, page, 404),
        (trade.broker, page, 404),
        (trade.broker, "/inquiries", 404),
        (trade.supplier, desk, 403),
        (finance, desk, 403),
        (finance, "/broker/inquiries", 403),
        (trade.broker, "/admin/inquiry-prices", 403),
        (trade.supplier, f"/market/listings/{trade.supply.public_id}/inquire", 403),
        (trade.broker, f"/market/listings/{trade.supply.public_id}/inquire", 403),
    ):
        text_of(client, who, path, status)
    viewer = trade.make.trader(trade.company, role=CompanyRole.VIEWER)
    shown = text_of(client, viewer, page)
    assert "<textarea" not in shown
    assert client.post(f"{page}/messages", data={"text": "hello"}).status_code == 403
