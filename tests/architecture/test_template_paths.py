"""Every address that a template writes out leads to a route, or to a file of our own."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask
from jinja2 import nodes

from tests.architecture.routes import AN_ID, fault_of
from tests.architecture.source import HUB, templates

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
TAG = re.compile(r"<(?P<name>[a-zA-Z]+)\b(?P<head>[^>]*)>")
ATTRIBUTE = re.compile(r"(?P<name>[\w:-]+)\s*=\s*[\"'](?P<address>/[^\"']*)[\"']")
ADDRESS = re.compile(r"/([A-Za-z].*)?", re.DOTALL)
# Expressions that may write an address out; what stands in them is part of it.
TEXT = (nodes.Const, nodes.Name, nodes.CondExpr, nodes.Concat, nodes.Add)
# The macros that draw a form, and which of their arguments is the address it is sent to.
SENDING = {"form": 0, "post_button": 0, "confirm_panel": 1}
# Made by the build: not in the checkout.
FETCHED = ("/static/vendor/", "/static/fonts/")


def _in_markup(text: str) -> Iterator[tuple[str, str]]:
    """The addresses in attributes of tags, each with the method it is asked by."""
    plain = STATEMENT.sub("", VALUE.sub(AN_ID, COMMENT.sub("", text)))
    for tag in TAG.finditer(plain):
        posts = tag["name"] == "form" and re.search(r"method=[\"']post", tag["head"])
        for attribute in ATTRIBUTE.finditer(tag["head"]):
            if ADDRESS.fullmatch(attribute["address"]):
                yield attribute["address"], "POST" if posts else "GET"


@dataclass
class _Expressions:
    """The addresses in the expressions of one template."""

    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    macros: dict[str, str] = field(default_factory=dict)

    def texts(self, node: nodes.Node) -> list[str]:
        """What an expression may write, with an id for whatever isn't written out."""
        if isinstance(node, nodes.Const):
            return [str(node.value)]
        if isinstance(node, nodes.Name):
            return self.names.get(node.name) or [AN_ID]
        if isinstance(node, nodes.CondExpr):
            return self.texts(node.expr1) + (self.texts(node.expr2) if node.expr2 else [])
        if isinstance(node, nodes.Concat | nodes.Add):
            parts = node.nodes if isinstance(node, nodes.Concat) else [node.left, node.right]
            return ["".join(some) for some in itertools.product(*map(self.texts, parts))]
        return [AN_ID]

    def addresses(
        self, node: nodes.Node, method: str = "GET", *, whole: bool = True
    ) -> Iterator[tuple[str, str]]:
        """All addresses below ``node``, each with the method it is asked by.

        A text that isn't ``whole`` is part of another, or has a name and counts where that is used.
        """
        if isinstance(node, nodes.FromImport):
            pairs = (each if isinstance(each, tuple) else (each, each) for each in node.names)
            self.macros |= {alias: name for name, alias in pairs}
        named = isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name)
        if named:
            self.names[node.target.name] += self.texts(node.node)
        if whole and isinstance(node, TEXT):
            yield from ((text, method) for text in self.texts(node) if ADDRESS.fullmatch(text))
        sent_to = self._sent_to(node)
        for before, child in itertools.pairwise((None, *node.iter_child_nodes())):
            part = named or isinstance(node, TEXT) or _goes_on(node, before)
            by = "POST" if child is sent_to else "GET"
            yield from self.addresses(child, by, whole=not part)

    def _sent_to(self, node: nodes.Node) -> nodes.Node | None:
        """The argument of a macro that is the address a form is sent to by POST."""
        if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)):
            return None
        position = SENDING.get(self.macros.get(node.node.name, node.node.name))
        gets = any(
            one.key == "method" and isinstance(one.value, nodes.Const) and one.value.value == "get"
            for one in node.kwargs
        )
        return None if gets or position is None else node.args[position]


def _goes_on(node: nodes.Node, before: nodes.Node | None) -> bool:
    """Whether what follows ``before`` in the markup goes on with an address begun there."""
    if not isinstance(node, nodes.Output) or before is None:
        return False
    return not (isinstance(before, nodes.TemplateData) and before.data.endswith(('"', "'", ">")))


def _fault_of(app: Flask, address: str, method: str) -> str | None:
    if address.startswith(FETCHED):
        return None
    if address.startswith("/static/"):
        file = address.removeprefix("/").partition("#")[0].replace(AN_ID, "*")
        return None if list(HUB.glob(file)) else f"{address}: no such file"
    return fault_of(app, address, method)


def test_every_address_in_a_template_leads_somewhere(site: Flask) -> None:
    faults, seen = [], 0
    for name, text in templates().items():
        found = [*_in_markup(text), *_Expressions().addresses(site.jinja_env.parse(text))]
        seen += len(found)
        faults += [
            f"{name}: {fault}" for one in found if (fault := _fault_of(site, *one)) is not None
        ]
    assert faults == []
    assert seen
