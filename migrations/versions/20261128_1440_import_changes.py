"""import changes

An import changes listings that it names with other terms, and tells how many.

Revision ID: import_changes
Revises: matched_listings
Create Date: 2026-11-28 14:40:00.000000+00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "import_changes"
down_revision = "matched_listings"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "import_batch",
        sa.Column(
            "changed",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )


def downgrade():
    op.drop_column("import_batch", "changed")
