"""The pages of goods on their way, over HTTP: who sees what, and every step taken by form."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from hub.core import settings
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.dispatch.models.inbound import InboundState
from hub.dispatch.models.release import ReleaseState
from tests.dispatch import dispatch_factories as goods
from tests.factories import Factories
from tests.signing_in import sign_in

pytestmark = pytest.mark.state("expected")


def post(client: FlaskClient, actor: Actor, path: str, **data: object) -> int:
    sign_in(client, actor)
    return client.post(path, data=data).status_code


def get(client: FlaskClient, actor: Actor, path: str) -> tuple[int, str]:
    sign_in(client, actor)
    response = client.get(path, follow_redirects=True)
    return response.status_code, response.get_data(as_text=True)


def test_an_operator_brings_goods_in_and_out_by_forms(client: FlaskClient, make: Factories) -> None:
    trade = goods.expected(make)
    operator, number = trade.operator, trade.inbound.public_id
    inbound, day = f"/depot/inbounds/{number}", settings.today() + timedelta(days=1)
    announcement = {"arrives_on": day, "carrier": "Krishna", "vehicle": "TS 9", "packages": "80"}
    assert post(client, trade.supplier, f"/deliveries/{number}/announce", **announcement) == 302
    assert post(client, operator, f"{inbound}/arrive") == 302
    assert post(client, operator, f"{inbound}/count", quantity="40") == 302
    seen = {
        "accepted": "39",
        "reason": "one wet",
        "pictures": (BytesIO(goods.picture()), "wet.jpg"),
    }
    assert post(client, operator, f"{inbound}/inspect", **seen) == 302
    assert post(client, operator, f"{inbound}/put-away", bin="s-01") == 302
    assert post(client, operator, f"{inbound}/send-back") == 302
    release = f"/depot/releases/{trade.release.public_id}"
    assert post(client, operator, f"{release}/start") == 302
    assert post(client, operator, f"{release}/pick", scan="S-01") == 302
    carrier = {"carrier": "C", "vehicle": "V", "driver": "D", "packages": "79"}
    assert post(client, operator, f"{release}/load", **carrier) == 302
    assert post(client, operator, f"{release}/depart") == 302
    proof = {
        "quantity": "39",
        "receiver_name": "Lakshmi Rao",
        "signature": goods.drawn_signature(),
        "picture": (BytesIO(goods.picture()), "done.jpg"),
    }
    assert post(client, operator, f"{release}/deliver", **proof) == 302
    answer = f"/deliveries/releases/{trade.release.public_id}"
    status, page = get(client, trade.purchaser, f"{answer}/accept")
    assert status == 200
    assert "Lakshmi Rao" in page
    assert "2,723.60 INR" in page  # refunded: one decitonne and its freight
    assert post(client, trade.purchaser, f"{answer}/accept") == 302
    assert trade.release.state is ReleaseState.ACCEPTED
    assert trade.fresh_contract().accepted_quantity == Decimal(39)
    for paper, kind in (("waybill.pdf", "application/pdf"), ("signature", "image/png")):
        for reader in (operator, trade.supplier, trade.purchaser, trade.broker):
            sign_in(client, reader)
            response = client.get(f"{answer}/{paper}")
            assert (response.status_code, response.mimetype) == (200, kind)
        assert get(client, make.trader(), f"{answer}/{paper}")[0] == 404


@pytest.mark.state(None)
def test_the_count_is_blind(client: FlaskClient, make: Factories) -> None:
    trade = goods.expected(make, quantity="37.5")
    path = f"/depot/inbounds/{trade.inbound.public_id}"
    assert "37.5" not in get(client, trade.operator, path)[1]
    assert post(client, trade.operator, f"{path}/arrive") == 302
    for page in (path, "/depot", f"/depot/{trade.depot.code}"):
        status, text = get(client, trade.operator, page)
        assert status == 200
        assert "37.5" not in text
    assert post(client, trade.operator, f"{path}/count", quantity="36") == 302
    assert "37.5" in get(client, trade.operator, path)[1]


@pytest.mark.parametrize("text", ["", "NaN", "1e309", "-1", "1.0001", "40 DTN", "９"])
def test_a_bad_count_is_told_at_the_field(client: FlaskClient, make: Factories, text: str) -> None:
    trade = goods.arrived(make)
    path = f"/depot/inbounds/{trade.inbound.public_id}"
    sign_in(client, trade.operator)
    response = client.post(f"{path}/count", data={"quantity": text})
    assert response.status_code == 422
    assert 'id="quantity-error"' in response.get_data(as_text=True)
    assert trade.fresh().state is InboundState.ARRIVED
    assert goods.moves() == 0


def test_a_double_click_counts_once(client: FlaskClient, make: Factories) -> None:
    trade = goods.arrived(make)
    sign_in(client, trade.operator)
    path = f"/depot/inbounds/{trade.inbound.public_id}/count"
    form = {"quantity": "40", "_key": "the-same-key"}
    assert client.post(path, data=form).status_code == 302
    assert client.post(path, data=form).status_code == 302
    assert client.post(path, data=form | {"quantity": "41"}).status_code == 409
    assert client.post(path, data={"quantity": "41"}).status_code in (409, 422)
    assert (trade.fresh().counted_quantity, goods.moves()) == (Decimal(40), 1)


def test_what_others_may_not_see_is_not_found(client: FlaskClient, make: Factories) -> None:
    trade = goods.delivered(make)
    other = make.depot("DEL")
    stranger = make.staff(StaffRole.DEPOT, depots=(other,))
    release, number = trade.release.public_id, trade.inbound.public_id
    for path in (
        f"/depot/inbounds/{number}",
        f"/depot/releases/{release}",
        f"/depot/{trade.depot.code}",
        f"/depot/{trade.depot.code}/stock",
        f"/depot/lots/{trade.release.lot.public_id}",
    ):
        assert get(client, stranger, path)[0] == 404
        assert get(client, trade.supplier, path)[0] == 403
        assert get(client, trade.operator, path)[0] == 200
        assert get(client, trade.broker, path)[0] == 200
    outsider = make.trader()
    for path in (
        f"/deliveries/{number}/announce",
        f"/deliveries/releases/{release}/accept",
        f"/deliveries/releases/{release}/refuse",
    ):
        assert get(client, outsider, path)[0] == 404
    assert get(client, trade.purchaser, f"/deliveries/{number}/announce")[0] == 404
    assert get(client, trade.supplier, f"/deliveries/releases/{release}/accept")[0] == 404
    assert get(client, trade.broker, f"/broker/refusals/{release}")[0] == 404
    assert get(client, trade.operator, f"/broker/refusals/{release}")[0] == 403


def test_only_owners_and_traders_of_the_purchaser_answer(
    client: FlaskClient, make: Factories
) -> None:
    trade = goods.delivered(make)
    path = f"/deliveries/releases/{trade.release.public_id}"
    company = trade.agreement.demand.company
    for role in (CompanyRole.FINANCE, CompanyRole.VIEWER):
        clerk = make.trader(company, role=role)
        assert get(client, clerk, f"{path}/accept")[0] == 200
        assert post(client, clerk, f"{path}/accept") == 403
        assert post(client, clerk, f"{path}/refuse", quantity="1", reason="no") == 403
    assert post(client, trade.supplier, f"{path}/accept") == 403
    assert trade.release.state is ReleaseState.DELIVERED


def test_a_refusal_goes_to_the_broker_and_is_decided(client: FlaskClient, make: Factories) -> None:
    trade = goods.delivered(make)
    release = trade.release.public_id
    path = f"/deliveries/releases/{release}/refuse"
    assert post(client, trade.purchaser, path, quantity="41", reason="wet") == 422
    assert post(client, trade.purchaser, path, quantity="4", reason=" ") == 422
    assert trade.release.state is ReleaseState.DELIVERED
    assert post(client, trade.purchaser, path, quantity="4", reason="wet") == 302
    assert post(client, trade.purchaser, path, quantity="4", reason="wet") == 409
    decision = f"/broker/refusals/{release}"
    assert "wet" in get(client, trade.broker, decision)[1]
    assert post(client, trade.broker, decision, decision="uphold") == 422
    given = {"decision": "uphold", "accepted_quantity": "38", "reason": "half of it"}
    assert post(client, trade.broker, decision, **given) == 302
    assert trade.fresh_contract().accepted_quantity == Decimal(38)
    assert get(client, trade.broker, decision)[0] == 200


def test_one_box_jumps_to_the_thing(client: FlaskClient, make: Factories) -> None:
    trade = goods.departed(make)
    sign_in(client, trade.operator)
    wanted = {
        trade.inbound.number.lower(): f"/depot/inbounds/{trade.inbound.public_id}",
        trade.release.number: f"/depot/releases/{trade.release.public_id}",
        trade.release.waybill_number: f"/depot/releases/{trade.release.public_id}",
        f" {trade.release.lot.number} ": f"/depot/lots/{trade.release.lot.public_id}",
        "nonsense": "/depot",
    }
    for number, path in wanted.items():
        response = client.get("/depot/find", query_string={"number": number})
        assert (response.status_code, response.location) == (302, path)


def test_goods_of_a_lot_are_written_off_by_form(client: FlaskClient, make: Factories) -> None:
    trade = goods.inspected(make, accepted="30")
    lot = trade.fresh().lot
    assert lot is not None
    place = next(place for place in trade.depot.bins if place.code == "Q-01")
    path = f"/depot/lots/{lot.public_id}/write-off/{place.public_id}"
    assert post(client, trade.operator, path, quantity="0", reason="rotten") == 422
    assert post(client, trade.operator, path, quantity="11", reason="rotten", _key="a") == 409
    assert post(client, trade.broker, path, quantity="1", reason="rotten", _key="b") == 403
    assert post(client, trade.operator, path, quantity="1", reason="rotten", _key="c") == 302
    goods.assert_stock_sound()


def test_an_unfinished_form_of_another_step_changes_no_inbound(
    client: FlaskClient, make: Factories
) -> None:
    came = goods.arrived(make)
    inbound = f"/depot/inbounds/{came.inbound.public_id}"
    assert post(client, came.operator, f"{inbound}/inspect", accepted="") == 409
    assert post(client, came.operator, f"{inbound}/put-away", bin="") == 409
    assert came.inbound.state is InboundState.ARRIVED


def test_an_unfinished_form_of_another_step_changes_no_release(
    client: FlaskClient, make: Factories
) -> None:
    left = goods.departed(make)
    release = f"/depot/releases/{left.release.public_id}"
    assert post(client, left.operator, f"{release}/pick", scan="") == 409
    assert post(client, left.operator, f"{release}/load", carrier="") == 409
    assert post(client, left.operator, f"{release}/deliver", receiver_name="") == 422
    assert left.release.state is ReleaseState.DEPARTED
