"""Payment references by ISO 11649: ``RF``, two check digits, and 1 to 21 letters and digits.

The check digits make the whole, with its first four characters moved to the end, leave
remainder 1 modulo 97 (ISO 7064, MOD 97-10).
"""

import re
from collections.abc import Iterator

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

_BODY = re.compile(r"[0-9A-Z]{1,21}")
_START = re.compile(r"(?<![0-9A-Za-z])[Rr][Ff](?= ?[0-9])")
_WORDS = re.compile(r"[0-9A-Za-z]+(?: [0-9A-Za-z]+)*")
_LONGEST = 25
# A single space at most stands between two characters, so this much text holds at least one
# character more than a reference can have: a word cut at its end is never taken for a whole one.
_WINDOW = 2 * _LONGEST + 2


def create(body: str) -> str:
    """The reference with this body, such as the digits of a contract's number.

    Spaces are dropped and letters put in upper case. ValueError unless 1 to 21 of ``A-Z 0-9`` stay.
    """
    compact = _compact(body)
    if not _BODY.fullmatch(compact):
        raise ValueError(f"An RF reference is made of 1 to 21 letters and digits, not {body!r}.")
    return f"RF{mod_97_10.calc_check_digits(compact + 'RF')}{compact}"


def is_valid(text: str) -> bool:
    """Whether ``text`` is one reference; spaces and lower case do no harm."""
    compact = _compact(text)
    # Compared with the one right spelling: 00, 01 and 99 also fit the remainder of some bodies,
    # but no one creates them.
    return bool(_BODY.fullmatch(compact[4:])) and compact == create(compact[4:])


def find(text: str) -> list[str]:
    """Every reference in free text, in compact form, in the order in which they start.

    Spaces inside a reference, line breaks and lower case do no harm. Where a reference is
    followed by words, a longer reading may by chance (1 in 97) be valid too; then both are
    given, the longer one first, and the caller takes the one it issued.
    """
    spaced = " ".join(text.split())
    found = (
        candidate
        for start in _START.finditer(spaced)
        for candidate in reversed(list(_readings(spaced[start.start() : start.start() + _WINDOW])))
    )
    return list(dict.fromkeys(found))


def printed(reference: str) -> str:
    """The reference in groups of four, as people read and type it."""
    return iso11649.format(reference)


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def _readings(text: str) -> Iterator[str]:
    """The valid references that begin ``text`` and end where one of its words ends."""
    words = _WORDS.match(text)
    compact = ""
    for word in words.group().split(" ") if words else []:
        compact += word.upper()
        if len(compact) > _LONGEST:
            return
        if is_valid(compact):
            yield compact
