"""Counts of the notifications that were pruned, and the settled ones in the order of their ends."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pruned",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "state", "reason"),
        sqlite_with_rowid=False,
    )
    settled = sa.text("settled_ms IS NOT NULL")
    op.create_index(
        "notification_settled",
        "notification",
        ["settled_ms"],
        sqlite_where=settled,
        postgresql_where=settled,
    )


def downgrade() -> None:
    op.drop_index("notification_settled", "notification")
    op.drop_table("pruned")
