"""Market structure: facts and candles."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("coin", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "coin", "at_ms", "source"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "candle",
        sa.Column("coin", sa.String(), nullable=False),
        sa.Column("spot", sa.Boolean(), nullable=False),
        sa.Column("span_ms", sa.BigInteger(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Double(), nullable=False)
            for name in ("open", "high", "low", "close")
        ),
        sa.Column("volume", sa.Double(), nullable=True),
        sa.Column("taker_buys", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("coin", "spot", "span_ms", "start_ms", "source"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("candle")
    op.drop_table("fact")
