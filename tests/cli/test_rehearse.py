"""``flask hub rehearse``: the whole trade by one command, on a small book and on real listings."""

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli.rehearse import rehearse

pytestmark = pytest.mark.one_database  # it makes databases of its own

SMALL_BOOK = Path(__file__).resolve().parent.parent / "small_book"
LINEAR_OPTIMUM = Decimal(865_070_093)


def _options(listings: Path, regions: Path, depots: Path, *more: str) -> list[str]:
    return [
        f"--supply={listings / 'supply.csv'}",
        f"--demand={listings / 'demand.csv'}",
        f"--regions={regions}",
        f"--depots={depots}",
        "--json",
        *more,
    ]


def _small(*more: str) -> list[str]:
    return _options(SMALL_BOOK, SMALL_BOOK / "regions.csv", SMALL_BOOK / "depots.csv", *more)


def _run(arguments: list[str]) -> dict[str, Any]:
    done = CliRunner().invoke(rehearse, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_small_book_is_traded_to_the_end(tmp_path: Path) -> None:
    report = _run(_small("--trades=3", f"--keep={tmp_path}"))
    assert report["listings"] == {"accepted": 13, "rejected": 1}
    assert report["contracts"] == {"signed": 3}
    assert report["payments"] == {"invoices": 3, "paid": 3}
    assert report["dispatch"] == {"delivered": 3, "accepted": 3}
    assert report["payouts"] == {"settled": 3}
    assert report["invariants"] == {"checked": 13, "broken": []}
    contracts = sorted((tmp_path / "contracts").glob("*.pdf"))
    assert [path.name for path in contracts] == [
        f"contract-2027-00000{number}.pdf" for number in (1, 2, 3)
    ]
    seen = subprocess.run(["pdfsig", contracts[0]], capture_output=True, text=True, check=False)
    assert "Signature is Valid." in seen.stdout
    assert "Total document signed" in seen.stdout
    assert (tmp_path / "hub.sqlite3").exists()
    assert list((tmp_path / "bank").glob("statement-PAY*.xml"))
    assert list((tmp_path / "bank").glob("statement-OUT*.xml"))


def test_a_rehearsal_on_the_own_database_keeps_its_files_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE_URL", f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    first = _run(_small("--here", "--trades=1"))
    second = _run(_small("--here", "--trades=1"))
    for report in (first, second):
        assert report["payouts"] == {"settled": 1}
        assert report["invariants"] == {"checked": 13, "broken": []}


def test_nothing_to_trade_is_no_failure() -> None:
    report = _run(_small("--trades=0"))
    assert report["match"]["proposals"] == 7
    assert report["contracts"] == {"signed": 0}
    assert report["invariants"]["broken"] == []


def test_an_unreadable_file_is_told_and_nothing_is_printed_as_json(tmp_path: Path) -> None:
    broken = tmp_path / "supply.csv"
    broken.write_text("reference,side\nS1,supply\n")
    (tmp_path / "demand.csv").write_bytes((SMALL_BOOK / "demand.csv").read_bytes())
    arguments = _options(tmp_path, SMALL_BOOK / "regions.csv", SMALL_BOOK / "depots.csv")
    done = CliRunner().invoke(rehearse, arguments)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "Line 1 lacks the column(s)" in done.stderr


def test_production_refuses_to_rehearse_on_its_own_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", "production")
    monkeypatch.setenv("HUB_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("HUB_DATABASE_URL", "sqlite:////nowhere/hub.sqlite3")
    monkeypatch.setenv("HUB_HOST_NAME", "hub.example")
    done = CliRunner().invoke(rehearse, _small("--here"))
    assert done.exit_code == 1
    assert "refused in Production" in done.stderr


@pytest.mark.shared_data
def test_the_real_listings_are_matched_and_traded(shared_data: Path) -> None:
    regions = shared_data / "regions"
    report = _run(
        _options(
            shared_data / "listings",
            regions / "india_states.csv",
            regions / "depots.csv",
            "--trades=12",
        )
    )
    assert report["listings"] == {"accepted": 4903 + 3900, "rejected": 0}
    assert Decimal(report["match"]["surplus"]) >= LINEAR_OPTIMUM * Decimal("0.995")
    assert report["contracts"]["signed"] == 12
    assert report["payments"] == {"invoices": 12, "paid": 12}
    assert report["dispatch"] == {"delivered": 12, "accepted": 12}
    assert report["payouts"]["settled"] == 12
    assert report["invariants"] == {"checked": 13, "broken": []}
