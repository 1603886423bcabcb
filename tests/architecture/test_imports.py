"""Packages say what they own. The import contract itself is a step of its own beside the tests."""

import ast
from fnmatch import fnmatchcase

from tests.architecture.source import modules


def test_every_package_says_what_it_owns_and_does_nothing_on_import() -> None:
    """A package's __init__ is its docstring, at every depth; but views attach their pages there,
    and the commands' package looks for its topics."""
    wrong = [
        name
        for name, tree in modules().items()
        if fnmatchcase(name, "hub/*/__init__.py")
        and not name.endswith(("/views/__init__.py", "/cli/__init__.py"))
        and (ast.get_docstring(tree) is None or len(tree.body) > 1)
    ]
    assert wrong == []
