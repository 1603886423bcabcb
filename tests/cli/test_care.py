"""``flask hub reindex`` and ``verify-seal``."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from hub.cli.care import reindex, verify_seal_of
from hub.contracts.drawing.documents import render_contract
from hub.contracts.seal.provider import current_seal
from hub.contracts.seal.sealing import add_signature_sheet_and_seal
from hub.core.db.base import db
from hub.market.models import SearchEntry
from tests.contracts.example_terms import TERMS
from tests.factories import Factories


def test_reindex_puts_every_open_listing_into_the_search(app: Flask, make: Factories) -> None:
    make.listing()
    done = app.test_cli_runner().invoke(reindex)
    assert done.stdout == "1 open listings are in the search.\n"
    assert db.session.scalar(select(func.count()).select_from(SearchEntry)) == 1


def test_verify_seal_tells_a_sealed_file_from_a_changed_one(app: Flask, tmp_path: Path) -> None:
    sealed = add_signature_sheet_and_seal(
        render_contract(TERMS),
        [],
        current_seal(),
        number=TERMS.number,
        sealed_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    )
    file = tmp_path / "contract.pdf"
    file.write_bytes(sealed)
    run = app.test_cli_runner()
    assert "unchanged since" in run.invoke(verify_seal_of, [str(file)]).stdout
    file.write_bytes(sealed.replace(b"/Producer", b"/Producex", 1))
    broken = run.invoke(verify_seal_of, [str(file)])
    assert broken.exit_code == 1
    assert "unbroken seal" in broken.stderr
