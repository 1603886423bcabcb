"""The names under which companies appear before both sides of a proposal have consented."""

import secrets

from sqlalchemy import select

from hub.accounts.models import Company
from hub.core.db.base import db

#: Without vowels, so that no word comes about, and without what is easily misread.
ALPHABET = "23456789BCDFGHJKMNPQRTVWXZ"


def new_alias() -> str:
    """A random alias that no company has; it tells nothing, not even who joined first."""
    while True:
        alias = "T-" + "".join(secrets.choice(ALPHABET) for _ in range(5))
        if db.session.scalar(select(Company.id).where(Company.alias == alias)) is None:
            return alias
