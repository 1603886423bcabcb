"""matched listings

Which listings a run has looked at is matching's own knowledge, not a field of the listing.

Revision ID: matched_listings
Revises: match_failures
Create Date: 2026-11-28 14:10:00.000000+00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "matched_listings"
down_revision = "match_failures"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "matched_listing",
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_matched_listing_listing_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_matched_listing")),
    )
    op.execute(
        "INSERT INTO matched_listing (listing_id, matched_at) "
        "SELECT id, matched_at FROM listing WHERE matched_at IS NOT NULL"
    )
    op.drop_column("listing", "matched_at")


def downgrade():
    op.add_column("listing", sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE listing SET matched_at = (SELECT matched_at FROM matched_listing "
        "WHERE matched_listing.listing_id = listing.id)"
    )
    op.drop_table("matched_listing")
