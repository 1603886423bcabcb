"""Texts for people, translated by gettext in the language of whoever reads them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

__all__ = ["N_", "_", "_l", "localised", "ngettext"]


def N_(message: str) -> str:  # noqa: N802
    """Mark ``message`` for translation where it stands; it is translated when it is shown."""
    return message


def localised(names: dict[str, str] | None, fallback: str, language: str) -> str:
    """The entry of a ``{language: name}`` mapping, or ``fallback``."""
    found: Any = (names or {}).get(language)
    return str(found) if found else fallback
