"""What administrators do to the catalogue, by hand and from files."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.catalogue import importing, queries, services
from hub.catalogue.models import AttributeKind, Commodity, FreightRate, Region, Unit
from hub.catalogue.specifications import AttributeSpec, CommoditySpec
from hub.core import audit
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from tests.factories import Factories

ONION = CommoditySpec(
    code="onion",
    name="Onion",
    name_zh="洋葱",
    unit="DTN",
    hs_code="070310",
    picture="onion",
    attributes=(AttributeSpec("moisture", "Moisture, %", AttributeKind.NUMBER, required=True),),
)


@pytest.fixture
def administrator(make: Factories) -> Actor:
    services.ensure_units()
    return make.staff(StaffRole.ADMINISTRATOR)


def rows(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_commodity_is_added_and_changed_with_history(administrator: Actor) -> None:
    made = services.create_commodity(administrator, ONION)
    assert (made.names, made.unit.code, made.hs_code) == ({"zh_Hans": "洋葱"}, "DTN", "070310")
    assert [(each.code, each.required) for each in made.attributes] == [("moisture", True)]
    version = made.version
    changed = services.edit_commodity(
        administrator, made.public_id, version, replace(ONION, name="Red onion", attributes=())
    )
    assert (changed.name, changed.attributes) == ("Red onion", [])
    entry = audit.history([("commodity", made.id)])[0]
    assert entry.details["changes"] == {
        "name": ["Onion", "Red onion"],
        "attribute moisture": ["Moisture, %", None],
    }
    with pytest.raises(Conflict):
        services.edit_commodity(administrator, made.public_id, version, ONION)
    again = replace(ONION, name="Red onion", attributes=())
    services.edit_commodity(administrator, made.public_id, made.version, again)
    assert len(audit.history([("commodity", made.id)])) == 2


def test_changed_attributes_count_as_a_new_version(administrator: Actor) -> None:
    made = services.create_commodity(administrator, ONION)
    before = made.version
    more = replace(ONION, attributes=(*ONION.attributes, AttributeSpec("variety", "Variety")))
    services.edit_commodity(administrator, made.public_id, before, more)
    assert made.version == before + 1
    assert [each.code for each in made.attributes] == ["moisture", "variety"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Red Onion"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"hs_code": "0703"}, "hs_code"),
        ({"hs_code": "07031A"}, "hs_code"),
        ({"picture": "../secret"}, "picture"),
        ({"parent": "vegetables"}, "parent"),
        ({"attributes": (AttributeSpec("Bad Code", "x"),)}, "attributes"),
        ({"attributes": (AttributeSpec("kind", "Kind", AttributeKind.CHOICE),)}, "attributes"),
        ({"attributes": (AttributeSpec("a", "A"), AttributeSpec("a", "B"))}, "attributes"),
    ],
)
def test_wrong_commodities_are_refused(
    administrator: Actor, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        services.create_commodity(administrator, replace(ONION, **changes))
    assert list(caught.value.fields) == [field]
    assert rows(Commodity) == 0


def test_withdrawn_units_measure_nothing(administrator: Actor) -> None:
    with pytest.raises(Invalid, match="withdrawn"):
        services.create_commodity(administrator, replace(ONION, unit="BG"))
    assert rows(Commodity) == 0


def test_a_unit_stays_and_a_tree_has_no_circles(administrator: Actor) -> None:
    parent = services.create_commodity(
        administrator, CommoditySpec(code="vegetables", name="Vegetables", unit="DTN")
    )
    child = services.create_commodity(administrator, replace(ONION, parent="vegetables"))
    with pytest.raises(Conflict):
        services.edit_commodity(
            administrator, child.public_id, child.version, replace(ONION, unit="TNE")
        )
    with pytest.raises(Invalid):
        services.edit_commodity(
            administrator,
            parent.public_id,
            parent.version,
            CommoditySpec(code="vegetables", name="Vegetables", unit="DTN", parent="onion"),
        )
    assert (child.unit.code, parent.parent_id) == ("DTN", None)
    assert [each.code for each in queries.tradable_commodities()] == ["onion"]


def test_regions_and_rates(administrator: Actor) -> None:
    region = services.create_region(
        administrator,
        name="Goa",
        name_zh="果阿",
        country="in",
        latitude=Decimal("15.3"),
        longitude=Decimal("74.12"),
    )
    assert (region.country, region.latitude) == ("IN", Decimal("15.3"))
    for field, changes in (
        ("latitude", {"latitude": Decimal("90.1")}),
        ("longitude", {"longitude": Decimal("NaN")}),
        ("name", {"name": "Goa"}),
        ("country", {"country": "XX"}),
    ):
        values: dict[str, Any] = {
            "name": "Elsewhere",
            "latitude": Decimal(1),
            "longitude": Decimal(1),
        }
        with pytest.raises(Invalid) as caught:
            services.create_region(administrator, **(values | changes))
        assert list(caught.value.fields) == [field]
    assert rows(Region) == 1
    services.set_freight_rate(administrator, "inr", "DTN", Decimal("0.30"))
    rate = services.set_freight_rate(administrator, "INR", "DTN", Decimal("0.35"))
    assert (rows(FreightRate), rate.rate) == (1, Decimal("0.35"))
    for currency, amount in (("QQQ", "1"), ("INR", "-1"), ("INR", "0.0000001"), ("INR", "NaN")):
        with pytest.raises(Invalid):
            services.set_freight_rate(administrator, currency, "DTN", Decimal(amount))
    assert rate.rate == Decimal("0.35")


VERBS: dict[str, Callable[[Actor], Any]] = {
    "units": services.ensure_units,
    "withdraw": lambda actor: services.set_unit_withdrawn(actor, "DTN", True),
    "commodity": lambda actor: services.create_commodity(actor, ONION),
    "region": lambda actor: services.create_region(
        actor, name="Goa", latitude=Decimal(1), longitude=Decimal(1)
    ),
    "rate": lambda actor: services.set_freight_rate(actor, "INR", "DTN", Decimal(1)),
    "regions": lambda actor: importing.import_regions(actor, b"region,latitude,longitude\n"),
    "commodities": lambda actor: importing.import_commodities(
        actor, b"code,name,name_zh,parent,hs_code,unit\n"
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_only_administrators_change_the_catalogue(make: Factories, verb: str) -> None:
    make.unit("DTN")
    for actor in (make.trader(), make.staff(StaffRole.BROKER), Actor()):
        with pytest.raises(NotAllowed):
            VERBS[verb](actor)
    assert (rows(Commodity), rows(FreightRate), rows(Unit)) == (0, 0, 1)


HEAD = "code,name,name_zh,parent,hs_code,unit,attributes\n"
FILE = HEAD + (
    "vegetables,Vegetables,蔬菜,,,DTN,\n"
    "onion,Onion,洋葱,vegetables,070310,DTN,moisture:number:required; kind:choice:red|white\n"
)


def test_a_commodity_file_is_taken_in_once(app: object) -> None:
    assert importing.import_commodities(SYSTEM, FILE.encode()) == (2, 0, 0)
    onion = queries.commodity_by_code("onion")
    assert onion is not None
    assert onion.picture == "onion"
    kinds = [(each.code, each.kind, each.choices, each.required) for each in onion.attributes]
    assert kinds == [
        ("moisture", AttributeKind.NUMBER, [], True),
        ("kind", AttributeKind.CHOICE, ["red", "white"], False),
    ]
    assert importing.import_commodities(SYSTEM, FILE.encode()) == (0, 0, 2)
    renamed = FILE.replace("洋葱", "红洋葱").encode()
    assert importing.import_commodities(SYSTEM, renamed) == (0, 1, 1)


def test_a_commodity_file_with_mistakes_changes_nothing(app: object) -> None:
    wrong = FILE + "x y,Bad,,,12,BG,\ngarlic,Garlic,,,070320,ZZZ,a:b\n"
    with pytest.raises(Invalid) as caught:
        importing.import_commodities(SYSTEM, wrong.encode())
    assert [line.split(":")[0] for line in caught.value.message.splitlines()] == [
        "Line 4",
        "Line 5",
    ]
    assert rows(Commodity) == 0


def test_hs_codes_are_checked_against_a_list(app: object) -> None:
    known = importing.hs_codes(b"section,hscode\nII,0703\nII,070320\n")
    with pytest.raises(Invalid, match="Line 3.*070310"):
        importing.import_commodities(SYSTEM, FILE.encode(), known)
    assert rows(Commodity) == 0


def test_regions_are_taken_in_once(app: object) -> None:
    data = b"region,latitude,longitude\nGoa,15.30,74.12\nBihar,25.10,85.31\n"
    assert importing.import_regions(SYSTEM, data) == (2, 0, 0)
    assert importing.import_regions(SYSTEM, data) == (0, 0, 2)
    with pytest.raises(Invalid, match="Line 3"):
        importing.import_regions(SYSTEM, b"region,latitude,longitude\nX,1,2\nY,north,2\n")
    assert rows(Region) == 2


REC_20 = (
    "Status,CommonCode,Name,Description,LevelAndCategory,Symbol,ConversionFactor\n"
    ",DTN,decitonne,,1M,dt,10² kg\n"
    "X,LTN,ton (UK),,2,,1 x kg\n"
    ",2U,megagram,,1M,Mg,10³ kg\n"
    ',F13,slug,,2,slug,"1,459 390 x 10¹ kg"\n'
    "D,06,small spray,,3.9,,\n"
)


def test_the_list_of_units_is_taken_in(app: object) -> None:
    assert importing.import_units(SYSTEM, REC_20.encode()) == (3, 1, 1)
    stored = {each.code: each for each in queries.units(with_withdrawn=True)}
    assert stored["LTN"].withdrawn is True
    assert (stored["2U"].dimension, stored["2U"].factor) == ("mass", 1000)
    # Recommendation 20 writes this factor rounded: it converts to nothing.
    assert stored["F13"].dimension == "unit F13"
    with pytest.raises(Invalid, match="withdrawn"):
        queries.unit("06")
    assert importing.import_units(SYSTEM, REC_20.encode()) == (0, 0, 5)


@pytest.mark.shared_data
def test_the_shared_standards_are_taken_in(app: object, shared_data: Path) -> None:
    data = (shared_data / "standards" / "unece-rec20.csv").read_bytes()
    added, changed, _unchanged = importing.import_units(SYSTEM, data)
    assert (added > 2000, changed) == (True, 0)
    known = importing.hs_codes((shared_data / "standards" / "harmonized-system.csv").read_bytes())
    assert "070310" in known
    assert len(known) > 5000
