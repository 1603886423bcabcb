"""The database itself refuses to change or delete what may only be added."""

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.core import audit
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db.append_only import registered, statements
from hub.core.db.base import Base, db
from hub.core.settings import Setting
from hub.core.use_case import use_case


def test_every_such_table_is_guarded_against_both(app: Flask) -> None:
    """A table without rows would let an UPDATE pass, so the triggers themselves are looked for."""
    if db.engine.dialect.name == "sqlite":
        wanted = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted = "SELECT relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c"
        wanted += " ON c.oid = tgrelid WHERE NOT tgisinternal AND tgenabled = 'O'"
    guarded: dict[str, set[str]] = {}
    for table, trigger in db.session.execute(sa.text(wanted)):
        before, _on, rest = trigger.partition(" ON ")
        if "append-only" in rest or "refuse_change" in rest:
            guarded.setdefault(table, set()).update(
                verb for verb in ("UPDATE", "DELETE") if verb in before.split("BEFORE")[1]
            )
    assert guarded == dict.fromkeys(registered(), {"UPDATE", "DELETE"})
    assert registered() <= Base.metadata.tables.keys()


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(AuditEntry).values(action="other"),
        sa.delete(AuditEntry),
        sa.update(AuditEntry).values(id=AuditEntry.id),
    ],
    ids=["update", "delete", "touch"],
)
def test_an_entry_stays_as_it_was_written(app: Flask, statement: sa.UpdateBase) -> None:
    @use_case
    def act() -> None:
        setting = Setting(name="a", value="")
        db.session.add(setting)
        audit.record(SYSTEM, setting, "added")

    act()
    refused = pytest.raises(sa.exc.IntegrityError, match="audit_entry is append-only")
    with refused, db.session.begin_nested():
        db.session.execute(statement)
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["added"]


@pytest.mark.one_database
def test_each_database_is_told_in_its_own_words() -> None:
    assert [each.split()[2] for each in statements("t", "sqlite")] == ["t_no_update", "t_no_delete"]
    function, trigger = statements("t", "postgresql")
    assert "FUNCTION refuse_change" in function
    assert trigger.startswith("CREATE TRIGGER t_append_only BEFORE UPDATE OR DELETE ON t ")
