"""Passwords and secrets: argon2id for what people choose, SHA-256 for what the hub drew.

The cost comes from the configuration; until that is read it is what the OWASP Password Storage
Cheat Sheet names for argon2id: 19 MiB of memory, two iterations, one lane.
"""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.core.errors import Invalid
from hub.core.i18n import _

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 200

_OBVIOUS = frozenset(
    {
        "0123456789",
        "1111111111",
        "1234567890",
        "12345678910",
        "1q2w3e4r5t",
        "9876543210",
        "abcdefghij",
        "administrator",
        "changemenow",
        "iloveyou12",
        "letmein123",
        "password12",
        "password123",
        "password1234",
        "passwordpassword",
        "q1w2e3r4t5",
        "qwerty12345",
        "qwertyuiop",
        "tradinghub",
        "welcome123",
        "welcome1234",
    }
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def set_cost(iterations: int, kibibytes: int) -> None:
    """What one hash costs from now on in this process: the configuration says it."""
    global _hasher
    _hasher = PasswordHasher(time_cost=iterations, memory_cost=kibibytes, parallelism=1)
    _hash_of_nobody.cache_clear()


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(24))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash it takes as long and is never right."""
    try:
        fits = _hasher.verify(password_hash or _hash_of_nobody(), password[:MAXIMUM_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def require_strong(password: str, email: str, field: str = "password") -> None:
    """Refuse a password that is short, obvious, or the e-mail address.

    Raises:
        Invalid: with the sentence at ``field``.
    """
    plain = password.strip().casefold()
    sentence = ""
    if len(password) < MINIMUM_LENGTH:
        sentence = _(
            "The password needs at least %(count)s characters; a few words make a good one.",
            count=MINIMUM_LENGTH,
        )
    elif len(password) > MAXIMUM_LENGTH:
        sentence = _("The password can have %(count)s characters at most.", count=MAXIMUM_LENGTH)
    elif plain in _OBVIOUS or len(set(plain)) < 4:
        sentence = _("This password is among the first that anyone would try.")
    elif plain in {email.casefold(), email.casefold().partition("@")[0]}:
        sentence = _("The password can't be your e-mail address.")
    if sentence:
        raise Invalid(sentence, {field: [sentence]})


def new_token() -> str:
    """A secret for a link or a cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token (it is random, so one round of SHA-256 suffices)."""
    return hashlib.sha256(token.encode()).hexdigest()
