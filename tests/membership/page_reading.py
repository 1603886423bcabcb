"""Reading pages in tests: their words, and what their forms are filled with."""

import re
from html import unescape

from flask.testing import FlaskClient

from hub.accounts.models import Company
from hub.core.actor import Actor
from hub.core.db.base import db
from tests.signing_in import sign_in


def page(client: FlaskClient, who: Actor | None, path: str) -> str:
    """The words of a page as somebody sees it (None: whoever is signed in, or nobody)."""
    if who is not None:
        sign_in(client, who)
    response = client.get(path)
    assert response.status_code == 200, response.text[:400]
    return words_of(response.text)


def words_of(text: str) -> str:
    """The page without its marks and repeated spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def form_of(client: FlaskClient, path: str) -> dict[str, str]:
    """What the inputs of a page's form are filled with."""
    text = client.get(path).text
    pairs = re.findall(r'<input[^>]*\bname="(\w+)"[^>]*\bvalue="([^"]*)"', text)
    return {name: unescape(value) for name, value in pairs if not name.startswith("_")}


def company_of(owner: Actor) -> Company:
    """The company of a person."""
    return db.session.get_one(Company, owner.company_id)
