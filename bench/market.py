"""The market's pages at 100,000 open listings on PostgreSQL beside a bare Flask route.

    python -m bench.market [--listings N] [--seconds S]

Each page is asked for over HTTP on loopback, from granian with one worker and four threads, by four
clients. The bare route of each page runs the one query that the page can't do without and answers
with as many bytes as the page; both servers are measured in turns, so that the ratio holds where
the absolute numbers don't. Also prints how many SQL statements the page sends.
"""

import argparse
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, request
from sqlalchemy import insert, text

import config
from hub.accounts.models import AccountState, Company, Verification
from hub.app import create_app
from hub.catalogue.models import Commodity, FreightRate, Region, Unit
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import Base, db
from hub.core.db.columns import new_public_id
from hub.market.services import reindex
from hub.posting.models import Incoterm, Listing, ListingState, Side
from tests.databases import server
from tests.statement_counter import counted

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4
THREADS = 4
#: So many listings are made one by one; the others are copies of them at other prices.
FIRST = 5000
COMMODITIES = 100
REGIONS = 36
COMPANIES = 500
WORD = "turmeric"

NATURAL = "ORDER BY natural_position DESC, id DESC LIMIT 26"

#: The one query of each page: 25 rows of the list, 25 rows of a search, one listing.
ESSENTIAL = {
    "list": f"SELECT * FROM listing WHERE state = 'open' {NATURAL}",
    "search": (
        "SELECT * FROM listing WHERE state = 'open' AND id IN (SELECT listing_id FROM search_entry"
        f" WHERE search_vector @@ '{WORD}'::tsquery) {NATURAL}"
    ),
    "detail": "SELECT * FROM listing WHERE public_id = %(public_id)s",
}


@dataclass(frozen=True)
class Result:
    """Answered requests a second, and the bytes of one answer."""

    per_second: float
    size: int


def fill(listings: int) -> str:
    """Make the tables and ``listings`` open listings; the public id of one of them."""
    source = random.Random(7)
    Base.metadata.create_all(db.engine)
    unit = Unit(code="DTN", name="decitonne", dimension="mass", numerator=100)
    regions = [
        Region(name=f"Region {n:02d}", country="IN", latitude=Decimal(8 + n), longitude=Decimal(70))
        for n in range(REGIONS)
    ]
    names = ["Turmeric", *(f"Commodity {n:03d}" for n in range(1, COMMODITIES))]
    commodities = [
        Commodity(code=name.lower().replace(" ", "-"), name=name, unit=unit) for name in names
    ]
    db.session.add_all([*regions, *commodities])
    db.session.add(FreightRate(currency="INR", unit=unit, rate=Decimal("0.30")))
    db.session.flush()
    companies = [
        Company(
            legal_name=f"Company {n} Ltd.",
            alias=f"T-{n:05d}",
            country="IN",
            registration_number=f"R{n:06d}",
            street="1 Market Road",
            city="Mumbai",
            region_id=source.choice(regions).id,
            state=Verification.VERIFIED,
            account_state=AccountState.ACTIVE,
            created_at=clock.now(),
            verified_at=clock.now(),
        )
        for n in range(COMPANIES)
    ]
    db.session.add_all(companies)
    db.session.flush()
    ids = (
        [company.id for company in companies],
        [commodity.id for commodity in commodities],
        [region.id for region in regions],
    )
    first = min(listings, FIRST)
    db.session.execute(insert(Listing), [_listing(n, source, *ids) for n in range(first)])
    db.session.commit()
    reindex(SYSTEM)
    _multiply(listings // first)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return str(
        db.session.execute(
            text("SELECT max(public_id) FROM listing WHERE commodity_id = 1")
        ).scalar()
    )


def _multiply(times: int) -> None:
    """Copy every listing and its words until there are ``times`` as many, at other prices."""
    changed = {
        "public_id": "substr(md5(random()::text || id || copy), 1, 13)",
        "reference": "reference || '-' || copy",
        "unit_price": "unit_price * (80 + floor(random() * 40)::bigint) / 100",
    }
    columns = [column.name for column in Listing.__table__.columns if column.name != "id"]
    values = ", ".join(changed.get(name, name) for name in columns)
    copies = f"listing, generate_series(2, {times}) AS copy"
    listing_copies = f"INSERT INTO listing ({', '.join(columns)}) SELECT {values} FROM {copies}"  # noqa: S608
    entry_copies = (
        "INSERT INTO search_entry (listing_id, document) SELECT copy.id, entry.document"
        " FROM listing AS copy JOIN listing AS original"
        " ON original.reference = split_part(copy.reference, '-', 1)"
        " JOIN search_entry AS entry ON entry.listing_id = original.id"
        " WHERE copy.id <> original.id"
    )
    for statement in (listing_copies, entry_copies):
        db.session.execute(text(statement))
    db.session.commit()


