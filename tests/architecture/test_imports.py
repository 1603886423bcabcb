"""The import contract in .importlinter holds."""

import ast
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from tests.architecture.source import ROOT, modules


def test_the_import_contract_is_kept() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint_imports, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_says_what_it_owns_and_does_nothing_on_import() -> None:
    """A package's __init__ is its docstring; only the commands' package looks for its topics."""
    wrong = [
        name
        for name, tree in modules().items()
        if fnmatchcase(name, "hub/*/__init__.py")
        and name.count("/") == 2
        and name != "hub/cli/__init__.py"
        and (ast.get_docstring(tree) is None or len(tree.body) > 1)
    ]
    assert wrong == []
