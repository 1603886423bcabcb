"""A hub full of things that is always put back to how it was, for tests that only ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any, cast

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.engine import Connection, Engine
from werkzeug.test import TestResponse

from hub.core import clock
from hub.core.db.base import Base, db
from tests.dispatch.dispatch_factories import picture
from tests.journeys.permission_rows import Row
from tests.journeys.trades_in_every_state import Role, World

#: Robots are shown no advertising, so whoever asks has a browser.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Hub:
    """A hub full of trades that is always put back to how it was."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.world = World()
            self.engine = db.engine
        self.cookies = {role: self.cookie(token) for role, token in self.world.tokens.items()}
        with self.undone() as connection:
            self.before = contents(connection)

    def cookie(self, token: str) -> str:
        """The cookie of a browser that is signed in with this token."""
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        return str(serializer.dumps({"_user_id": token, "_fresh": True}))

    @contextmanager
    def undone(self) -> Iterator[Connection]:
        """Whatever is written inside is rolled back."""
        with self.engine.connect() as connection:
            transaction = connection.begin()
            connection.begin_nested()
            self._use(connection)
            try:
                yield connection
            finally:
                self._use(self.engine)
                transaction.rollback()

    def _use(self, engine: Engine | Connection) -> None:
        with self.app.app_context():
            cast(dict[str | None, Any], db.engines)[None] = engine

    def ask(self, row: Row, role: Role) -> TestResponse:
        """What the address answers to somebody of this role."""
        return self.ask_with(row, self.cookies.get(role))

    def ask_with(self, row: Row, cookie: str | None) -> TestResponse:
        """What it answers to whoever has this cookie."""
        client = self.app.test_client()
        if cookie is not None:
            name = self.app.config["SESSION_COOKIE_NAME"]
            client.set_cookie(name, cookie, domain="127.0.0.1")
        ids, data = self.world.ids, dict[str, Any]()
        if row.method == "POST":
            data = {name: text.format(**ids) for name, text in row.form.items()}
        if row.upload:
            data[row.upload] = (BytesIO(picture(kind="PNG")), "picture.png")
        path, browser = row.path.format(**ids), {"User-Agent": BROWSER}
        with clock.standing_at(self.world.ready_at):
            return client.open(path, method=row.method, data=data, headers=browser)


@cache
def _counting() -> Any:
    parts = [
        select(
            literal(table.name),
            func.count(),
            func.sum(table.c.version) if "version" in table.c else literal(0),
        ).select_from(table)
        for table in Base.metadata.sorted_tables
    ]
    return union_all(*parts)


def contents(connection: Connection) -> dict[str, tuple[int, int]]:
    """For each table the number of its rows and the sum of their versions."""
    rows = connection.execute(_counting())
    return {name: (count, versions or 0) for name, count, versions in rows}
