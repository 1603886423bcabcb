"""``flask hub import-…``: what is told, and with which exit status."""

from pathlib import Path

import click
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from hub.catalogue.models import Commodity, Region, Unit
from hub.cli import imports
from hub.core.db.base import db
from hub.depots.models import Depot
from hub.posting.models import Listing, ListingState
from tests.factories import Factories
from tests.posting.posting_factories import csv_file, texts


def run(app: Flask, command: click.Command, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(command, list(arguments))


def rows(model: type) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def kept(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_regions_depots_catalogue_and_listings(app: Flask, tmp_path: Path) -> None:
    regions = kept(
        tmp_path, "regions.csv", b"region,latitude,longitude,country\nMaharashtra,19.75,75.71,IN\n"
    )
    depots = kept(
        tmp_path,
        "depots.csv",
        b"code,name,region,latitude,longitude,capacity_t\n"
        b"MUM,Mumbai Regional Depot,Maharashtra,19.08,72.88,25000\n",
    )
    catalogue = kept(
        tmp_path,
        "catalogue.csv",
        "code,name,name_zh,parent,hs_code,unit\nonion,Onion,洋葱,,070310,DTN\n".encode(),
    )
    listings = kept(tmp_path, "listings.csv", csv_file(texts(company="New Ltd.")))
    for _ in range(2):
        for command, *arguments in (
            (imports.import_regions, regions),
            (imports.import_depots, depots),
            (imports.import_catalogue, catalogue),
            (imports.import_listings, listings, "--create"),
        ):
            done = run(app, command, *arguments)
            assert (done.exit_code, done.stderr) == (0, "")
        assert [rows(each) for each in (Region, Depot, Commodity, Listing)] == [1, 1, 1, 1]
    assert done.output == (
        "Listings: 0 accepted, 0 changed, 1 unchanged, 0 refused; 0 with an implausible price.\n"
    )
    assert db.session.scalars(select(Listing)).one().state is ListingState.OPEN


def test_refused_rows_are_told_and_the_rest_is_posted(
    app: Flask, make: Factories, tmp_path: Path
) -> None:
    make.commodity("Onion")
    make.company("Nashik Growers")
    path = kept(tmp_path, "x.csv", csv_file(texts(), texts(reference="S-2", price="1e309")))
    done = run(app, imports.import_listings, path, "--company", "Nashik Growers")
    assert done.exit_code == 0
    assert done.stdout.startswith("Listings: 1 accepted, 0 changed, 0 unchanged, 1 refused")
    assert "line 3, price: “1e309” is not a plain number" in done.stderr
    assert db.session.scalars(select(Listing)).one().state is ListingState.PENDING_REVIEW


def test_mistakes_end_with_status_1_and_change_nothing(app: Flask, tmp_path: Path) -> None:
    broken = kept(tmp_path, "broken.csv", b"\x00\x01")
    lost = kept(
        tmp_path,
        "lost.csv",
        b"code,name,region,latitude,longitude,capacity_t\nMUM,Mumbai,Atlantis,19,72,25000\n",
    )
    for command, *arguments in (
        (imports.import_regions, broken),
        (imports.import_depots, lost),
        (imports.import_catalogue, broken),
        (imports.import_catalogue, "--units", broken),
        (imports.import_listings, broken, "--create"),
        (imports.import_listings, broken, "--company", "Nobody"),
    ):
        done = run(app, command, *arguments)
        assert done.exit_code == 1
        assert "Nothing was imported." in done.stderr
    assert run(app, imports.import_catalogue).exit_code == 2
    assert run(app, imports.import_regions, str(tmp_path / "absent.csv")).exit_code == 2
    assert [rows(each) for each in (Region, Depot, Commodity, Listing)] == [0, 0, 0, 0]


def test_the_list_of_units_comes_by_option(app: Flask, tmp_path: Path) -> None:
    data = "Status,CommonCode,Name,ConversionFactor,Symbol\n,2U,megagram,10³ kg,Mg\nX,AB,old,,\n"
    path = kept(tmp_path, "rec20.csv", data.encode())
    done = run(app, imports.import_catalogue, "--units", path)
    assert (done.exit_code, done.output) == (0, "Units: 2 added, 0 changed, 0 unchanged.\n")
    assert db.session.scalars(select(Unit).where(Unit.code == "AB")).one().withdrawn is True
