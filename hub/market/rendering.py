"""Parts of pages that are the same whenever their values are: rendered once, then remembered.

A macro called through :func:`part` may use nothing but its arguments and the reader's language. It
is remembered by all of them, so nothing has to be forgotten when listings change.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

TEMPLATE = "market/_parts.html"
#: About 2 kB each.
REMEMBERED = 10_000


@lru_cache(maxsize=REMEMBERED)
def _rendered(macro: str, language: str, arguments: tuple[Hashable, ...]) -> Markup:
    module = current_app.jinja_env.get_template(TEMPLATE).module
    return Markup(getattr(module, macro)(*arguments))  # noqa: S704


def part(macro: str, *arguments: Hashable) -> Markup:
    """The macro of ``market/_parts.html`` with these arguments, in the reader's language."""
    return _rendered(macro, str(get_locale()), arguments)
