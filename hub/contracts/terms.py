"""The frozen terms of a contract: plain values, from which its document is drawn at any time.

They are stored as JSON with the contract. Decimals travel as strings, with every digit they
were written with, and dates as ISO 8601, so ``from_json(to_json(terms)) == terms`` exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in English and in simplified Chinese; ``zh`` is empty where there is none."""

    en: str
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A legal entity as it stands in the contract: its names and numbers on the day it was drawn.

    ``country`` is the country's name; ``vat_id`` is empty where the party has none.
    """

    legal_name: str
    registration_number: str
    vat_id: str
    address: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class BankAccountDetails:
    """The account to pay to: an IBAN or, where there are none, country, clearing code and number.

    Raises:
        ValueError: both forms are given, or neither is complete.
    """

    holder: str
    bank_name: str
    bic: str
    iban: str | None = None
    country: str | None = None
    clearing_code: str | None = None
    account_number: str | None = None

    def __post_init__(self) -> None:
        national = (self.country, self.clearing_code, self.account_number)
        if bool(self.iban) == all(national) or (self.iban and any(national)):
            raise ValueError("An account has an IBAN, or country, clearing code and number.")


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """Everything that the two parties and the hub agreed on, in one value.

    Amounts named ``…_minor`` are minor units of ``currency`` (ISO 4217). ``quantity`` is in the
    unit ``unit_code`` (UN/ECE Recommendation 20), to 3 decimals; ``unit_price`` and
    ``freight_per_unit`` are in main units of the currency for one such unit, to 4 decimals.
    ``commission_rate`` is a fraction of the goods amount (0.01 is one per cent).
    ``attributes`` are (label in English, label in Chinese, value). ``payment_reference`` is an
    ISO 11649 creditor reference. ``payment_days`` count from the last signature,
    ``acceptance_days`` from delivery. ``supplier_account_masked`` shows no more of the supplier's
    own account than its last digits. ``notes`` is what the two sides agreed on besides, in the
    language they wrote it in.

    Raises:
        ValueError: a decimal isn't finite or is too precise, an amount is negative, the delivery
            window ends before it begins, or the total isn't goods plus freight.
    """

    number: str
    drawn_on: date
    hub: Party
    supplier: Party
    purchaser: Party
    commodity_name: Bilingual
    hs_code: str
    grade: str
    attributes: tuple[tuple[str, str, str], ...]
    quantity: Decimal
    unit_code: str
    unit_name: str
    unit_price: Decimal
    currency: str
    goods_minor: int
    freight_per_unit: Decimal
    kilometres: Decimal
    freight_minor: int
    total_minor: int
    commission_rate: Decimal
    commission_minor: int
    region_from: str
    region_to: str
    delivery_from: date
    delivery_until: date
    incoterm: str
    payment_account: BankAccountDetails
    payment_reference: str
    payment_days: int
    acceptance_days: int
    law: Bilingual
    disputes: Bilingual
    verification_url: str
    supplier_account_masked: str | None = None
    packaging: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        _check_places("quantity", self.quantity, QUANTITY_PLACES)
        _check_places("unit_price", self.unit_price, UNIT_PRICE_PLACES)
        _check_places("freight_per_unit", self.freight_per_unit, UNIT_PRICE_PLACES)
        for name in ("kilometres", "commission_rate"):
            if not getattr(self, name).is_finite():
                raise ValueError(f"{name} must be a finite number.")
        for name in ("goods_minor", "freight_minor", "commission_minor"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative.")
        if self.total_minor != self.goods_minor + self.freight_minor:
            raise ValueError("total_minor must be goods_minor plus freight_minor.")
        if self.delivery_until < self.delivery_from:
            raise ValueError("The delivery window ends before it begins.")

    def to_json(self) -> dict[str, Any]:
        """The terms as a mapping that ``json.dumps`` takes as it is."""
        encoded: dict[str, Any] = _encode(self)
        return encoded

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ContractTerms:
        """The terms that ``to_json`` gave.

        Raises:
            ValueError: a key is missing or unknown, or a value has the wrong type.
        """
        terms: ContractTerms = _decode(cls, stored)
        return terms


def _check_places(name: str, value: Decimal, places: int) -> None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > places:
        raise ValueError(f"{name} must be a finite number of at most {places} decimals.")


def _encode(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        types = _types_of(kind)  # type: ignore[arg-type]
        if not isinstance(value, Mapping) or set(value) != set(types):
            raise ValueError(f"Expected exactly the fields of {kind}.")
        return kind(**{name: _decode(types[name], value[name]) for name in types})  # type: ignore[operator]
    if get_origin(kind) is tuple:
        return _decode_tuple(get_args(kind), value)
    if isinstance(kind, UnionType):
        if value is None:
            return None
        (kind,) = set(get_args(kind)) - {NoneType}
    if kind is Decimal and isinstance(value, str):
        return _decode_decimal(value)
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    if type(value) is not kind:
        raise ValueError(f"Expected {kind.__name__}, found {value!r}.")
    return value


def _decode_decimal(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a decimal.") from None


def _decode_tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"Expected a list, found {value!r}.")
    if kinds[-1] is Ellipsis:
        return tuple(_decode(kinds[0], item) for item in value)
    return tuple(_decode(kind, item) for kind, item in zip(kinds, value, strict=True))
