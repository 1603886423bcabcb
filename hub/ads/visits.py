"""Telling one reader's repeated views and clicks apart from others', without knowing who it is.

A browser that was shown advertising keeps a random id in its session cookie. Records hold only a
keyed hash of that id and the day, so they can't be led back to the browser, nor joined over days.
"""

import hashlib
import hmac
import secrets
from datetime import date

#: Where the random id stands in the browser's session.
SESSION_KEY = "viewer"
#: Characters of a hash, as the records keep them.
_LENGTH = 32


def new_viewer_id() -> str:
    """A random id for a browser's session."""
    return secrets.token_urlsafe(12)


def viewer_hash(secret: str, viewer_id: str, day: date) -> str:
    """What the records of ``day`` know a browser by; empty for a browser without an id."""
    if not viewer_id:
        return ""
    message = f"viewer:{day.isoformat()}:{viewer_id}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:_LENGTH]
