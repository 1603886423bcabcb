"""Who follows an advertisement: robots told from readers, a reader's repeated views from others'.

A browser that was shown advertising keeps a random id in its session cookie. Records hold only a
keyed hash of that id and the day, so they can't be led back to the browser, nor joined over days.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date

#: Where the random id stands in the browser's session.
SESSION_KEY = "viewer"
_ROBOT = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|scan|scrap|fetch|preview|monitor|headless|phantom"
    r"|lighthouse|python|curl|wget|httpclient|facebookexternalhit|archiver",
    re.IGNORECASE,
)
#: Every browser's user agent has begun with one of these since the 1990s.
_BROWSERS = ("Mozilla/", "Opera/")
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


@dataclass(frozen=True)
class Viewer:
    """Who is shown advertising: what the records of today know the browser by, the company (None:
    a guest), and the key of the hub that signs the links."""

    secret: str = ""
    mark: str = ""
    company_id: int | None = None


@dataclass(frozen=True)
class Visit:
    """What a request tells about who clicked; ``viewer_id`` is empty without a session."""

    viewer_id: str
    user_agent: str
    prefetching: bool = False

    @property
    def is_robot(self) -> bool:
        """Whether a machine asks: it says so, names no browser, or fetches ahead of its reader."""
        return (
            self.prefetching
            or not self.user_agent.startswith(_BROWSERS)
            or _ROBOT.search(self.user_agent) is not None
        )
