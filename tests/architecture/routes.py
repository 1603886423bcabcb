"""Which route of the application an address leads to."""

import re

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, Rule

#: What stands for an id in an address: as long as a public id, and a whole number too.
AN_ID = "1" * 13
#: Parameters of routes that addresses name by a word of their own.
NAMED = frozenset({("admin.settings", "group")})


def fault_of(app: Flask, address: str, method: str = "GET") -> str | None:
    """Why ``address`` leads nowhere; None if it has a route.

    A word of the address has to be a word of the route: where ``/listings/new`` is gone, its
    address doesn't pass for the listing called "new".
    """
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    try:
        rule, values = app.url_map.bind("hub.example").match(path, method, return_rule=True)
    except HTTPException as error:
        return f"{method} {address}: {error.code}"
    taken = [name for name, value in values.items() if _is_a_word(rule, name, str(value))]
    return f"{method} {address}: taken for {', '.join(taken)} of {rule.rule}" if taken else None


def _is_a_word(rule: Rule, name: str, value: str) -> bool:
    chosen = isinstance(rule._converters[name], AnyConverter) or (rule.endpoint, name) in NAMED
    return AN_ID not in value and not chosen


def first_words(app: Flask) -> set[str]:
    """The words that the addresses of all routes begin with."""
    return {rule.rule.split("/")[1].split(".")[0] for rule in app.url_map.iter_rules()} - {""}
