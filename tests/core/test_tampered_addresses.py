"""Addresses that somebody tampered with: cursors of pages, and where to go next."""

import base64
import json

import pytest
from flask.testing import FlaskClient


def _cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("-newest", _cursor("9" * 40)),
        ("price", _cursor("NaN", "1")),
        ("price", _cursor("Infinity", "1")),
        ("price", _cursor("1E99999999", "1")),
        ("price", _cursor("9" * 17, "1")),
        ("price", _cursor("1.00001", "1")),
        ("-quantity", _cursor("1", "-" + "9" * 40)),
        ("ends", _cursor("2026-12-04", "9" * 40)),
        ("-newest", base64.urlsafe_b64encode(b"[" * 5000).decode()),
    ],
)
def test_a_made_up_cursor_is_told_as_broken(client: FlaskClient, sort: str, cursor: str) -> None:
    response = client.get("/market", query_string={"sort": sort, "after": cursor})
    assert response.status_code == 422
    assert "This page link is broken" in response.text


def test_the_largest_values_of_a_cursor_are_taken(client: FlaskClient) -> None:
    cursor = _cursor("922337203685477.5807", str(2**63 - 1))
    assert client.get("/market", query_string={"sort": "price", "after": cursor}).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "/x\r\nSet-Cookie: a=b",
    ],
)
def test_next_never_leads_off_the_site(client: FlaskClient, wanted: str) -> None:
    response = client.post("/language", data={"language": "en", "next": wanted})
    assert response.status_code == 302
    assert response.location == "/rules"


def test_next_leads_to_a_page_of_the_site(client: FlaskClient) -> None:
    response = client.post("/language", data={"language": "en", "next": "/market?q=小麦"})
    assert response.status_code == 302
    assert response.location == "/market?q=%E5%B0%8F%E9%BA%A6"


@pytest.mark.parametrize(
    "address",
    ["/market/listings/%00", "/market?currency=%00", "/market/pictures/%00", "/market?q=%00"],
)
def test_null_characters_in_an_address_are_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_null_characters_in_a_form_are_refused(client: FlaskClient) -> None:
    form = {"email": "a\0@b.example", "password": "x"}
    assert client.post("/sign-in", data=form).status_code == 400
