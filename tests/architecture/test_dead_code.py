"""Nothing stands in the hub that nobody uses: neither its code nor its pages, only tests."""

import re
from pathlib import Path

from vulture import Vulture

from tests.architecture.source import HUB, ROOT, templates

#: What frameworks find by themselves: routes, listeners, commands, what each page is given.
FOUND_BY_DECORATOR = [
    f"@*.{name}" for name in ("route", "get", "post", "listens_for", "directive")
] + [f"@*.{name}" for name in ("after_request", "before_request", "*context_processor")]
#: Used, but by name only.
ALLOWED = {
    "get_id": "Flask-Login asks who is signed in",
    "process_bind_param": "SQLAlchemy's column types",
    "process_result_value": "SQLAlchemy's column types",
    "_adapt_expression": "SQLAlchemy's column types",
    "comparator_factory": "SQLAlchemy's column types",
    "process_data": "WTForms' fields",
    "process_formdata": "WTForms' fields",
    "_value": "WTForms' fields",
    "pre_validate": "WTForms' fields",
    "Meta": "WTForms' forms",
}


def unused() -> list[str]:
    """Functions, classes, methods, properties and imports that no code and no template names."""
    found = Vulture(ignore_decorators=FOUND_BY_DECORATOR)
    places = [HUB, ROOT / "config.py", ROOT / "wsgi.py", ROOT / "scripts", ROOT / "migrations"]
    found.scavenge([str(place) for place in places])
    for text in templates().values():
        found.used_names |= set(re.findall(r"\w+", text))
    kinds = {"function", "class", "method", "property", "import"}
    inline_validator = re.compile(r"validate_\w+")
    return [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.typ} {item.name}"
        for item in found.get_unused_code(min_confidence=60)
        if item.typ in kinds
        and item.name not in ALLOWED
        and item.filename.is_relative_to(HUB)
        and not inline_validator.fullmatch(item.name)
    ]


def test_dead_code_is_seen(tmp_path: Path) -> None:
    """What the check would say of a function and a class that only stand there."""
    dead = tmp_path / "dead.py"
    dead.write_text("def forgotten() -> None: ...\n\nclass Left:\n    def alone(self): ...\n")
    found = Vulture(ignore_decorators=FOUND_BY_DECORATOR)
    found.scavenge([str(dead)])
    assert [item.name for item in found.get_unused_code(60)] == ["forgotten", "Left", "alone"]


def test_nothing_is_there_that_nobody_uses() -> None:
    assert unused() == []
