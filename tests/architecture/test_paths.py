"""What is mailed or linked to from below the views stands in one place, and leads to a page."""

import ast
import inspect
import re
from collections.abc import Iterator

from flask import Flask

from hub.core import paths
from tests.architecture.routes import AN_ID, fault_of, first_words
from tests.architecture.source import nodes

# Where routes are declared, and what answers requests.
MAY_TYPE_ADDRESSES = re.compile(
    r"hub/app\.py|hub/core/paths\.py|hub/core/web/.*|hub/cli/.*|hub/(.*/)?views(\.py|/.*)"
)
ADDRESS = re.compile(r"/([A-Za-z][\w-]*)")


def _addresses() -> Iterator[tuple[str, str]]:
    """Each constant and function of ``paths`` with the address that it gives."""
    for name, value in vars(paths).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(value):
            yield name, value(*(AN_ID for _ in inspect.signature(value).parameters))
        else:
            yield name, value


def test_every_address_leads_to_a_page(site: Flask) -> None:
    addresses = dict(_addresses())
    assert addresses
    faults = {name: fault_of(site, address) for name, address in addresses.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_no_address_is_given_twice() -> None:
    addresses = dict(_addresses())
    assert len(set(addresses.values())) == len(addresses)


def test_no_address_is_typed_below_the_views(site: Flask) -> None:
    known = first_words(site)
    found = [
        f"{place}: {node.value}"
        for place, node in nodes()
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (match := ADDRESS.match(node.value))
        and match[1] in known
        and not MAY_TYPE_ADDRESSES.fullmatch(place.rpartition(":")[0])
    ]
    assert found == []
