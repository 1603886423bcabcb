"""income

Revision ID: 589754a25e6b
Revises: initial
Create Date: 2026-11-22 07:32:00.417949+00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "589754a25e6b"
down_revision = "initial"
branch_labels = None
depends_on = None


ROLES = ("broker", "finance", "depot", "verifier", "administrator")
NEW_ROLES = ("broker", "finance", "depot", "verifier", "advertising", "administrator")

APPEND_ONLY = (
    "ad_auction",
    "ad_click",
    "ad_creative",
    "ad_display_click",
    "ad_display_seen",
    "ad_display_view",
    "ad_impression",
    "inquiry_message",
    "partner_share_return",
)


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


def allow_roles(roles):
    """Let staff have these roles, and tasks be theirs."""
    rule = "role IN (" + ", ".join(f"'{role}'" for role in roles) + ")"
    for table in ("staff_assignment", "staff_task"):
        name = op.f(f"ck_{table}_staffrole")
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(name, type_="check")
            batch_op.create_check_constraint(name, rule)


def upgrade():
    op.create_table(
        "ad_auction",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "surface",
            sa.Enum(
                "search",
                "category",
                "json",
                "csv",
                name="surface",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=640), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "reserve_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("places", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("eligible", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entrants", sa.JSON(), nullable=False),
        sa.Column("viewer", sa.String(length=32), nullable=False),
        sa.Column(
            "viewer_company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_auction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_auction_public_id")),
    )
    with op.batch_alter_table("ad_auction", schema=None) as batch_op:
        batch_op.create_index("ix_ad_auction_at", ["at"], unique=False)

    op.create_table(
        "ad_place",
        sa.Column(
            "page",
            sa.Enum(
                "market",
                "commodity",
                "listing",
                "front",
                name="adpage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "banner",
                "text",
                "popup",
                "floating",
                name="adkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "pricing",
            sa.Enum(
                "day",
                "thousand_views",
                name="pricing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("capacity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'text') = (width IS NULL)", name=op.f("ck_ad_place_text_has_no_width")
        ),
        sa.CheckConstraint(
            "(width IS NULL) = (height IS NULL)", name=op.f("ck_ad_place_width_and_height")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_ad_place_capacity")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_ad_place_price")),
        sa.CheckConstraint(
            "width IS NULL OR (width > 0 AND height > 0)", name=op.f("ck_ad_place_size")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_place")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_place_public_id")),
    )
    with op.batch_alter_table("ad_place", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ad_place_offered",
            ["page", "kind"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "fee_counter",
        sa.Column(
            "year",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_fee_counter")),
    )
    op.create_table(
        "plan",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("rank", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_public_id")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(
            "uq_plan_default",
            ["is_default"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "entitlement_lock",
        sa.Column(
            "company_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_entitlement_lock_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_entitlement_lock")),
    )
    op.create_table(
        "inquiry_price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_inquiry_price_amount")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_inquiry_price_commodity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_price")),
        sa.UniqueConstraint(
            "commodity_id", "currency", name=op.f("uq_inquiry_price_commodity_id_currency")
        ),
    )
    op.create_table(
        "wallet",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_wallet_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet")),
        sa.UniqueConstraint("company_id", "currency", name=op.f("uq_wallet_company_id_currency")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wallet_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_wallet_reference")),
    )
    op.create_table(
        "ad_creative",
        sa.Column("headline", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("alternative", sa.String(length=120), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint(
            "(file_id IS NULL) = (alternative = '')", name=op.f("ck_ad_creative_picture_has_words")
        ),
        sa.CheckConstraint(
            "(file_id IS NULL) = (headline <> '')", name=op.f("ck_ad_creative_picture_or_headline")
        ),
        sa.CheckConstraint(
            "(file_id IS NULL) = (width IS NULL)", name=op.f("ck_ad_creative_picture_has_width")
        ),
        sa.CheckConstraint(
            "(width IS NULL) = (height IS NULL)", name=op.f("ck_ad_creative_width_and_height")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_ad_creative_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_ad_creative_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_creative")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_creative_public_id")),
    )
    op.create_table(
        "commission_rule",
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "volume_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(volume_minor IS NULL) = (currency IS NULL)", name=op.f("ck_commission_rule_volume")
        ),
        sa.CheckConstraint("rate >= 0 AND rate < 1000000", name=op.f("ck_commission_rule_rate")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_commission_rule_days")
        ),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_commission_rule_commodity_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_commission_rule_created_by")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_commission_rule_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commission_rule_public_id")),
    )
    op.create_table(
        "coupon",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=True),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("most_uses", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(share IS NULL) <> (amount_minor IS NULL) AND (amount_minor IS NULL) = (currency IS NULL)",
            name=op.f("ck_coupon_share_or_amount"),
        ),
        sa.CheckConstraint(
            "amount_minor IS NULL OR amount_minor > 0", name=op.f("ck_coupon_amount")
        ),
        sa.CheckConstraint(
            "share IS NULL OR (share > 0 AND share <= 1000000)", name=op.f("ck_coupon_share")
        ),
        sa.CheckConstraint(
            "used >= 0 AND (most_uses IS NULL OR used <= most_uses)", name=op.f("ck_coupon_used")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_coupon_days")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_coupon_created_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_coupon_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coupon_public_id")),
    )
    op.create_table(
        "partner",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "active",
                "stopped",
                name="partnerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("stopped_for_cause", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'active' OR accepted_at IS NOT NULL", name=op.f("ck_partner_accepted")
        ),
        sa.CheckConstraint(
            "state = 'stopped' OR NOT stopped_for_cause", name=op.f("ck_partner_stopped_for_cause")
        ),
        sa.CheckConstraint(
            "state = 'stopped' OR stop_reason = ''", name=op.f("ck_partner_stop_reason")
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by IS NULL)", name=op.f("ck_partner_accepted_by")
        ),
        sa.CheckConstraint(
            "rate IS NULL OR (rate > 0 AND rate < 1000000)", name=op.f("ck_partner_rate")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["app_user.id"], name=op.f("fk_partner_accepted_by")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_partner_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("code", name=op.f("uq_partner_code")),
        sa.UniqueConstraint("company_id", name=op.f("uq_partner_company_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_public_id")),
    )
    op.create_table(
        "plan_version",
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "trial_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("badge", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint("trial_days >= 0", name=op.f("ck_plan_version_trial_days")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_plan_version_created_by")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_version_public_id")),
    )
    op.create_table(
        "ad_booking",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "creative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending_review",
                "approved",
                "scheduled",
                "running",
                "paused",
                "completed",
                "rejected",
                "exhausted",
                "cancelled",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "pricing",
            sa.Enum(
                "day",
                "thousand_views",
                name="pricing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "delivered", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("counted_until", sa.Date(), nullable=False),
        sa.Column(
            "earned_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "returned_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (held_until IS NOT NULL)", name=op.f("ck_ad_booking_draft_is_held")
        ),
        sa.CheckConstraint(
            "creative_id IS NOT NULL OR state IN ('draft', 'cancelled')",
            name=op.f("ck_ad_booking_artwork"),
        ),
        sa.CheckConstraint(
            "delivered >= 0 AND delivered <= units", name=op.f("ck_ad_booking_delivered")
        ),
        sa.CheckConstraint(
            "earned_minor >= 0 AND returned_minor >= 0 AND earned_minor + returned_minor <= amount_minor",
            name=op.f("ck_ad_booking_earned_and_returned"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_ad_booking_days")),
        sa.CheckConstraint("units > 0 AND amount_minor > 0", name=op.f("ck_ad_booking_units")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_ad_booking_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_ad_booking_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["creative_id"], ["ad_creative.id"], name=op.f("fk_ad_booking_creative_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["ad_place.id"], name=op.f("fk_ad_booking_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_booking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_booking_public_id")),
    )
    with op.batch_alter_table("ad_booking", schema=None) as batch_op:
        batch_op.create_index("ix_ad_booking_company", ["company_id", "id"], unique=False)
        batch_op.create_index("ix_ad_booking_place", ["place_id", "ends_on"], unique=False)
        batch_op.create_index("ix_ad_booking_state", ["state", "id"], unique=False)

    op.create_table(
        "ad_house",
        sa.Column(
            "page",
            sa.Enum(
                "market",
                "commodity",
                "listing",
                "front",
                name="adpage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "banner",
                "text",
                "popup",
                "floating",
                name="adkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "creative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["creative_id"], ["ad_creative.id"], name=op.f("fk_ad_house_creative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_house")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_house_public_id")),
    )
    with op.batch_alter_table("ad_house", schema=None) as batch_op:
        batch_op.create_index("ix_ad_house_slot", ["page", "kind"], unique=False)

    op.create_table(
        "attribution",
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "refusal",
            sa.Enum(
                "same_company",
                "same_number",
                "same_bank_account",
                "same_person",
                "same_domain",
                name="refusal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint(
            "(refusal IS NULL) = (refused_at IS NULL)", name=op.f("ck_attribution_refused_at")
        ),
        sa.CheckConstraint("ends_on > registered_on", name=op.f("ck_attribution_ends_on")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_attribution_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_attribution_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribution")),
        sa.UniqueConstraint("company_id", name=op.f("uq_attribution_company_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attribution_public_id")),
    )
    with op.batch_alter_table("attribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attribution_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "plan_entitlement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "plan_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("value IS NULL OR value >= 0", name=op.f("ck_plan_entitlement_value")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_plan_entitlement_plan_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_entitlement")),
        sa.UniqueConstraint(
            "plan_version_id", "code", name=op.f("uq_plan_entitlement_plan_version_id_code")
        ),
    )
    op.create_table(
        "plan_price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "plan_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "interval",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="billinginterval",
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
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_plan_price_amount")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_price_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_price")),
        sa.UniqueConstraint(
            "plan_version_id",
            "interval",
            "currency",
            name=op.f("uq_plan_price_plan_version_id_interval_currency"),
        ),
    )
    op.create_table(
        "subscription",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "trial",
                "pending_payment",
                "active",
                "past_due",
                "suspended",
                "cancelled",
                "expired",
                name="subscriptionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "interval",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="billinginterval",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("trial_until", sa.Date(), nullable=True),
        sa.Column("paid_until", sa.Date(), nullable=True),
        sa.Column(
            "next_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "next_interval",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="next_interval",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ends_at_period", sa.Boolean(), nullable=False),
        sa.Column("pays_from_wallet", sa.Boolean(), nullable=False),
        sa.Column(
            "reminded_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("grant_reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'trial' OR trial_until IS NOT NULL", name=op.f("ck_subscription_trial_until")
        ),
        sa.CheckConstraint(
            "state IN ('pending_payment', 'cancelled', 'expired') OR paid_until IS NOT NULL",
            name=op.f("ck_subscription_paid_until"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_subscription_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_subscription_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["next_version_id"], ["plan_version.id"], name=op.f("fk_subscription_next_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_subscription_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscription_public_id")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscription_company_id"), ["company_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_subscription_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_subscription_living",
            ["company_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('cancelled', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('cancelled', 'expired')"),
        )
        batch_op.create_index(
            "uq_subscription_trial",
            ["company_id"],
            unique=True,
            sqlite_where=sa.text("trial_until IS NOT NULL"),
            postgresql_where=sa.text("trial_until IS NOT NULL"),
        )

    op.create_table(
        "ad_booking_pause",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on <= until_on", name=op.f("ck_ad_booking_pause_days")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["ad_booking.id"], name=op.f("fk_ad_booking_pause_booking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_booking_pause")),
    )
    with op.batch_alter_table("ad_booking_pause", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ad_booking_pause_booking_id"), ["booking_id"], unique=False
        )

    op.create_table(
        "ad_display_view",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "page",
            sa.Enum(
                "market",
                "commodity",
                "listing",
                "front",
                name="adpage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "banner",
                "text",
                "popup",
                "floating",
                name="adkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "house_ad_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("viewer", sa.String(length=32), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.CheckConstraint(
            "(booking_id IS NULL) <> (house_ad_id IS NULL)",
            name=op.f("ck_ad_display_view_booked_or_house"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["ad_booking.id"], name=op.f("fk_ad_display_view_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["house_ad_id"], ["ad_house.id"], name=op.f("fk_ad_display_view_house_ad_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_display_view")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_display_view_public_id")),
    )
    with op.batch_alter_table("ad_display_view", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ad_display_view_booking", ["booking_id", "day", "counted"], unique=False
        )

    op.create_table(
        "campaign",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending_review",
                "approved",
                "scheduled",
                "running",
                "paused",
                "completed",
                "rejected",
                "exhausted",
                "cancelled",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "max_bid_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "daily_budget_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_budget_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "spent_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("verification", sa.BigInteger(), nullable=False),
        sa.Column("completeness", sa.BigInteger(), nullable=False),
        sa.Column("answer_rate", sa.BigInteger(), nullable=False),
        sa.Column("click_rate", sa.BigInteger(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_campaign_days")
        ),
        sa.CheckConstraint(
            "max_bid_minor <= daily_budget_minor AND daily_budget_minor <= total_budget_minor",
            name=op.f("ck_campaign_budgets"),
        ),
        sa.CheckConstraint("max_bid_minor > 0", name=op.f("ck_campaign_max_bid")),
        sa.CheckConstraint(
            "spent_minor >= 0 AND spent_minor <= total_budget_minor", name=op.f("ck_campaign_spent")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_campaign_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_campaign_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_campaign_listing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("public_id", name=op.f("uq_campaign_public_id")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index("ix_campaign_state", ["state", "id"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "receiver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "repeats_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "delivered",
                "opened",
                "replied",
                "closed",
                "expired",
                "spam",
                "invalid",
                name="inquirystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column(
            "terms",
            sa.Enum(
                "free",
                "included",
                "paid",
                name="terms",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "free_reason",
            sa.Enum(
                "unverified",
                "blocked",
                "repeated",
                "no_price",
                name="freereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "charged_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "credited_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contest_until", sa.Date(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_by",
            sa.Enum(
                "asker",
                "receiver",
                name="closed_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("close_reason", sa.String(length=500), nullable=False),
        sa.Column("names_contacts", sa.Boolean(), nullable=False),
        sa.Column("unread_by_asker", sa.Boolean(), nullable=False),
        sa.Column("unread_by_receiver", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(terms IS NOT NULL AND terms = 'free') = (free_reason IS NOT NULL)",
            name=op.f("ck_inquiry_free"),
        ),
        sa.CheckConstraint(
            "(terms IS NOT NULL AND terms = 'paid') = (charged_minor > 0)",
            name=op.f("ck_inquiry_paid"),
        ),
        sa.CheckConstraint(
            "credited_minor = 0 OR credited_minor = charged_minor AND state IN ('spam', 'invalid')",
            name=op.f("ck_inquiry_credited"),
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_inquiry_closed")
        ),
        sa.CheckConstraint(
            "state <> 'delivered' OR opened_at IS NULL", name=op.f("ck_inquiry_delivered")
        ),
        sa.CheckConstraint(
            "state <> 'replied' OR replied_at IS NOT NULL", name=op.f("ck_inquiry_replied")
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened', 'replied', 'spam', 'invalid') OR opened_at IS NOT NULL",
            name=op.f("ck_inquiry_opened"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_inquiry_closer")
        ),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (contest_until IS NULL)", name=op.f("ck_inquiry_contest_until")
        ),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (terms IS NULL)", name=op.f("ck_inquiry_opened_terms")
        ),
        sa.CheckConstraint("(quantity IS NULL) = (unit_id IS NULL)", name=op.f("ck_inquiry_unit")),
        sa.CheckConstraint(
            "(replied_at IS NULL) = (in_time IS NULL)", name=op.f("ck_inquiry_in_time")
        ),
        sa.CheckConstraint("asker_id <> receiver_id", name=op.f("ck_inquiry_parties")),
        sa.CheckConstraint("charged_minor IN (0, price_minor)", name=op.f("ck_inquiry_charged")),
        sa.CheckConstraint(
            "opened_at IS NOT NULL OR price_minor > 0", name=op.f("ck_inquiry_price")
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name=op.f("ck_inquiry_quantity")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_inquiry_asked_by")),
        sa.ForeignKeyConstraint(["asker_id"], ["company.id"], name=op.f("fk_inquiry_asker_id")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_inquiry_commodity_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_inquiry_listing_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_inquiry_opened_by")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["company.id"], name=op.f("fk_inquiry_receiver_id")
        ),
        sa.ForeignKeyConstraint(["repeats_id"], ["inquiry.id"], name=op.f("fk_inquiry_repeats_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inquiry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_inquiry_public_id")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index("ix_inquiry_asker", ["asker_id", "asked_at"], unique=False)
        batch_op.create_index("ix_inquiry_due", ["state", "answer_until"], unique=False)
        batch_op.create_index(
            "ix_inquiry_pair", ["receiver_id", "asker_id", "commodity_id", "asked_at"], unique=False
        )
        batch_op.create_index(
            "uq_inquiry_living",
            ["listing_id", "asker_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('delivered', 'opened', 'replied')"),
            postgresql_where=sa.text("state IN ('delivered', 'opened', 'replied')"),
        )

    op.create_table(
        "partner_share",
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "attribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "payable",
                "paid",
                "offset",
                "taken_back",
                name="sharestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("income_key", sa.String(length=80), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "income_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "returned_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "taken_back_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "debt_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "withheld_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("payable_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (payout_id IS NOT NULL)", name=op.f("ck_partner_share_payout")
        ),
        sa.CheckConstraint(
            "state NOT IN ('offset', 'taken_back') OR amount_minor - withheld_minor - (taken_back_minor - debt_minor) = 0",
            name=op.f("ck_partner_share_nothing_owed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('pending', 'payable', 'paid') OR amount_minor - withheld_minor - (taken_back_minor - debt_minor) > 0",
            name=op.f("ck_partner_share_something_owed"),
        ),
        sa.CheckConstraint(
            "amount_minor - withheld_minor - (taken_back_minor - debt_minor) >= 0",
            name=op.f("ck_partner_share_net"),
        ),
        sa.CheckConstraint(
            "amount_minor <= income_minor", name=op.f("ck_partner_share_share_of_income")
        ),
        sa.CheckConstraint(
            "debt_minor BETWEEN 0 AND taken_back_minor", name=op.f("ck_partner_share_debt")
        ),
        sa.CheckConstraint(
            "income_minor > 0 AND amount_minor > 0", name=op.f("ck_partner_share_amounts")
        ),
        sa.CheckConstraint("payable_on >= earned_on", name=op.f("ck_partner_share_payable_on")),
        sa.CheckConstraint(
            "returned_minor BETWEEN 0 AND income_minor", name=op.f("ck_partner_share_returned")
        ),
        sa.CheckConstraint(
            "taken_back_minor BETWEEN 0 AND amount_minor", name=op.f("ck_partner_share_taken_back")
        ),
        sa.CheckConstraint(
            "withheld_minor BETWEEN 0 AND amount_minor", name=op.f("ck_partner_share_withheld")
        ),
        sa.ForeignKeyConstraint(
            ["attribution_id"], ["attribution.id"], name=op.f("fk_partner_share_attribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_share_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_partner_share_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_share")),
        sa.UniqueConstraint("income_key", name=op.f("uq_partner_share_income_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_share_public_id")),
    )
    with op.batch_alter_table("partner_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_share_attribution_id"), ["attribution_id"], unique=False
        )
        batch_op.create_index(
            "ix_partner_share_partner", ["partner_id", "currency", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_share_payable_on"), ["payable_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_share_payout_id"), ["payout_id"], unique=False)
        batch_op.create_index(
            "ix_partner_share_subject", ["subject_kind", "subject_id"], unique=False
        )

    op.create_table(
        "subscription_charge",
        sa.Column(
            "subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "start",
                "renewal",
                "upgrade",
                "grant",
                name="chargekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "running",
                "closed",
                "cancelled",
                name="chargestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "interval",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="billinginterval",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "discount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "earned_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "moved_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("recognised_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' OR earned_minor + moved_minor = value_minor",
            name=op.f("ck_subscription_charge_closed"),
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_subscription_charge_amount")),
        sa.CheckConstraint(
            "discount_minor >= 0 AND discount_minor <= price_minor",
            name=op.f("ck_subscription_charge_discount"),
        ),
        sa.CheckConstraint(
            "earned_minor >= 0 AND moved_minor >= 0 AND earned_minor + moved_minor <= value_minor",
            name=op.f("ck_subscription_charge_value"),
        ),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_subscription_charge_days")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_charge_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_subscription_charge_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_charge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscription_charge_public_id")),
    )
    with op.batch_alter_table("subscription_charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_charge_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_subscription_charge_subscription_id"), ["subscription_id"], unique=False
        )
        batch_op.create_index(
            "uq_subscription_charge_open_next",
            ["subscription_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open' AND kind <> 'upgrade'"),
            postgresql_where=sa.text("state = 'open' AND kind <> 'upgrade'"),
        )
        batch_op.create_index(
            "uq_subscription_charge_open_upgrade",
            ["subscription_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open' AND kind = 'upgrade'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'upgrade'"),
        )

    op.create_table(
        "ad_click",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "auction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "charged_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("viewer", sa.String(length=32), nullable=False),
        sa.Column(
            "viewer_company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(reason = '') = (charged_minor > 0)", name=op.f("ck_ad_click_charged_or_reason")
        ),
        sa.CheckConstraint("charged_minor >= 0", name=op.f("ck_ad_click_charged")),
        sa.ForeignKeyConstraint(
            ["auction_id"], ["ad_auction.id"], name=op.f("fk_ad_click_auction_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_ad_click_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_click")),
    )
    with op.batch_alter_table("ad_click", schema=None) as batch_op:
        batch_op.create_index("ix_ad_click_campaign", ["campaign_id", "at"], unique=False)
        batch_op.create_index(
            "uq_ad_click_charged",
            ["auction_id", "campaign_id"],
            unique=True,
            sqlite_where=sa.text("charged_minor > 0"),
            postgresql_where=sa.text("charged_minor > 0"),
        )

    op.create_table(
        "ad_display_click",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("view_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"], ["ad_display_view.id"], name=op.f("fk_ad_display_click_view_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_display_click")),
    )
    with op.batch_alter_table("ad_display_click", schema=None) as batch_op:
        batch_op.create_index("ix_ad_display_click_view", ["view_id"], unique=False)
        batch_op.create_index(
            "uq_ad_display_click_counted",
            ["view_id"],
            unique=True,
            sqlite_where=sa.text("reason = ''"),
            postgresql_where=sa.text("reason = ''"),
        )

    op.create_table(
        "ad_display_seen",
        sa.Column(
            "view_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"], ["ad_display_view.id"], name=op.f("fk_ad_display_seen_view_id")
        ),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_ad_display_seen")),
    )
    op.create_table(
        "ad_impression",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "auction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["auction_id"], ["ad_auction.id"], name=op.f("fk_ad_impression_auction_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_ad_impression_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_impression")),
        sa.UniqueConstraint(
            "auction_id", "campaign_id", name=op.f("uq_ad_impression_auction_id_campaign_id")
        ),
    )
    with op.batch_alter_table("ad_impression", schema=None) as batch_op:
        batch_op.create_index("ix_ad_impression_campaign", ["campaign_id", "at"], unique=False)

    op.create_table(
        "campaign_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "spent_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("spent_minor >= 0", name=op.f("ck_campaign_day_spent")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_day_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_day")),
        sa.UniqueConstraint("campaign_id", "day", name=op.f("uq_campaign_day_campaign_id_day")),
    )
    op.create_table(
        "campaign_target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("keyword", sa.String(length=120), nullable=True),
        sa.Column("typed", sa.String(length=80), nullable=False),
        sa.Column(
            "commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(keyword IS NULL) <> (commodity_id IS NULL)",
            name=op.f("ck_campaign_target_keyword_or_commodity"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_target_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_campaign_target_commodity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_target")),
        sa.UniqueConstraint(
            "campaign_id", "commodity_id", name=op.f("uq_campaign_target_campaign_id_commodity_id")
        ),
        sa.UniqueConstraint(
            "campaign_id", "keyword", name=op.f("uq_campaign_target_campaign_id_keyword")
        ),
    )
    with op.batch_alter_table("campaign_target", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_target_commodity", ["commodity_id"], unique=False)
        batch_op.create_index("ix_campaign_target_keyword", ["keyword"], unique=False)

    op.create_table(
        "coupon_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["subscription_charge.id"], name=op.f("fk_coupon_use_charge_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_coupon_use_company_id")
        ),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_use_coupon_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_use")),
        sa.UniqueConstraint(
            "coupon_id", "company_id", name=op.f("uq_coupon_use_coupon_id_company_id")
        ),
    )
    op.create_table(
        "inquiry_contest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "refused",
                name="conteststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "spam",
                "not_serious",
                "other_goods",
                "repeated",
                "other",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_inquiry_contest_decided")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["app_user.id"], name=op.f("fk_inquiry_contest_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_contest_inquiry_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["app_user.id"], name=op.f("fk_inquiry_contest_raised_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_contest")),
        sa.UniqueConstraint("inquiry_id", name=op.f("uq_inquiry_contest_inquiry_id")),
    )
    with op.batch_alter_table("inquiry_contest", schema=None) as batch_op:
        batch_op.create_index("ix_inquiry_contest_state", ["state", "id"], unique=False)

    op.create_table(
        "inquiry_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "inquiry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "party",
            sa.Enum(
                "asker",
                "receiver",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_message_inquiry_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_inquiry_message_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_message")),
    )
    with op.batch_alter_table("inquiry_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inquiry_message_inquiry_id"), ["inquiry_id"], unique=False
        )

    op.create_table(
        "partner_share_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("share_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("income_key", sa.String(length=80), nullable=False),
        sa.Column(
            "income_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "debt_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "amount_minor BETWEEN 0 AND income_minor", name=op.f("ck_partner_share_return_amount")
        ),
        sa.CheckConstraint(
            "debt_minor BETWEEN 0 AND amount_minor", name=op.f("ck_partner_share_return_debt")
        ),
        sa.CheckConstraint("income_minor > 0", name=op.f("ck_partner_share_return_income")),
        sa.ForeignKeyConstraint(
            ["share_id"], ["partner_share.id"], name=op.f("fk_partner_share_return_share_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_share_return")),
        sa.UniqueConstraint(
            "income_key", "share_id", name=op.f("uq_partner_share_return_income_key_share_id")
        ),
    )
    with op.batch_alter_table("partner_share_return", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_share_return_share_id"), ["share_id"], unique=False
        )

    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "natural_position",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("plan_badge", sa.String(length=30), server_default="", nullable=False)
        )
        batch_op.create_index(
            "ix_listing_open_natural_position",
            ["natural_position", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_proposal_own", ["proposed_by_company", "created_at"], unique=False
        )

    for table in APPEND_ONLY:
        make_append_only(table)
    allow_roles(NEW_ROLES)


def downgrade():
    op.execute("DELETE FROM staff_assignment WHERE role = 'advertising'")
    op.execute("DELETE FROM staff_task WHERE role = 'advertising'")
    allow_roles(ROLES)
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_own")

    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_listing_open_natural_position",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_column("plan_badge")
        batch_op.drop_column("natural_position")

    with op.batch_alter_table("partner_share_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_share_return_share_id"))

    op.drop_table("partner_share_return")
    with op.batch_alter_table("inquiry_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_message_inquiry_id"))

    op.drop_table("inquiry_message")
    with op.batch_alter_table("inquiry_contest", schema=None) as batch_op:
        batch_op.drop_index("ix_inquiry_contest_state")

    op.drop_table("inquiry_contest")
    op.drop_table("coupon_use")
    with op.batch_alter_table("campaign_target", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_target_keyword")
        batch_op.drop_index("ix_campaign_target_commodity")

    op.drop_table("campaign_target")
    op.drop_table("campaign_day")
    with op.batch_alter_table("ad_impression", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_impression_campaign")

    op.drop_table("ad_impression")
    op.drop_table("ad_display_seen")
    with op.batch_alter_table("ad_display_click", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ad_display_click_counted",
            sqlite_where=sa.text("reason = ''"),
            postgresql_where=sa.text("reason = ''"),
        )
        batch_op.drop_index("ix_ad_display_click_view")

    op.drop_table("ad_display_click")
    with op.batch_alter_table("ad_click", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ad_click_charged",
            sqlite_where=sa.text("charged_minor > 0"),
            postgresql_where=sa.text("charged_minor > 0"),
        )
        batch_op.drop_index("ix_ad_click_campaign")

    op.drop_table("ad_click")
    with op.batch_alter_table("subscription_charge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subscription_charge_open_upgrade",
            sqlite_where=sa.text("state = 'open' AND kind = 'upgrade'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'upgrade'"),
        )
        batch_op.drop_index(
            "uq_subscription_charge_open_next",
            sqlite_where=sa.text("state = 'open' AND kind <> 'upgrade'"),
            postgresql_where=sa.text("state = 'open' AND kind <> 'upgrade'"),
        )
        batch_op.drop_index(batch_op.f("ix_subscription_charge_subscription_id"))
        batch_op.drop_index(batch_op.f("ix_subscription_charge_state"))

    op.drop_table("subscription_charge")
    with op.batch_alter_table("partner_share", schema=None) as batch_op:
        batch_op.drop_index("ix_partner_share_subject")
        batch_op.drop_index(batch_op.f("ix_partner_share_payout_id"))
        batch_op.drop_index(batch_op.f("ix_partner_share_payable_on"))
        batch_op.drop_index("ix_partner_share_partner")
        batch_op.drop_index(batch_op.f("ix_partner_share_attribution_id"))

    op.drop_table("partner_share")
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_inquiry_living",
            sqlite_where=sa.text("state IN ('delivered', 'opened', 'replied')"),
            postgresql_where=sa.text("state IN ('delivered', 'opened', 'replied')"),
        )
        batch_op.drop_index("ix_inquiry_pair")
        batch_op.drop_index("ix_inquiry_due")
        batch_op.drop_index("ix_inquiry_asker")

    op.drop_table("inquiry")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_state")
        batch_op.drop_index(batch_op.f("ix_campaign_listing_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_company_id"))

    op.drop_table("campaign")
    with op.batch_alter_table("ad_display_view", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_display_view_booking")

    op.drop_table("ad_display_view")
    with op.batch_alter_table("ad_booking_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ad_booking_pause_booking_id"))

    op.drop_table("ad_booking_pause")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subscription_trial",
            sqlite_where=sa.text("trial_until IS NOT NULL"),
            postgresql_where=sa.text("trial_until IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_subscription_living",
            sqlite_where=sa.text("state NOT IN ('cancelled', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('cancelled', 'expired')"),
        )
        batch_op.drop_index(batch_op.f("ix_subscription_state"))
        batch_op.drop_index(batch_op.f("ix_subscription_company_id"))

    op.drop_table("subscription")
    op.drop_table("plan_price")
    op.drop_table("plan_entitlement")
    with op.batch_alter_table("attribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attribution_partner_id"))

    op.drop_table("attribution")
    with op.batch_alter_table("ad_house", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_house_slot")

    op.drop_table("ad_house")
    with op.batch_alter_table("ad_booking", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_booking_state")
        batch_op.drop_index("ix_ad_booking_place")
        batch_op.drop_index("ix_ad_booking_company")

    op.drop_table("ad_booking")
    op.drop_table("plan_version")
    op.drop_table("partner")
    op.drop_table("coupon")
    op.drop_table("commission_rule")
    op.drop_table("ad_creative")
    op.drop_table("wallet")
    op.drop_table("inquiry_price")
    op.drop_table("entitlement_lock")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_default",
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.drop_table("plan")
    op.drop_table("fee_counter")
    with op.batch_alter_table("ad_place", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ad_place_offered",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("ad_place")
    with op.batch_alter_table("ad_auction", schema=None) as batch_op:
        batch_op.drop_index("ix_ad_auction_at")

    op.drop_table("ad_auction")
