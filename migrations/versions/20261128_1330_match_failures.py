"""match failures

Revision ID: match_failures
Revises: 589754a25e6b
Create Date: 2026-11-28 13:30:00.000000+00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "match_failures"
down_revision = "589754a25e6b"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("match_run") as batch_op:
        batch_op.add_column(
            sa.Column("failures", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )


def downgrade():
    with op.batch_alter_table("match_run") as batch_op:
        batch_op.drop_column("failures")
