"""The house's own rules for imports, beside those that import-linter ships.

`anatomy`: inside every package, at every depth, a module stands on the floor that its name says,

    views | jobs | reactions | guards
    forms
    services
    verb groups, and sub-packages        (every other name)
    documents
    queries
    models
    events
    pure computation                     (every other name, see below)

and imports only what stands lower. No list says which module is which: one with another name is
pure if nothing that it imports of its own package is anything but pure; else it is a verb group. A
file may be a folder of the same name (`views/`, `models/`), whose files may import each other.

`doors`: a package is entered from other packages only by modules with the names given, at whatever
depth, and by those that the contract lists.
"""

from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

SURFACES = frozenset({"views", "jobs", "reactions", "guards"})
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"events"}),
    frozenset({"models"}),
    frozenset({"queries"}),
    frozenset({"documents"}),
    frozenset(),  # verb groups and sub-packages
    frozenset({"services"}),
    frozenset({"forms"}),
    SURFACES,
)
VERBS = FLOORS.index(frozenset())
PURE = -1
NAMED = {name: floor for floor, names in enumerate(FLOORS) for name in names}


def containers(graph: ImportGraph, root: str) -> list[str]:
    """The packages that have an anatomy: those below `root`, and their sub-packages."""
    found = []
    for package in sorted(graph.find_children(root)):
        if not graph.find_children(package):
            continue
        found.append(package)
        found += [
            inner
            for inner in sorted(graph.find_children(package))
            if graph.find_children(inner) and inner.rpartition(".")[2] not in NAMED
        ]
    return found


def floors_of(graph: ImportGraph, container: str) -> dict[str, int]:
    """The floor of each module and sub-package that stands directly in `container`."""
    children = graph.find_children(container)
    imported = {child: set(_imported(graph, child, children)) for child in children}
    impure = {child for child in children if child.rpartition(".")[2] in NAMED}
    impure |= {child for child in children if graph.find_children(child)}
    while True:
        more = {child for child in children - impure if imported[child] & impure}
        if not more:
            break
        impure |= more
    return {
        child: PURE if child not in impure else NAMED.get(child.rpartition(".")[2], VERBS)
        for child in children
    }


def _imported(graph: ImportGraph, child: str, siblings: Iterable[str]) -> Iterable[str]:
    """The siblings that `child`, or anything inside it, imports directly."""
    for sibling in siblings:
        if sibling != child and _below(graph, child, sibling):
            yield sibling


def _below(graph: ImportGraph, child: str, sibling: str) -> list[tuple[str, str]]:
    own = {child} | graph.find_descendants(child)
    theirs = {sibling} | graph.find_descendants(sibling)
    return [
        (one, other)
        for one in sorted(own)
        for other in sorted(graph.find_modules_directly_imported_by(one) & theirs)
    ]


class Anatomy(Contract):
    """Inside every package a module imports only what stands on a lower floor."""

    type_name = "anatomy"

    root = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken: list[str] = []
        modules: set[str] = set()
        for container in containers(graph, str(self.root)):
            floors = floors_of(graph, container)
            modules |= set(floors)
            for child, floor in sorted(floors.items()):
                for sibling, other in sorted(floors.items()):
                    if sibling == child or other < floor or (floor == other and floor <= VERBS):
                        continue
                    broken += [
                        f"{one} imports {two}, which stands no lower"
                        for one, two in _below(graph, child, sibling)
                    ]
        return ContractCheck(kept=not broken, metadata={"broken": broken, "modules": len(modules)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(f"- {line}")


class Doors(Contract):
    """A package is entered from other packages only by its doors.

    A door is a module with one of `names`, or one of `side_doors`, named with its package.
    `free` packages enter everywhere (they put the house together or show it), and `open` packages
    may be entered everywhere.
    """

    type_name = "doors"

    root = fields.StringField()
    names = fields.SetField(subfield=fields.StringField())
    side_doors = fields.SetField(subfield=fields.StringField())
    free = fields.SetField(subfield=fields.StringField())
    open = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        root = str(self.root)
        names, free = _texts(self.names), _texts(self.free)
        opened, side_doors = _texts(self.open), _texts(self.side_doors)
        unused = set(side_doors)
        broken = []
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                own, package = _package(importer, root), _package(imported, root)
                if package in {"", own, *opened} or own in free:
                    continue
                door = imported.removeprefix(f"{root}.")
                unused.discard(door)
                if door not in side_doors and not names & set(door.split(".")[1:]):
                    broken.append(f"{importer} enters {package} by {imported}, which is no door")
        broken += [f"nobody needs the side door {door}" for door in sorted(unused)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    render_broken_contract = Anatomy.render_broken_contract


def _package(module: str, root: str) -> str:
    """The package right below `root` that `module` belongs to; empty for `root` itself."""
    inside = module.startswith(f"{root}.")
    return module.removeprefix(f"{root}.").split(".")[0] if inside else ""


def _texts(field: object) -> set[str]:
    """What a field of several texts holds; import-linter types only its declaration."""
    return set(cast("Iterable[str]", field))
