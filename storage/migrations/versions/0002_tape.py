"""The tape with its sums and gaps, the quarantine, and imported history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _tape()
    for table in ("minute", "hour"):
        _sums(table)
    _gaps()
    _quarantine()
    _past()


def downgrade() -> None:
    for table in ("past", "bad_frame", "gap", "hour", "minute", "tape"):
        op.drop_table(table)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _tape() -> None:
    op.create_table(
        "tape",
        sa.Column("id", BIG_ID, primary_key=True),
        _number("first_ms"),
        _number("last_ms"),
        _number("count"),
        # Last: whoever looks at the times alone then passes over the pages behind a large blob.
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("tape_last", "tape", ["last_ms"])


def _sums(table: str) -> None:
    op.create_table(
        table,
        _number("start_ms"),
        _word("exchange"),
        _word("coin"),
        *map(_number, ("long_usd", "long_rest", "short_usd", "short_rest")),
        *map(_number, ("longs", "shorts", "unpriced")),
        sa.PrimaryKeyConstraint("start_ms", "exchange", "coin"),
        sqlite_with_rowid=False,
    )


def _gaps() -> None:
    op.create_table(
        "gap",
        _word("exchange"),
        _word("stream"),
        _number("start_ms"),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        _word("reason"),
        _word("kind"),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("exchange", "stream", "start_ms"),
        sqlite_with_rowid=False,
    )


def _quarantine() -> None:
    op.create_table(
        "bad_frame",
        sa.Column("id", BIG_ID, primary_key=True),
        _word("exchange"),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        _word("reason"),
        _number("received_ms"),
        sqlite_autoincrement=True,
    )


def _past() -> None:
    op.create_table(
        "past",
        *map(_word, ("source", "coin", "exchange")),
        *map(_number, ("span_ms", "start_ms", "long", "short")),
        sa.PrimaryKeyConstraint("source", "coin", "exchange", "span_ms", "start_ms"),
        sqlite_with_rowid=False,
    )
