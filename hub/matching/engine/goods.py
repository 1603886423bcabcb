"""What listings state about their goods, and when goods are what is wished for."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any


def goods_of(grade: str, attributes: Mapping[str, Any]) -> dict[str, str]:
    """What a listing states about its goods, spelling aside: the grade and each attribute."""
    stated = {"grade": grade} | {f"attribute {name}": text for name, text in attributes.items()}
    return {
        name: str(text).strip().casefold() for name, text in stated.items() if str(text).strip()
    }


def wish_of(grade: str, attributes: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What a demand requires: exactly what it states; anything else is free."""
    return {name: frozenset({text}) for name, text in goods_of(grade, attributes).items()}


def satisfies(goods: Mapping[str, str], wish: Iterable[tuple[str, Collection[str]]]) -> bool:
    """Whether the goods have an accepted value for every attribute that is wished for."""
    return all(name in goods and goods[name] in accepted for name, accepted in wish)
