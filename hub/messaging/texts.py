"""Messages are kept as English texts with parameters and translated for whoever reads them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask_babel import force_locale

from hub.core import settings
from hub.core.formats import short_date
from hub.core.i18n import _


def storable(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``parameters`` as JSON values; a date stays known as one."""
    return {
        name: {"date": value.isoformat()} if isinstance(value, date) else value
        for name, value in parameters.items()
    }


def translated(message: str, parameters: Mapping[str, Any]) -> str:
    """``message`` in the language in force, with its ``%(name)s`` placeholders filled."""
    values = {
        name: short_date(date.fromisoformat(value["date"])) if isinstance(value, dict) else value
        for name, value in storable(parameters).items()
    }
    return str(_(message, **values))


@contextmanager
def language_of(code: str) -> Iterator[None]:
    """Translate into ``code`` inside the block, or into the hub's first language if not offered."""
    offered = settings.current().languages
    with force_locale(code if code in offered else offered[0]):
        yield
