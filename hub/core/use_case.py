"""One transaction per use case: committed or rolled back at the outermost call, nowhere else."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from hub.core import bus, replay, settings
from hub.core.db.base import db, writing
from hub.core.errors import Conflict
from hub.core.i18n import _

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_running: ContextVar[bool] = ContextVar("use_case_running", default=False)

#: PostgreSQL's codes for a deadlock, a serialisation failure and a lock that was not to be had.
_RETRY_CODES = {"40P01", "40001", "55P03"}


def use_case(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make ``function`` a verb of the hub: everything it and its reactions write, or nothing.

    A nested call joins the transaction of the outer one. The outermost call begins a transaction
    of its own, so that it decides on what is true now and not on what a page showed before.

    Raises (beyond what the function raises):
        Conflict: somebody else changed the same rows first.
        replay.AlreadyDone: this request has been carried out before.
    """

    @wraps(function)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if _running.get():
            return function(*args, **kwargs)
        session = db.session()
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("Unsaved changes were made outside a use case.")
        session.rollback()
        settings.forget(session)
        running, lock, queue = _running.set(True), writing.set(True), bus.open_queue()
        try:
            replay.claim(session)
            result = function(*args, **kwargs)
            session.flush()
            bus.drain()
            session.commit()
            replay.mark_claimed()
            return result
        except BaseException as error:
            session.rollback()
            settings.forget(session)
            if _lost_a_race(error):
                raise Conflict(
                    _(
                        "Somebody else changed this at the same moment. Nothing of yours was "
                        "changed; look at the page again and repeat if it is still needed."
                    )
                ) from error
            raise
        finally:
            bus.close_queue(queue)
            writing.reset(lock)
            _running.reset(running)

    return run


def _lost_a_race(error: BaseException) -> bool:
    if isinstance(error, StaleDataError):
        return True
    if isinstance(error, IntegrityError):
        original = str(error.orig).lower()
        return "unique" in original or getattr(error.orig, "sqlstate", "") in {"23505", "23P01"}
    if isinstance(error, OperationalError):
        code = getattr(error.orig, "sqlstate", None)
        return code in _RETRY_CODES or "database is locked" in str(error.orig)
    return False
