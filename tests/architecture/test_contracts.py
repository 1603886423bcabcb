"""The house's own import rules: what they see, what they refuse, and that they see every module."""

import grimp
import pytest

from tools.contracts import NAMED, Anatomy, Doors, containers, floors_of

PACKAGES = ("hub.trade", "hub.trade.wing", "hub.goods", "hub.core")
MODULES = (
    "hub.trade.views",
    "hub.trade.forms",
    "hub.trade.services",
    "hub.trade.selling",
    "hub.trade.buying",
    "hub.trade.queries",
    "hub.trade.models",
    "hub.trade.events",
    "hub.trade.sums",
    "hub.trade.wing.services",
    "hub.trade.wing.flying",
    "hub.trade.wing.models",
    "hub.goods.services",
    "hub.goods.counting",
    "hub.goods.words",
    "hub.core.clock",
)
SOUND = (
    ("hub.trade.views", "hub.trade.forms"),
    ("hub.trade.forms", "hub.trade.services"),
    ("hub.trade.services", "hub.trade.selling"),
    ("hub.trade.services", "hub.trade.wing.services"),
    ("hub.trade.selling", "hub.trade.queries"),
    ("hub.trade.buying", "hub.trade.models"),
    ("hub.trade.queries", "hub.trade.models"),
    ("hub.trade.models", "hub.trade.events"),
    ("hub.trade.models", "hub.trade.sums"),
    ("hub.trade.wing.services", "hub.trade.wing.flying"),
    ("hub.trade.wing.flying", "hub.trade.wing.models"),
    ("hub.trade.selling", "hub.goods.services"),
    ("hub.trade.buying", "hub.goods.words"),
    ("hub.trade.sums", "hub.core.clock"),
)


def house(*more: tuple[str, str]) -> grimp.ImportGraph:
    """A small house in order, with some more imports."""
    graph = grimp.ImportGraph()
    for module in ("hub", *PACKAGES, *MODULES):
        graph.add_module(module)
    for importer, imported in (*SOUND, *more):
        graph.add_import(
            importer=importer, imported=imported, line_number=1, line_contents="import"
        )
    return graph


def anatomy(graph: grimp.ImportGraph) -> list[str]:
    options = {"root": "hub"}
    contract = Anatomy(name="inside", session_options={}, contract_options=options)
    broken: list[str] = contract.check(graph, verbose=False).metadata["broken"]
    return broken


def doors(graph: grimp.ImportGraph, *side_doors: str) -> list[str]:
    options = {
        "root": "hub",
        "names": ["services", "models"],
        "side_doors": ["goods.words", *side_doors],
        "free": ["demo"],
        "open": ["core"],
    }
    contract = Doors(name="doors", session_options={}, contract_options=options)
    broken: list[str] = contract.check(graph, verbose=False).metadata["broken"]
    return broken


def test_a_house_in_order_is_kept() -> None:
    graph = house()
    assert anatomy(graph) == []
    assert doors(graph) == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("hub.trade.queries", "hub.trade.selling"),
        ("hub.trade.queries", "hub.trade.wing.flying"),
        ("hub.trade.models", "hub.trade.queries"),
        ("hub.trade.events", "hub.trade.models"),
        ("hub.trade.selling", "hub.trade.services"),
        ("hub.trade.services", "hub.trade.forms"),
        ("hub.trade.forms", "hub.trade.views"),
        ("hub.trade.wing.models", "hub.trade.wing.flying"),
        ("hub.trade.wing.flying", "hub.trade.wing.services"),
    ],
)
def test_what_looks_up_is_named(importer: str, imported: str) -> None:
    assert anatomy(house((importer, imported))) == [
        f"{importer} imports {imported}, which stands no lower"
    ]


def test_verb_groups_may_call_each_other() -> None:
    assert anatomy(house(("hub.trade.selling", "hub.trade.buying"))) == []


def test_a_module_is_pure_until_it_reads_a_table_however_far_away() -> None:
    graph = house(("hub.trade.sums", "hub.trade.selling"))
    assert floors_of(house(), "hub.trade")["hub.trade.sums"] == -1
    assert floors_of(graph, "hub.trade")["hub.trade.sums"] > -1
    assert anatomy(graph) == ["hub.trade.models imports hub.trade.sums, which stands no lower"]


def test_a_package_is_entered_by_a_door() -> None:
    assert doors(house(("hub.trade.buying", "hub.goods.counting"))) == [
        "hub.trade.buying enters goods by hub.goods.counting, which is no door"
    ]
    assert doors(house(("hub.trade.buying", "hub.goods.counting")), "goods.counting") == []


def test_a_side_door_that_nobody_uses_is_walled_up() -> None:
    assert doors(house(), "goods.counting") == ["nobody needs the side door goods.counting"]


def test_every_module_of_the_hub_is_under_a_rule() -> None:
    """Below the packages, every module stands on a floor, or in a folder that does."""
    graph = grimp.build_graph("hub")
    ruled = {"hub", *graph.find_children("hub")}
    for container in containers(graph, "hub"):
        for child in floors_of(graph, container):
            ruled.add(child)
            if child.rpartition(".")[2] in NAMED:
                ruled |= graph.find_descendants(child)
    assert graph.modules - ruled == set()
