"""Messages are kept as English texts with parameters and translated for whoever reads them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import force_locale

from hub.core import settings
from hub.core.i18n import _


def translated(message: str, parameters: Mapping[str, Any]) -> str:
    """``message`` in the language in force, with its ``%(name)s`` placeholders filled."""
    return str(_(message, **dict(parameters)))


@contextmanager
def language_of(code: str) -> Iterator[None]:
    """Translate into ``code`` inside the block, or into the hub's first language if not offered."""
    offered = settings.current().languages
    with force_locale(code if code in offered else offered[0]):
        yield
