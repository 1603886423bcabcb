"""initial

Revision ID: initial
Revises:
Create Date: 2026-11-22 04:22:41.364448+00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "initial"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_entry",
    "ledger_entry",
    "ledger_line",
    "signature",
    "stock_move",
)

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""

SEARCH = {
    "sqlite": (
        """
CREATE VIRTUAL TABLE search_index USING fts5(document, content='search_entry', content_rowid='listing_id', tokenize='ascii', detail='none', prefix='2 3')
""",
        """
CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN INSERT INTO search_index (rowid, document) VALUES (new.listing_id, new.document); END
""",
        """
CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN INSERT INTO search_index (search_index, rowid, document) VALUES ('delete', old.listing_id, old.document); END
""",
        """
CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN INSERT INTO search_index (search_index, rowid, document) VALUES ('delete', old.listing_id, old.document); INSERT INTO search_index (rowid, document) VALUES (new.listing_id, new.document); END
""",
    ),
    "postgresql": (
        """
ALTER TABLE search_entry ADD COLUMN search_vector tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(document, ' '))) STORED
""",
        """
CREATE INDEX search_vector_index ON search_entry USING gin (search_vector)
""",
    ),
}


def run(statement):
    """Execute DDL as it is written: % and : mean nothing in it."""
    op.execute(sa.DDL(statement.replace("%", "%%")))


def make_append_only(table):
    """Let the database refuse to change or delete rows of ``table``."""
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            run(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    else:
        run(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def upgrade():
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("thing_kind", sa.String(length=32), nullable=False),
        sa.Column("thing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("state_from", sa.String(length=32), nullable=True),
        sa.Column("state_to", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_audit_entry_thing", ["thing_kind", "thing_id", "id"], unique=False
        )

    op.create_table(
        "contract_counter",
        sa.Column(
            "year",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last > 0", name=op.f("ck_contract_counter_last")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_contract_counter")),
    )
    op.create_table(
        "designated_account",
        sa.Column(
            "use",
            sa.Enum(
                "client",
                "own",
                name="accountuse",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.String(length=140), nullable=False),
        sa.Column("bank_name", sa.String(length=140), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("clearing_code", sa.String(length=20), nullable=True),
        sa.Column("account_number", sa.String(length=34), nullable=True),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(iban IS NOT NULL AND account_number IS NULL) OR (iban IS NULL AND account_number IS NOT NULL AND clearing_code IS NOT NULL)",
            name=op.f("ck_designated_account_iban_or_account_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designated_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_designated_account_public_id")),
    )
    with op.batch_alter_table("designated_account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_designated_account_current",
            ["currency", "use"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "ledger_balance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column(
            "balance_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "account < 2000 OR account >= 3000 OR balance_minor <= 0",
            name=op.f("ck_ledger_balance_liability"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_balance")),
        sa.UniqueConstraint(
            "account", "currency", "holder", name=op.f("uq_ledger_balance_account_currency_holder")
        ),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_entry_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_due", ["delivered_at", "next_attempt_at"], unique=False
        )

    op.create_table(
        "region",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("latitude", sa.BigInteger(), nullable=False),
        sa.Column("longitude", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "latitude BETWEEN -90000000 AND 90000000", name=op.f("ck_region_latitude")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180000000 AND 180000000", name=op.f("ck_region_longitude")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("name", name=op.f("uq_region_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_region_public_id")),
    )
    op.create_table(
        "request_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_key")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_request_key_actor_key")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("name", name=op.f("uq_setting_name")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_account_at", ["account", "at"], unique=False)

    op.create_table(
        "staff_task",
        sa.Column(
            "role",
            sa.Enum(
                "broker",
                "finance",
                "depot",
                "verifier",
                "administrator",
                name="staffrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_task")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_task_public_id")),
    )
    with op.batch_alter_table("staff_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_task_role"), ["role"], unique=False)
        batch_op.create_index(
            "uq_staff_task_open",
            ["kind", "subject_kind", "subject_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_stored_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column(
            "numerator", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "denominator", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_unit_factor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "commodity",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("hs_code", sa.String(length=6), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("picture", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["commodity.id"], name=op.f("fk_commodity_parent_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_commodity_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commodity")),
        sa.UniqueConstraint("code", name=op.f("uq_commodity_code")),
        sa.UniqueConstraint("name", name=op.f("uq_commodity_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commodity_public_id")),
    )
    with op.batch_alter_table("commodity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commodity_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "company",
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("alias", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("registration_number", sa.String(length=40), nullable=False),
        sa.Column("vat_id", sa.String(length=30), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column(
            "region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "unverified",
                "submitted",
                "under_review",
                "verified",
                "revision_requested",
                "rejected",
                "revoked",
                name="verification",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "account_state",
            sa.Enum(
                "pending",
                "active",
                "suspended",
                "closed",
                name="accountstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("review_reason", sa.Text(), nullable=False),
        sa.Column("suspension_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_company_region_id")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["app_user.id"], name=op.f("fk_company_reviewer_id"), use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("alias", name=op.f("uq_company_alias")),
        sa.UniqueConstraint(
            "country", "registration_number", name=op.f("uq_company_country_registration_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_company_public_id")),
    )
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_legal_name"), ["legal_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_company_state"), ["state"], unique=False)

    op.create_table(
        "depot",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("latitude", sa.BigInteger(), nullable=False),
        sa.Column("longitude", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_depot_capacity")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_depot_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depot")),
        sa.UniqueConstraint("code", name=op.f("uq_depot_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_depot_public_id")),
    )
    op.create_table(
        "freight_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("rate >= 0", name=op.f("ck_freight_rate_rate")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_freight_rate_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_rate")),
        sa.UniqueConstraint("currency", "unit_id", name=op.f("uq_freight_rate_currency_unit_id")),
    )
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_line_amount")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_line_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
    )
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_line_account", ["account", "currency", "holder"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ledger_line_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "app_user",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("demo_label", sa.String(length=80), nullable=True),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "company_role",
            sa.Enum(
                "owner",
                "trader",
                "finance",
                "viewer",
                name="companyrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(company_id IS NULL) = (company_role IS NULL)",
            name=op.f("ck_app_user_role_with_company"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_app_user_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_app_user_public_id")),
    )
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_user_company_id"), ["company_id"], unique=False)

    op.create_table(
        "bin",
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "receiving",
                "storage",
                "quarantine",
                "outbound",
                name="binuse",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_bin_depot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("depot_id", "code", name=op.f("uq_bin_depot_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bin_public_id")),
    )
    op.create_table(
        "commodity_attribute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "choice",
                "number",
                name="attributekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_commodity_attribute_commodity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commodity_attribute")),
        sa.UniqueConstraint(
            "commodity_id", "code", name=op.f("uq_commodity_attribute_commodity_id_code")
        ),
    )
    op.create_table(
        "company_bank_account",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.String(length=140), nullable=False),
        sa.Column("bank_name", sa.String(length=140), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("clearing_code", sa.String(length=20), nullable=True),
        sa.Column("account_number", sa.String(length=34), nullable=True),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verified_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint(
            "(iban IS NOT NULL AND account_number IS NULL) OR (iban IS NULL AND account_number IS NOT NULL AND clearing_code IS NOT NULL)",
            name=op.f("ck_company_bank_account_iban_or_account_number"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_bank_account_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"],
            ["app_user.id"],
            name=op.f("fk_company_bank_account_verified_by"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_bank_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_company_bank_account_public_id")),
    )
    with op.batch_alter_table("company_bank_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_company_bank_account_company_id"), ["company_id"], unique=False
        )
        batch_op.create_index(
            "uq_company_bank_account_current",
            ["company_id", "currency"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "company_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "blocked_company_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "company_id <> blocked_company_id", name=op.f("ck_company_block_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["blocked_company_id"], ["company.id"], name=op.f("fk_company_block_blocked_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_block_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_block")),
        sa.UniqueConstraint(
            "company_id",
            "blocked_company_id",
            name=op.f("uq_company_block_company_id_blocked_company_id"),
        ),
    )
    with op.batch_alter_table("company_block", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_company_block_blocked_company_id"), ["blocked_company_id"], unique=False
        )

    op.create_table(
        "company_paper",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_paper_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_company_paper_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_company_paper_public_id")),
    )
    with op.batch_alter_table("company_paper", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_company_paper_company_id"), ["company_id"], unique=False
        )

    op.create_table(
        "invoice",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "partly_paid",
                "paid",
                "overdue",
                "lapsed",
                "cancelled",
                name="invoicestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "paid_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_minor = amount_minor)", name=op.f("ck_invoice_paid_in_full")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_invoice_amount")),
        sa.CheckConstraint(
            "paid_minor >= 0 AND paid_minor <= amount_minor", name=op.f("ck_invoice_paid")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["designated_account.id"], name=op.f("fk_invoice_account_id")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["company.id"], name=op.f("fk_invoice_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invoice_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_invoice_reference")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", name=op.f("uq_invoice_subject_kind_subject_id")
        ),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_state"), ["state"], unique=False)

    op.create_table(
        "lot",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "quarantine",
                "available",
                "blocked",
                "shipped",
                name="lotstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit_code", sa.String(length=3), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_lot_commodity_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_lot_depot_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["company.id"], name=op.f("fk_lot_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("number", name=op.f("uq_lot_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_public_id")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_depot_id"), ["depot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "account_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm_email",
                "reset_password",
                name="tokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_account_token_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_token_token_hash")),
    )
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bank_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "imported_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "error_line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "new_lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "known_lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "pending_lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_bank_file_file_id")),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["app_user.id"], name=op.f("fk_bank_file_imported_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_file_public_id")),
    )
    with op.batch_alter_table("bank_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_file_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "uq_bank_file_accepted",
            ["sha256"],
            unique=True,
            sqlite_where=sa.text("error IS NULL"),
            postgresql_where=sa.text("error IS NULL"),
        )

    op.create_table(
        "bin_stock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand",
            name=op.f("ck_bin_stock_stock"),
        ),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_bin_stock_bin_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_bin_stock_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin_stock")),
        sa.UniqueConstraint("lot_id", "bin_id", name=op.f("uq_bin_stock_lot_id_bin_id")),
    )
    with op.batch_alter_table("bin_stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bin_stock_bin_id"), ["bin_id"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "unchanged", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flagged", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_import_batch_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_import_batch_file_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_import_batch_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_batch_public_id")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_batch_company_id"), ["company_id"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "trader",
                "finance",
                "viewer",
                name="companyrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_invitation_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["app_user.id"], name=op.f("fk_invitation_invited_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_company_id"), ["company_id"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_invoice_line_amount")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_line_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "match_run",
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("supplies", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("demands", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "proposals", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("surpluses", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_match_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_match_run_public_id")),
    )
    op.create_table(
        "notice",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_user", ["user_id", "read_at", "id"], unique=False)

    op.create_table(
        "payment_file",
        sa.Column("message_id", sa.String(length=35), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["designated_account.id"], name=op.f("fk_payment_file_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_payment_file_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_payment_file_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_file")),
        sa.UniqueConstraint("message_id", name=op.f("uq_payment_file_message_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_file_public_id")),
    )
    op.create_table(
        "reservation",
        sa.Column(
            "state",
            sa.Enum(
                "hard",
                "picked",
                "shipped",
                "released",
                name="reservationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cause_kind", sa.String(length=32), nullable=False),
        sa.Column("cause_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_quantity")),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_reservation_bin_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_reservation_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reservation_public_id")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "rules_acceptance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_rules_acceptance_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_rules_acceptance_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_acceptance")),
    )
    with op.batch_alter_table("rules_acceptance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rules_acceptance_user_id"), ["user_id"], unique=False)

    op.create_table(
        "staff_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "broker",
                "finance",
                "depot",
                "verifier",
                "administrator",
                name="staffrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(role = 'depot') = (depot_id IS NOT NULL)",
            name=op.f("ck_staff_assignment_depot_with_role"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_staff_assignment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_assignment")),
        sa.UniqueConstraint(
            "user_id", "role", "depot_id", name=op.f("uq_staff_assignment_user_id_role_depot_id")
        ),
    )
    with op.batch_alter_table("staff_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_assignment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "from_bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "from_outside",
            sa.Enum(
                "supplier",
                "carrier",
                "purchaser",
                "loss",
                name="from_outside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("to_bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "to_outside",
            sa.Enum(
                "supplier",
                "carrier",
                "purchaser",
                "loss",
                name="to_outside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cause_kind", sa.String(length=32), nullable=False),
        sa.Column("cause_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(from_bin_id IS NULL) <> (from_outside IS NULL)", name=op.f("ck_stock_move_one_origin")
        ),
        sa.CheckConstraint(
            "(to_bin_id IS NULL) <> (to_outside IS NULL)",
            name=op.f("ck_stock_move_one_destination"),
        ),
        sa.CheckConstraint(
            "from_bin_id IS NULL OR to_bin_id IS NULL OR from_bin_id <> to_bin_id",
            name=op.f("ck_stock_move_moves"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_move_quantity")),
        sa.ForeignKeyConstraint(
            ["from_bin_id"], ["bin.id"], name=op.f("fk_stock_move_from_bin_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_move_lot_id")),
        sa.ForeignKeyConstraint(["to_bin_id"], ["bin.id"], name=op.f("fk_stock_move_to_bin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("key", name=op.f("uq_stock_move_key")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index("ix_stock_move_lot", ["lot_id", "id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bank_statement",
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("statement_id", sa.String(length=70), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column(
            "opening_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "closing_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["designated_account.id"], name=op.f("fk_bank_statement_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["bank_file.id"], name=op.f("fk_bank_statement_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_statement_public_id")),
    )
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bank_statement_account", ["account_id", "closed_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bank_statement_file_id"), ["file_id"], unique=False)

    op.create_table(
        "import_refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_refusal_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refusal")),
    )
    with op.batch_alter_table("import_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_refusal_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "listing",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "supply",
                "demand",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending_review",
                "open",
                "paused",
                "filled",
                "withdrawn",
                "expired",
                "rejected",
                name="listingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("minimum_lot", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "incoterm",
            sa.Enum(
                "FCA", "DAP", name="incoterm", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("ready_from", sa.Date(), nullable=False),
        sa.Column("ready_until", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("packaging", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("implausible_price", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "minimum_lot > 0 AND minimum_lot <= quantity", name=op.f("ck_listing_minimum_lot")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_listing_quantity")),
        sa.CheckConstraint("ready_from <= ready_until", name=op.f("ck_listing_window")),
        sa.CheckConstraint(
            "reserved >= 0 AND filled >= 0 AND reserved + filled <= quantity",
            name=op.f("ck_listing_counters"),
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_listing_unit_price")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_listing_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_listing_commodity_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_listing_company_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_listing_created_by")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_listing_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint(
            "company_id", "side", "reference", name=op.f("uq_listing_company_id_side_reference")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_listing_public_id")),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_listing_market", ["state", "commodity_id", "side", "unit_price", "id"], unique=False
        )
        batch_op.create_index(
            "ix_listing_open_newest",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_listing_open_price",
            ["unit_price", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_listing_open_valid_until",
            ["valid_until", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_listing_owner", ["company_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_region_id"), ["region_id"], unique=False)

    op.create_table(
        "payout",
        sa.Column(
            "kind",
            sa.Enum(
                "supplier",
                "refund",
                "credit",
                "sweep",
                name="payoutkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "requested",
                "approved",
                "exported",
                "settled",
                "rejected",
                "returned",
                name="payoutstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "own_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "source_account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source_holder", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=140), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "requested_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "payment_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "retry_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'sweep') = (payee_id IS NULL) AND (kind = 'sweep') = (own_account_id IS NOT NULL)",
            name=op.f("ck_payout_to_a_company_or_the_hub"),
        ),
        sa.CheckConstraint(
            "state = 'due' OR requested_by IS NOT NULL", name=op.f("ck_payout_requested")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'requested', 'rejected') OR approved_by IS NOT NULL",
            name=op.f("ck_payout_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('exported', 'settled', 'returned') OR payment_file_id IS NOT NULL",
            name=op.f("ck_payout_exported"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_amount")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by", name=op.f("ck_payout_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["designated_account.id"], name=op.f("fk_payout_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["app_user.id"], name=op.f("fk_payout_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["company_bank_account.id"], name=op.f("fk_payout_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["own_account_id"], ["designated_account.id"], name=op.f("fk_payout_own_account_id")
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["company.id"], name=op.f("fk_payout_payee_id")),
        sa.ForeignKeyConstraint(
            ["payment_file_id"], ["payment_file.id"], name=op.f("fk_payout_payment_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["app_user.id"], name=op.f("fk_payout_requested_by")
        ),
        sa.ForeignKeyConstraint(["retry_of_id"], ["payout.id"], name=op.f("fk_payout_retry_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_payout_end_to_end_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payout_public_id")),
        sa.UniqueConstraint("retry_of_id", name=op.f("uq_payout_retry_of_id")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_payee_id"), ["payee_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_payout_payment_file_id"), ["payment_file_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payout_state"), ["state"], unique=False)

    op.create_table(
        "listing_picture",
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "thumbnail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_listing_picture_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_picture_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["thumbnail_id"], ["stored_file.id"], name=op.f("fk_listing_picture_thumbnail_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_picture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listing_picture_public_id")),
    )
    with op.batch_alter_table("listing_picture", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_picture_listing_id"), ["listing_id"], unique=False
        )

    op.create_table(
        "proposal",
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "asked",
                "consented",
                "accepted",
                "dismissed",
                "declined",
                "expired",
                "superseded",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "computed",
                "broker",
                "trader",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "proposed_by_company",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "supply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("freight_per_unit", sa.BigInteger(), nullable=False),
        sa.Column("freight_rate", sa.BigInteger(), nullable=False),
        sa.Column("kilometres", sa.BigInteger(), nullable=False),
        sa.Column("commission_rate", sa.BigInteger(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supply_consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "supply_consented_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("demand_consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "demand_consented_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'accepted' OR (supply_consented_at IS NOT NULL AND demand_consented_at IS NOT NULL)",
            name=op.f("ck_proposal_accepted_by_both"),
        ),
        sa.CheckConstraint(
            "state <> 'asked' OR consent_until IS NOT NULL", name=op.f("ck_proposal_asked_until")
        ),
        sa.CheckConstraint("freight_per_unit >= 0", name=op.f("ck_proposal_freight_per_unit")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_proposal_quantity")),
        sa.CheckConstraint("supply_id <> demand_id", name=op.f("ck_proposal_two_listings")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_proposal_unit_price")),
        sa.ForeignKeyConstraint(
            ["demand_consented_by"], ["app_user.id"], name=op.f("fk_proposal_demand_consented_by")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["listing.id"], name=op.f("fk_proposal_demand_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["app_user.id"], name=op.f("fk_proposal_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_company"], ["company.id"], name=op.f("fk_proposal_proposed_by_company")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_proposal_run_id")),
        sa.ForeignKeyConstraint(
            ["supply_consented_by"], ["app_user.id"], name=op.f("fk_proposal_supply_consented_by")
        ),
        sa.ForeignKeyConstraint(["supply_id"], ["listing.id"], name=op.f("fk_proposal_supply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposal_public_id")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index("ix_proposal_desk", ["state", "surplus"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_supply_id"), ["supply_id"], unique=False)
        batch_op.create_index(
            "uq_proposal_active_pair",
            ["supply_id", "demand_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('proposed', 'asked', 'consented')"),
            postgresql_where=sa.text("state IN ('proposed', 'asked', 'consented')"),
        )

    op.create_table(
        "search_entry",
        sa.Column(
            "listing_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_search_entry_listing_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_search_entry")),
    )
    op.create_table(
        "statement_line",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "bank_statement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unreconciled",
                "reconciled",
                "returned",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "allocated_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=70), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=70), nullable=False),
        sa.Column("structured", sa.String(length=140), nullable=False),
        sa.Column("remittance", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("counterparty_account", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "allocated_minor >= 0 AND allocated_minor <= ABS(amount_minor)",
            name=op.f("ck_statement_line_allocated"),
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_statement_line_amount")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["designated_account.id"], name=op.f("fk_statement_line_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_statement_id"],
            ["bank_statement.id"],
            name=op.f("fk_statement_line_bank_statement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint(
            "account_id",
            "fingerprint",
            "ordinal",
            name=op.f("uq_statement_line_account_id_fingerprint_ordinal"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_statement_line_public_id")),
    )
    with op.batch_alter_table("statement_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_line_bank_statement_id"), ["bank_statement_id"], unique=False
        )
        batch_op.create_index("ix_statement_line_state", ["state", "id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "debit_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("matched_by", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "allocated_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(CASE WHEN invoice_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN payout_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN debit_line_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_allocation_one_target"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_allocation_amount")),
        sa.ForeignKeyConstraint(
            ["allocated_by"], ["app_user.id"], name=op.f("fk_allocation_allocated_by")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_allocation_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["debit_line_id"], ["statement_line.id"], name=op.f("fk_allocation_debit_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_allocation_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_allocation_line_id")
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_allocation_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allocation_debit_line_id"), ["debit_line_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_allocation_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_payout_id"), ["payout_id"], unique=False)

    op.create_table(
        "contract",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "partly_signed",
                "signed",
                "effective",
                "performing",
                "completed",
                "voided",
                "defaulted",
                "terminated",
                name="contractstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "supply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "purchaser_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "supplier_account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "region_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "region_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_code", sa.String(length=3), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("freight_per_unit", sa.BigInteger(), nullable=False),
        sa.Column(
            "goods_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "freight_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("commission_rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "commission_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("delivery_from", sa.Date(), nullable=False),
        sa.Column("delivery_until", sa.Date(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("sign_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "issued_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "sealed_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_quantity", sa.BigInteger(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL) AND (state <> 'completed' OR accepted_quantity IS NOT NULL)",
            name=op.f("ck_contract_completed_at"),
        ),
        sa.CheckConstraint(
            "(state IN ('voided', 'defaulted', 'terminated')) = (ended_at IS NOT NULL)",
            name=op.f("ck_contract_ended_at"),
        ),
        sa.CheckConstraint(
            "accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= quantity AND state IN ('performing', 'completed'))",
            name=op.f("ck_contract_accepted_quantity"),
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR state NOT IN ('issued', 'partly_signed', 'voided')",
            name=op.f("ck_contract_signed_at"),
        ),
        sa.CheckConstraint(
            "state IN ('issued', 'partly_signed', 'voided') OR (signed_at IS NOT NULL AND sealed_file_id IS NOT NULL)",
            name=op.f("ck_contract_sealed_when_signed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('effective', 'performing', 'completed') OR effective_at IS NOT NULL",
            name=op.f("ck_contract_effective_at"),
        ),
        sa.CheckConstraint("delivery_from <= delivery_until", name=op.f("ck_contract_window")),
        sa.CheckConstraint(
            "goods_minor > 0 AND freight_minor >= 0 AND commission_minor >= 0",
            name=op.f("ck_contract_amounts"),
        ),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_contract_goods")),
        sa.CheckConstraint("supplier_id <> purchaser_id", name=op.f("ck_contract_two_companies")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_contract_commodity_id")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["listing.id"], name=op.f("fk_contract_demand_id")),
        sa.ForeignKeyConstraint(
            ["issued_file_id"], ["stored_file.id"], name=op.f("fk_contract_issued_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_contract_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchaser_id"], ["company.id"], name=op.f("fk_contract_purchaser_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_from_id"], ["region.id"], name=op.f("fk_contract_region_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_to_id"], ["region.id"], name=op.f("fk_contract_region_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["sealed_file_id"], ["stored_file.id"], name=op.f("fk_contract_sealed_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_account_id"],
            ["company_bank_account.id"],
            name=op.f("fk_contract_supplier_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["company.id"], name=op.f("fk_contract_supplier_id")
        ),
        sa.ForeignKeyConstraint(["supply_id"], ["listing.id"], name=op.f("fk_contract_supply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_contract_proposal_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contract_public_id")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contract_commodity_id"), ["commodity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contract_purchaser_id"), ["purchaser_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_contract_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "inbound",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting_for_depot",
                "expected",
                "announced",
                "arrived",
                "counted",
                "accepted",
                "part_accepted",
                "rejected",
                "put_away",
                "cancelled",
                name="inboundstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expected_quantity", sa.BigInteger(), nullable=False),
        sa.Column("announce_until", sa.Date(), nullable=False),
        sa.Column("deliver_until", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("carrier", sa.String(length=120), nullable=False),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("packages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_quantity", sa.BigInteger(), nullable=True),
        sa.Column("accepted_quantity", sa.BigInteger(), nullable=True),
        sa.Column("inspection_reason", sa.Text(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "inspected_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state = 'waiting_for_depot' OR state = 'cancelled' OR depot_id IS NOT NULL",
            name=op.f("ck_inbound_depot"),
        ),
        sa.CheckConstraint(
            "accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= counted_quantity AND accepted_quantity <= expected_quantity)",
            name=op.f("ck_inbound_accepted"),
        ),
        sa.CheckConstraint(
            "counted_quantity IS NULL OR counted_quantity >= 0", name=op.f("ck_inbound_counted")
        ),
        sa.CheckConstraint("expected_quantity > 0", name=op.f("ck_inbound_expected_quantity")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_inbound_contract_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_inbound_depot_id")),
        sa.ForeignKeyConstraint(
            ["inspected_by"], ["app_user.id"], name=op.f("fk_inbound_inspected_by")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_inbound_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_inbound_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_inbound_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_inbound_public_id")),
    )
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_depot_id"), ["depot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_state"), ["state"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "side",
            sa.Enum(
                "supply",
                "demand",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("user_role", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_signature_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_signature_contract_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_signature_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("contract_id", "side", name=op.f("uq_signature_contract_id_side")),
    )
    op.create_table(
        "inbound_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_inbound_picture_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_inbound_picture_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_picture")),
    )
    with op.batch_alter_table("inbound_picture", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inbound_picture_inbound_id"), ["inbound_id"], unique=False
        )

    op.create_table(
        "release_order",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "released",
                "picking",
                "picked",
                "loaded",
                "departed",
                "delivered",
                "accepted",
                "part_accepted",
                "refused",
                "auto_accepted",
                "closed",
                "cancelled",
                name="releasestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("depot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("deliver_until", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.String(length=120), nullable=False),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("driver", sa.String(length=120), nullable=False),
        sa.Column("packages", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "waybill_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_quantity", sa.BigInteger(), nullable=True),
        sa.Column("receiver_name", sa.String(length=120), nullable=False),
        sa.Column(
            "signature_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "picture_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("accept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_quantity", sa.BigInteger(), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=False),
        sa.Column("accepted_quantity", sa.BigInteger(), nullable=True),
        sa.Column(
            "accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('delivered', 'accepted', 'part_accepted', 'refused', 'auto_accepted', 'closed') OR (delivered_at IS NOT NULL AND receiver_name <> '')",
            name=op.f("ck_release_order_proof_of_delivery"),
        ),
        sa.CheckConstraint(
            "accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= delivered_quantity)",
            name=op.f("ck_release_order_accepted"),
        ),
        sa.CheckConstraint(
            "delivered_quantity IS NULL OR (delivered_quantity >= 0 AND delivered_quantity <= quantity)",
            name=op.f("ck_release_order_delivered"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_release_order_quantity")),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["app_user.id"], name=op.f("fk_release_order_accepted_by")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_release_order_contract_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_release_order_depot_id")),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_release_order_inbound_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_release_order_lot_id")),
        sa.ForeignKeyConstraint(
            ["picture_file_id"], ["stored_file.id"], name=op.f("fk_release_order_picture_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_release_order_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_file_id"],
            ["stored_file.id"],
            name=op.f("fk_release_order_signature_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["waybill_file_id"], ["stored_file.id"], name=op.f("fk_release_order_waybill_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_order")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_release_order_contract_id")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_release_order_inbound_id")),
        sa.UniqueConstraint("number", name=op.f("uq_release_order_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_release_order_public_id")),
    )
    with op.batch_alter_table("release_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_order_depot_id"), ["depot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_order_state"), ["state"], unique=False)

    on_postgresql = op.get_context().dialect.name == "postgresql"
    if on_postgresql:
        op.create_foreign_key(
            op.f("fk_company_reviewer_id"), "company", "app_user", ["reviewer_id"], ["id"]
        )
        op.create_foreign_key(
            op.f("fk_company_bank_account_verified_by"),
            "company_bank_account",
            "app_user",
            ["verified_by"],
            ["id"],
        )
        run(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        make_append_only(table)
    for statement in SEARCH[op.get_context().dialect.name]:
        run(statement)


def downgrade():
    on_postgresql = op.get_context().dialect.name == "postgresql"
    if on_postgresql:
        op.drop_constraint(op.f("fk_company_reviewer_id"), "company", type_="foreignkey")
        op.drop_constraint(
            op.f("fk_company_bank_account_verified_by"), "company_bank_account", type_="foreignkey"
        )
    if not on_postgresql:
        op.drop_table("search_index")
    with op.batch_alter_table("release_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_order_state"))
        batch_op.drop_index(batch_op.f("ix_release_order_depot_id"))

    op.drop_table("release_order")
    with op.batch_alter_table("inbound_picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_picture_inbound_id"))

    op.drop_table("inbound_picture")
    op.drop_table("signature")
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_state"))
        batch_op.drop_index(batch_op.f("ix_inbound_depot_id"))

    op.drop_table("inbound")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_contract_state"))
        batch_op.drop_index(batch_op.f("ix_contract_purchaser_id"))
        batch_op.drop_index(batch_op.f("ix_contract_commodity_id"))

    op.drop_table("contract")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_payout_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_line_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_debit_line_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("statement_line", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_line_state")
        batch_op.drop_index(batch_op.f("ix_statement_line_bank_statement_id"))

    op.drop_table("statement_line")
    op.drop_table("search_entry")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_proposal_active_pair",
            sqlite_where=sa.text("state IN ('proposed', 'asked', 'consented')"),
            postgresql_where=sa.text("state IN ('proposed', 'asked', 'consented')"),
        )
        batch_op.drop_index(batch_op.f("ix_proposal_supply_id"))
        batch_op.drop_index("ix_proposal_desk")
        batch_op.drop_index(batch_op.f("ix_proposal_demand_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("listing_picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_picture_listing_id"))

    op.drop_table("listing_picture")
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_state"))
        batch_op.drop_index(batch_op.f("ix_payout_payment_file_id"))
        batch_op.drop_index(batch_op.f("ix_payout_payee_id"))

    op.drop_table("payout")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_region_id"))
        batch_op.drop_index("ix_listing_owner")
        batch_op.drop_index(
            "ix_listing_open_valid_until",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_listing_open_price",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_listing_open_newest",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_listing_market")
        batch_op.drop_index(batch_op.f("ix_listing_batch_id"))

    op.drop_table("listing")
    with op.batch_alter_table("import_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_refusal_batch_id"))

    op.drop_table("import_refusal")
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_statement_file_id"))
        batch_op.drop_index("ix_bank_statement_account")

    op.drop_table("bank_statement")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_move_lot")

    op.drop_table("stock_move")
    with op.batch_alter_table("staff_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_assignment_user_id"))

    op.drop_table("staff_assignment")
    with op.batch_alter_table("rules_acceptance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rules_acceptance_user_id"))

    op.drop_table("rules_acceptance")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservation_lot_id"))

    op.drop_table("reservation")
    op.drop_table("payment_file")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_user")

    op.drop_table("notice")
    op.drop_table("match_run")
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_line_invoice_id"))

    op.drop_table("invoice_line")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_company_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batch_company_id"))

    op.drop_table("import_batch")
    with op.batch_alter_table("bin_stock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bin_stock_bin_id"))

    op.drop_table("bin_stock")
    with op.batch_alter_table("bank_file", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_file_accepted",
            sqlite_where=sa.text("error IS NULL"),
            postgresql_where=sa.text("error IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bank_file_sha256"))

    op.drop_table("bank_file")
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_token_user_id"))

    op.drop_table("account_token")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_owner_id"))
        batch_op.drop_index(batch_op.f("ix_lot_depot_id"))

    op.drop_table("lot")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_state"))
        batch_op.drop_index(batch_op.f("ix_invoice_payer_id"))

    op.drop_table("invoice")
    with op.batch_alter_table("company_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_paper_company_id"))

    op.drop_table("company_paper")
    with op.batch_alter_table("company_block", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_block_blocked_company_id"))

    op.drop_table("company_block")
    with op.batch_alter_table("company_bank_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_company_bank_account_current",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_company_bank_account_company_id"))

    op.drop_table("company_bank_account")
    op.drop_table("commodity_attribute")
    op.drop_table("bin")
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_company_id"))

    op.drop_table("app_user")
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_line_entry_id"))
        batch_op.drop_index("ix_ledger_line_account")

    op.drop_table("ledger_line")
    op.drop_table("freight_rate")
    op.drop_table("depot")
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_state"))
        batch_op.drop_index(batch_op.f("ix_company_legal_name"))

    op.drop_table("company")
    with op.batch_alter_table("commodity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commodity_parent_id"))

    op.drop_table("commodity")
    op.drop_table("unit")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    with op.batch_alter_table("staff_task", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_staff_task_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_staff_task_role"))

    op.drop_table("staff_task")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_account_at")

    op.drop_table("sign_in_failure")
    op.drop_table("setting")
    op.drop_table("request_key")
    op.drop_table("region")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_due")

    op.drop_table("outbox_message")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_balance")
    with op.batch_alter_table("designated_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_designated_account_current",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("designated_account")
    op.drop_table("contract_counter")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_thing")
        batch_op.drop_index("ix_audit_entry_at")

    op.drop_table("audit_entry")
    if on_postgresql:
        run("DROP FUNCTION refuse_change")
