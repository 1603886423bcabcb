"""Words of texts and of searches: the same on every database.

A text is folded (compatibility forms, case, accents) and cut into runs of letters and digits.
Scripts without spaces (Han, kana, Hangul) give every character and every pair of neighbours.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

#: Longer words say nothing more, and databases limit the length of an entry.
LONGEST_WORD = 60
#: A search of more words than this is cut: nobody types it.
MOST_WORDS = 12

_UNSPACED = "\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED_RUN = re.compile(f"([{_UNSPACED}]+)")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True)
class Search:
    """Words that must all be there; ``prefix``, if any, must begin a word."""

    words: tuple[str, ...]
    prefix: str | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.prefix)


def fold(text: str) -> str:
    """``text`` in one form: compatibility characters, case and accents do not matter."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", bare).casefold()


def _is_part(character: str) -> bool:
    """Letters, digits, and the marks that scripts such as Devanagari write vowels with."""
    return unicodedata.category(character)[0] in "LNM"


def _runs(text: str) -> list[str]:
    kept = "".join(character if _is_part(character) else " " for character in fold(text))
    return [run for part in kept.split() for run in _UNSPACED_RUN.split(part) if run]


def _is_unspaced(run: str) -> bool:
    return _UNSPACED_RUN.fullmatch(run) is not None


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]


def words_of(texts: Iterable[str]) -> list[str]:
    """Every word by which ``texts`` are found, once each, in order of appearance."""
    return list(dict.fromkeys(word for text in texts for word in _words(text)))


@lru_cache(maxsize=5000)
def _words(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for run in _runs(text):
        found += [*run, *_pairs(run)] if _is_unspaced(run) else [run[:LONGEST_WORD]]
    return tuple(found)


def read_search(text: str) -> Search:
    """What is looked for: all words, the last one also where it only begins a word.

    A single letter begins nearly everything, so it counts as a whole word.
    """
    runs = _runs(text)[:MOST_WORDS]
    words: dict[str, None] = {}
    prefix = None
    for position, run in enumerate(runs):
        if _is_unspaced(run):
            words |= dict.fromkeys(_pairs(run) or [run])
        elif position == len(runs) - 1 and len(run) > 1:
            prefix = run[:LONGEST_WORD]
        else:
            words[run[:LONGEST_WORD]] = None
    return Search(tuple(words), prefix)