def _listing(
    number: int,
    source: random.Random,
    companies: Sequence[int],
    commodities: Sequence[int],
    regions: Sequence[int],
) -> dict[str, Any]:
    supply = source.random() < 0.5
    start = date(2026, 12, 1) + timedelta(days=source.randrange(60))
    quantity = Decimal(source.randrange(20, 500))
    return {
        "public_id": new_public_id(),
        "version": 1,
        "reference": f"L{number:06d}",
        "side": Side.SUPPLY if supply else Side.DEMAND,
        "state": ListingState.OPEN,
        "company_id": source.choice(companies),
        "commodity_id": source.choice(commodities),
        "region_id": source.choice(regions),
        "grade": source.choice(("FAQ", "A", "B")),
        "attributes": {"moisture": str(source.randrange(8, 15))},
        "quantity": quantity,
        "minimum_lot": Decimal(5),
        "reserved": Decimal(0),
        "filled": Decimal(0),
        "unit_price": Decimal(source.randrange(100_000, 600_000)).scaleb(-2),
        "currency": "INR",
        "incoterm": Incoterm.FCA if supply else Incoterm.DAP,
        "ready_from": start,
        "ready_until": start + timedelta(days=14),
        "valid_until": start + timedelta(days=14),
        "packaging": "50 kg bags",
        "description": "Graded by hand and stored dry.",
        "given": {},
        "implausible_price": False,
        "created_at": clock.now(),
        "opened_at": clock.now(),
    }


def bare_application() -> Flask:
    """The application to compare with: one query, as many bytes as asked for, nothing else."""
    app = Flask("bare")
    address = os.environ["HUB_DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
    kept = threading.local()
    bodies: dict[int, bytes] = {}

    @app.get("/<page>")
    def answer(page: str) -> Response:
        size = int(request.args["size"])
        if not hasattr(kept, "connection"):
            kept.connection = psycopg.connect(address, autocommit=True)
        parameters = {"public_id": request.args.get("public_id", "")}
        kept.connection.execute(ESSENTIAL[page], parameters).fetchall()
        return Response(bodies.setdefault(size, b"x" * size), mimetype="text/html")

    return app


@contextmanager
def served(target: str, environment: dict[str, str], *options: str) -> Iterator[int]:
    """The port of a granian that serves ``target``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--blocking-threads", str(THREADS), "--log-level", "error", "--no-access-log"),
        *("--workers-kill-timeout", "10", *options, target),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"Nothing answers on port {port}.")


def measure(port: int, path: str, seconds: float) -> Result:
    """Ask for ``path`` by several clients at once for ``seconds``."""
    until = time.monotonic() + seconds
    answered, sizes, began = [0] * CLIENTS, [0] * CLIENTS, time.monotonic()

    def ask(client: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")
            answered[client] += 1
            sizes[client] = len(body)
        connection.close()

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if not all(sizes):
        raise RuntimeError(f"{path} was not answered")
    return Result(sum(answered) / (time.monotonic() - began), max(sizes))


def statements(app: Flask, path: str) -> int:
    """The SQL statements of one request for ``path``, by a visitor, after a first one."""
    client = app.test_client()
    client.get(path)
    with app.app_context(), counted(db.engine) as sent:
        client.get(path)
    return len(sent)


def main() -> int:
    parser = argparse.ArgumentParser(description="time the market beside bare Flask routes")
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    with server("postgresql") as databases, tempfile.TemporaryDirectory() as folder:
        environment = {
            "HUB_DATABASE_URL": databases.empty_database(),
            "HUB_DATA": folder,
            "HUB_ENVIRONMENT": "development",
            "HUB_SECRET_KEY": secrets.token_hex(32),
            "HUB_DEMO": "0",
        }
        os.environ.update(environment)
        app = create_app(config.Development())
        began = time.monotonic()
        with app.app_context():
            public_id = fill(options.listings)
        print(f"{options.listings:,} listings in {time.monotonic() - began:.0f} s", flush=True)
        pages = {
            "list": "/market",
            "search": f"/market?q={WORD}",
            "detail": f"/market/listings/{public_id}",
        }
        with (
            served("wsgi:app", environment) as hub,
            served("bench.market:bare_application", environment, "--factory") as bare,
        ):
            for name, path in pages.items():
                compare(name, path, hub, bare, public_id, options.seconds, statements(app, path))
        with app.app_context():
            db.engine.dispose()
    return 0


def compare(
    name: str, path: str, hub: int, bare: int, public_id: str, seconds: float, sent: int
) -> None:
    """Measure the page and its bare route in three turns each; print the best of both."""
    warm = measure(hub, path, 1)
    bare_path = f"/{name}?size={warm.size}&public_id={public_id}"
    measure(bare, bare_path, 1)
    turns = [
        (measure(hub, path, seconds).per_second, measure(bare, bare_path, seconds).per_second)
        for _ in range(3)
    ]
    page, route = max(ours for ours, _ in turns), max(theirs for _, theirs in turns)
    print(
        f"  {name:<7}{page:8.1f} pages/s{route:9.1f} bare routes/s   {page / route:5.2f} of bare"
        f"   {warm.size / 1000:6.1f} kB   {sent} SQL statements",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
