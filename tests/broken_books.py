"""Books that are broken on purpose, a little at a time, to see what the invariants say of them.

A book is made once for a module, in :func:`tests.transactions.rolled_back`, and is sound then; what
a test breaks of it is whole again when :func:`told` returns.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Executable, text

from hub.core.db.base import db
from tests.transactions import undone

Check = Callable[[], list[str]]


def broken(checks: Iterable[Check]) -> dict[str, list[str]]:
    """What the checks that find something say, sorted, by the name of the check."""
    return {check.__name__: sorted(found) for check in checks if (found := check())}


def told(checks: Iterable[Check], *damage: Executable) -> dict[str, list[str]]:
    """What the checks say of a sound book once ``damage`` was done to it."""
    with undone():
        try:
            for statement in damage:
                db.session.execute(statement)
            return broken(checks)
        finally:
            if _on_sqlite():
                db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))


def unlocked(table: str) -> list[Executable]:
    """Damage to begin with: the rows of this append-only table can be changed."""
    if _on_sqlite():
        return [text(f"DROP TRIGGER {table}_no_{verb}") for verb in ("update", "delete")]
    return [text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")]


def unchecked(table: str, *names: str) -> list[Executable]:
    """Damage to begin with: these check constraints of the table refuse nothing."""
    if _on_sqlite():
        return [text("PRAGMA ignore_check_constraints = ON")]
    return [text(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}") for name in names]


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
