"""Amounts of money: whole minor units and a currency; never netted across currencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from hub.core.numbers import multiply, round_half_even


def minor_digits(currency: str) -> int:
    """How many decimals the minor unit of ``currency`` (ISO 4217) has."""
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (paise, cents) of one currency."""

    minor: int
    currency: str

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> Money:
        """The amount in main units, which must be exact in minor units (ValueError if not)."""
        scaled = amount.scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than the currency's minor unit.")
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in main units."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't mix.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum; zero of ``currency`` when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def extend(unit_price: Decimal, quantity: Decimal, currency: str) -> Money:
    """``unit_price x quantity``, rounded once, half to even, to the minor unit."""
    amount = round_half_even(multiply(unit_price, quantity), minor_digits(currency))
    return Money.from_decimal(amount, currency)


def share(amount: Money, rate: Decimal) -> Money:
    """``rate`` of ``amount`` (0.01 is one per cent), rounded half to even to the minor unit."""
    return Money(int(round_half_even(multiply(Decimal(amount.minor), rate), 0)), amount.currency)


def part(amount: Money, numerator: Decimal, denominator: Decimal) -> Money:
    """The ``numerator / denominator`` part of ``amount``, rounded half to even.

    The other part is ``amount - part(...)``, so a split always reconciles.
    """
    whole = multiply(Decimal(amount.minor), numerator)
    return Money(int(round_half_even(whole / denominator, 0)), amount.currency)
