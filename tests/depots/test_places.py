"""Which depot serves a trade, and how administrators set depots up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from hub.core.actor import StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.depots import queries, services
from hub.depots.models import BinUse, Depot
from tests.depots.test_stock import receive
from tests.factories import Factories


def choose(
    make: Factories, quantity: str, expected: dict[int, Fraction] | None = None
) -> Depot | None:
    return queries.choose_depot(
        make.region("Maharashtra"),
        make.region("NCT of Delhi"),
        Decimal(quantity),
        make.unit("DTN"),
        expected or {},
    )


def test_the_depot_on_the_shortest_way_is_chosen(make: Factories) -> None:
    kolkata = make.region("West Bengal", latitude=Decimal("22.57"), longitude=Decimal("88.36"))
    make.depot("KOL", kolkata)
    delhi = make.depot("DEL", make.region("NCT of Delhi"))
    assert choose(make, "40") == delhi


def test_a_full_or_inactive_depot_is_passed_over(make: Factories) -> None:
    near = make.depot("DEL", make.region("NCT of Delhi"), capacity=Decimal(10))
    far = make.depot(
        "KOL",
        make.region("West Bengal", latitude=Decimal("22.57"), longitude=Decimal("88.36")),
        capacity=Decimal(100),
    )
    assert choose(make, "100") == near
    assert choose(make, "100.001") == far
    assert choose(make, "1001") is None
    assert choose(make, "60", {near.id: Fraction(4)}) == near
    assert choose(make, "60.001", {near.id: Fraction(4)}) == far
    operator = make.staff(StaffRole.DEPOT, depots=(near,))
    receive(make, operator, near, "50")
    assert queries.occupied() == {near.id: Fraction(5)}
    assert choose(make, "50") == near
    assert choose(make, "51") == far
    far.active = False
    db.session.commit()
    assert choose(make, "51") is None


def test_ensuring_a_depot_twice_changes_nothing(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    place = make.region()
    values = (place, Decimal("19.08"), Decimal("72.88"), Decimal(25000))
    regional = services.DepotSpec("Mumbai Regional Depot", *values)
    depot = services.ensure_depot(administrator, "mum", regional)
    assert depot.code == "MUM"
    assert {bin_.use for bin_ in queries.bins(depot.id)} == set(BinUse)
    again = services.ensure_depot(administrator, "MUM", regional)
    assert (again.id, again.version) == (depot.id, 1)
    port = services.DepotSpec("Mumbai Port Depot", *values)
    changed = services.ensure_depot(administrator, "MUM", port)
    assert (changed.id, changed.name, changed.version) == (depot.id, "Mumbai Port Depot", 2)
    actions = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.thing_kind == "depot", AuditEntry.thing_id == depot.id)
        .order_by(AuditEntry.id)
    ).all()
    assert actions == ["depot_created", "depot_changed"]


@pytest.mark.parametrize(
    ("code", "name", "latitude", "capacity", "field"),
    [
        ("ü", "Name", "1", "1", "code"),
        ("MUM", "Name", "1", "1", "code"),
        ("NEW", " ", "1", "1", "name"),
        ("NEW", "Name", "90.000001", "1", "latitude"),
        ("NEW", "Name", "1", "0", "capacity"),
    ],
)
def test_a_wrong_depot_is_not_stored(
    make: Factories, code: str, name: str, latitude: str, capacity: str, field: str
) -> None:
    make.depot("MUM")
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    point = Decimal(latitude), Decimal(1)
    spec = services.DepotSpec(name, make.region(), *point, Decimal(capacity))
    with pytest.raises(Invalid) as caught:
        services.create_depot(administrator, code, spec)
    assert list(caught.value.fields) == [field]
    assert [depot.code for depot in queries.depots()] == ["MUM"]


def test_only_administrators_set_depots_up(make: Factories) -> None:
    depot = make.depot()
    operator = make.staff(StaffRole.DEPOT, depots=(depot,))
    with pytest.raises(NotAllowed):
        services.add_bin(operator, depot.public_id, "S-02", BinUse.STORAGE)
    assert len(queries.bins(depot.id)) == 4


def test_bins_are_added_once(make: Factories) -> None:
    depot = make.depot()
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    services.add_bin(administrator, depot.public_id, "s-02", BinUse.STORAGE)
    with pytest.raises(Invalid):
        services.add_bin(administrator, depot.public_id, "S-02", BinUse.STORAGE)
    assert [found.code for found in queries.bins(depot.id, BinUse.STORAGE)] == ["S-01", "S-02"]


def test_a_change_on_an_old_version_is_refused(make: Factories) -> None:
    depot = make.depot()
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    values = (depot.region, depot.latitude, depot.longitude, depot.capacity)
    first, second = services.DepotSpec("First", *values), services.DepotSpec("Second", *values)
    services.change_depot(administrator, depot.public_id, 1, first, active=True)
    with pytest.raises(Conflict):
        services.change_depot(administrator, depot.public_id, 1, second, active=True)
    db.session.refresh(depot)
    assert depot.name == "First"
