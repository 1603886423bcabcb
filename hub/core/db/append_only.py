"""Tables that only grow: the database itself refuses UPDATE and DELETE, by triggers."""

from sqlalchemy import DDL, Table, event

_registered: set[str] = set()

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def statements(table: str, dialect: str) -> list[str]:
    """The DDL that makes ``table`` append-only on ``sqlite`` or ``postgresql``."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    trigger = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )
    return [POSTGRESQL_FUNCTION, trigger]


def append_only(table: Table) -> None:
    """Register ``table``: whenever it is created from the metadata, its triggers are as well."""
    _registered.add(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


def registered() -> frozenset[str]:
    """The names of all append-only tables."""
    return frozenset(_registered)
