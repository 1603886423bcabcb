"""Laws of the house that can be read off the code."""

import ast
import re

from tests.architecture.source import ROOT, dotted, modules, nodes

CLOCK = "hub/core/clock.py"
# Beside use cases: failures of sign-in are kept when their use case fails, the jobs process ends
# the transaction in which it asked for its lock, and the rehearsal copies a whole database.
MAY_COMMIT = (
    "hub/core/use_case.py",
    "hub/accounts/failures.py",
    "hub/scheduler.py",
    "hub/rehearsal/copying.py",
)
STATES = "hub/core/states.py"
MOST_LINES_OF_A_FILE = 420
MOST_LINES_OF_A_FUNCTION = 60


def test_only_the_clock_knows_the_time() -> None:
    present = re.compile(
        r"(datetime|date)\.(now|today|utcnow)|time\.(time|time_ns|localtime|gmtime)"
        r"|(sql\.|sa\.)?func\.(now|current_timestamp|current_date)"
    )
    found = [
        place
        for place, node in nodes(outside=(CLOCK,))
        if isinstance(node, ast.Attribute) and present.fullmatch(dotted(node))
    ]
    assert found == []


def test_only_a_use_case_commits() -> None:
    found = [
        place
        for place, node in nodes(outside=MAY_COMMIT)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert found == []


def test_nobody_assigns_a_state() -> None:
    found = []
    for place, node in nodes(outside=(STATES,)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        if any(isinstance(one, ast.Attribute) and one.attr == "state" for one in targets):
            found.append(place)
    assert found == []


def test_only_the_configuration_reads_the_environment() -> None:
    found = [
        place
        for place, node in nodes()
        if dotted(node) in {"os.environ", "os.getenv"}
        or (
            isinstance(node, ast.ImportFrom)
            and {"environ", "getenv"} & {a.name for a in node.names}
        )
    ]
    assert found == []


def test_files_and_functions_stay_readable() -> None:
    long_files = [
        name
        for name in modules()
        if len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MOST_LINES_OF_A_FILE
    ]
    long_functions = [
        f"{place} {node.name}"
        for place, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert (long_files, long_functions) == ([], [])


def test_lock_files_name_no_host_and_agree() -> None:
    """Every package is pinned with hashes, and development installs the very same pins."""
    pins = {}
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links|\s@\s", text), name
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in block for block in blocks), name
        pins[name] = set(blocks)
    assert pins["requirements.txt"] <= pins["requirements-dev.txt"]
    assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8").replace(
        "https://opencollective.com/", ""
    )
