"""The fields of a listing: the one table that reading, comparing, history and forms go by.

A field more is a line here and a column of ``Listing``; how, tells docs/adding-a-feature.md.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from babel import Locale

from hub.core.errors import Invalid
from hub.core.i18n import _, _l
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES, parse_decimal, plain

ATTRIBUTE_PREFIX = "attribute_"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CURRENCIES = frozenset(Locale("en").currencies)


class Entry(StrEnum):
    """How a form asks for a field."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field, wherever it is written, read, compared, told or shown."""

    #: In forms, in files and beside complaints.
    name: str
    #: Of ``Listing``; empty where the field has none of its own.
    column: str = ""
    #: On the form; None: the form doesn't ask for it.
    label: Any = None
    #: In the history; None: it never changes.
    word: Any = None
    entry: Entry = Entry.LINE
    hint: Any = ""
    required: bool = False
    #: What a text means; None: that needs the catalogue or the other fields (``TermsReader``).
    read: Callable[[str], Any] | None = None
    #: The text that the form shows; None: the column's value, plainly written.
    show: Callable[[Any], str] | None = None
    #: Whether a row of a file that differs here changes the listing that bears its reference.
    compared: bool = True
    #: Free words that no rule asks for: forms, pages and the search take them as they come.
    extra: bool = False
    #: The value is spread over names that begin with ``ATTRIBUTE_PREFIX``.
    spread: bool = False

    def text(self, listing: Any) -> str:
        """What the form shows for ``listing`` (needs the commodity and the region loaded)."""
        if self.show is not None:
            return self.show(listing)
        value = getattr(listing, self.column)
        return value.isoformat() if isinstance(value, date) else str(value)

    def is_stated(self, names: Collection[str]) -> bool:
        """Whether a file with columns of these names says anything about the field."""
        if self.spread:
            return any(name.startswith(ATTRIBUTE_PREFIX) for name in names)
        return self.name in names


def read_text(text: str, longest: int, *, lines: bool = False) -> str:
    """``text`` without outer spaces (Invalid if too long or with control characters)."""
    text = text.strip().replace("\r\n", "\n")
    if len(text) > longest:
        raise Invalid(_("This is longer than %(longest)d characters.", longest=longest))
    checked = text.replace("\n", "").replace("\t", "") if lines else text
    if not checked.isprintable():
        raise Invalid(_("This holds characters that can't be printed."))
    return text


def _read_date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid(_("“%(text)s” is not a date such as 2026-12-04.", text=text[:20]))


def _read_currency(text: str) -> str:
    code = text.upper()
    if len(code) != 3 or code not in _CURRENCIES:
        raise Invalid(
            _("“%(text)s” is not a currency code such as INR (ISO 4217).", text=text[:20])
        )
    return code


def _measured(name: str, column: str, places: int, label: Any, word: Any) -> Field:
    """A number in the commodity's unit, shown in the unit that it was given in."""

    def show(listing: Any) -> str:
        number: Decimal = getattr(listing, column)
        return listing.given.get(name) or plain(number)

    return Field(
        name=name,
        column=column,
        label=label,
        word=word,
        required=True,
        read=lambda text: parse_decimal(text, places),
        show=show,
    )


def _day(name: str, label: Any, word: Any) -> Field:
    return Field(name=name, column=name, label=label, word=word, required=True, read=_read_date)


def _extra(
    name: str, longest: int, label: Any, word: Any, hint: Any, entry: Entry = Entry.LINE
) -> Field:
    """Free words of at most ``longest`` characters, which may be left out."""
    return Field(
        name=name,
        column=name,
        label=label,
        word=word,
        hint=hint,
        entry=entry,
        read=partial(read_text, longest=longest, lines=entry is Entry.LINES),
        extra=True,
    )


#: In the order of the import's template.
FIELDS: tuple[Field, ...] = (
    # What a listing is found by; a form may leave it empty, a file may not.
    Field(
        name="reference",
        column="reference",
        label=_l("Your reference"),
        word=_l("reference"),
        compared=False,
    ),
    Field(name="side", column="side", required=True, compared=False),
    Field(
        name="commodity",
        column="commodity_id",
        required=True,
        show=lambda listing: str(listing.commodity.name),
    ),
    Field(name="grade", column="grade", label=_l("Grade"), word=_l("grade")),
    Field(name="attributes", column="attributes", word=_l("attributes"), spread=True),
    _measured("quantity", "quantity", QUANTITY_PLACES, _l("Quantity"), _l("quantity")),
    Field(
        name="unit",
        label=_l("Unit"),
        entry=Entry.CHOICE,
        required=True,
        show=lambda listing: listing.given.get("unit") or listing.commodity.unit.code,
        compared=False,
    ),
    _measured("min_lot", "minimum_lot", QUANTITY_PLACES, _l("Smallest lot"), _l("minimum lot")),
    _measured("price", "unit_price", UNIT_PRICE_PLACES, _l("Limit price per unit"), _l("price")),
    Field(
        name="currency",
        column="currency",
        label=_l("Currency"),
        word=_l("currency"),
        required=True,
        read=_read_currency,
    ),
    Field(
        name="region",
        column="region_id",
        label=_l("Region"),
        word=_l("region"),
        entry=Entry.CHOICE,
        required=True,
        show=lambda listing: str(listing.region.name),
    ),
    _day("ready_from", _l("Ready from"), _l("first delivery day")),
    _day("ready_until", _l("Ready until"), _l("last delivery day")),
    _day("valid_until", _l("Listing valid until"), _l("valid until")),
    _extra("packaging", 120, _l("Packaging"), _l("packaging"), _l("Such as jute bags of 50 kg.")),
    _extra(
        "description",
        4000,
        _l("Description"),
        _l("description"),
        _l(
            "No names, addresses or telephone numbers: partners learn who you are when both "
            "have consented."
        ),
        Entry.LINES,
    ),
)
#: The columns of ``Listing`` that follow from the fields: by the side, and by the unit written in.
DERIVED_COLUMNS = ("incoterm", "given")
#: What two postings of one reference must agree on to be the same posting.
COMPARED = tuple(each for each in FIELDS if each.compared)
EXTRA_COLUMNS = tuple(each.column for each in FIELDS if each.extra)


def facts(listing: Any) -> list[tuple[str, str]]:
    """The short free words that a listing (or a row with ``EXTRA_COLUMNS``) states, by label."""
    return [
        (str(each.label), getattr(listing, each.column))
        for each in FIELDS
        if each.extra and each.entry is Entry.LINE and getattr(listing, each.column)
    ]
