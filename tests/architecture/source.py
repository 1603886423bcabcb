"""The hub's own code as the architecture tests read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HUB = ROOT / "hub"


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the hub, parsed, by its path from the checkout."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(HUB.rglob("*.py"))
    }


@cache
def templates() -> dict[str, str]:
    """The text of every template, by its path from the checkout."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((HUB / "templates").rglob("*.*"))
    }


def nodes(*, outside: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node with the file and line it stands on, but for the files in ``outside``."""
    for name, tree in modules().items():
        if name in outside:
            continue
        for node in ast.walk(tree):
            yield f"{name}:{getattr(node, 'lineno', 0)}", node


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for a chain of attributes on a name; the empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
