"""Texts for people can be translated, and no placeholder gets lost on the way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import nodes as jinja_nodes

from tests.architecture.source import HUB, ROOT, dotted, nodes, templates

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _catalogs() -> list[Path]:
    return sorted((HUB / "translations").glob("*/LC_MESSAGES/*.po"))


def _faults(message: Any) -> Iterator[str]:
    originals = message.id if isinstance(message.id, tuple) else (message.id,)
    written = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = [set(PLACEHOLDER.findall(text)) for text in originals]
    for text in filter(None, written):
        if set(PLACEHOLDER.findall(text)) not in wanted:
            yield f"{originals[0]!r} has other placeholders in {text!r}"


def test_translations_keep_every_placeholder() -> None:
    faults = []
    for path in _catalogs():
        with path.open("rb") as file:
            catalog = read_po(file)
        faults += [
            f"{path.parts[-3]}: {fault}" for message in catalog for fault in _faults(message)
        ]
    assert faults == []


def _fault_of(text: object, given: set[str], *, always_formatted: bool) -> str | None:
    if not isinstance(text, str):
        return "the text is not a literal, so it can't be translated"
    if not given and not always_formatted:
        lost = PLACEHOLDER.findall(text)
        return f"{text!r} is given no value for {lost}" if lost else None
    try:
        text % dict.fromkeys(given, 1)
    except (KeyError, TypeError, ValueError) as error:
        return f"{text!r} can't be filled in: {error!r}"
    return None


def test_every_text_in_the_code_gets_its_values() -> None:
    faults = []
    for place, node in nodes(outside=("hub/core/i18n.py",)):
        if not (isinstance(node, ast.Call) and dotted(node.func) in {"_", "_l"} and node.args):
            continue
        text = node.args[0]
        if any(keyword.arg is None for keyword in node.keywords):
            continue
        if isinstance(text, ast.Name | ast.Attribute | ast.Subscript):
            continue  # a text marked by N_() elsewhere
        value = text.value if isinstance(text, ast.Constant) else None
        given = {str(keyword.arg) for keyword in node.keywords}
        if fault := _fault_of(value, given, always_formatted=False):
            faults.append(f"{place}: {fault}")
    assert faults == []


def test_every_text_in_the_templates_gets_its_values(schema_app: Flask) -> None:
    """Templates format every text, so that even a lone percent sign has to be doubled."""
    faults = []
    for name in templates():
        if not name.endswith((".html", ".txt", ".xml")):
            continue
        source = (ROOT / name).read_text(encoding="utf-8")
        for call in schema_app.jinja_env.parse(source).find_all(jinja_nodes.Call):
            if not (isinstance(call.node, jinja_nodes.Name) and call.node.name == "_"):
                continue
            text = call.args[0]
            if not isinstance(text, jinja_nodes.Const) or call.dyn_kwargs:
                continue
            given = {keyword.key for keyword in call.kwargs}
            if fault := _fault_of(text.value, given, always_formatted=True):
                faults.append(f"{name}:{call.lineno}: {fault}")
    assert faults == []
