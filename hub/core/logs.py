"""The log: a line for each request with its id, and the same id on all that is logged meanwhile.

So one id tells the whole story of a request: what was asked, by whom, which statements it sent to
the database (with ``HUB_SQL_ECHO=1``), what went wrong, how it was answered and how long it took.
"""

import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime

#: What a proxy may hand over as a request's id.
_AN_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_FORMAT = "%(asctime)sZ %(levelname)s [%(request_id)s] %(name)s: %(message)s"

_current: ContextVar[str] = ContextVar("request_id", default="-")


def begin_request(given: str = "") -> None:
    """Log what follows under the id that was given, or under a fresh one."""
    _current.set(given if _AN_ID.fullmatch(given) else secrets.token_hex(6))


def request_id() -> str:
    """The id of the present request; ``-`` outside of one."""
    return _current.get()


class _Numbered(logging.Filter):
    """Gives every line the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let all pass."""
        record.request_id = request_id()
        return True


def _in_utc(seconds: float | None) -> time.struct_time:
    return datetime.fromtimestamp(seconds or 0.0, UTC).timetuple()


def install(level: str, *, sql: bool) -> None:
    """Write the log of this process to its standard error; ``sql``: all statements, too."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter(_FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = _in_utc
    handler.setFormatter(formatter)
    handler.addFilter(_Numbered())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO if sql else logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
