"""Flushes: what happened, who follows, what was told, and pictures of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PLACE = (("platform", sa.String), ("chat", sa.BigInteger), ("thread", sa.BigInteger))


def upgrade() -> None:
    op.create_table(
        "flush",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        _column("coin", sa.String),
        sa.Column("within", sa.BigInteger(), nullable=True),
        _column("start_ms", sa.BigInteger),
        _column("payload", sa.String),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
    op.create_index("flush_start", "flush", ["start_ms"])
    op.create_table(
        "machine",
        _column("name", sa.String),
        _column("state", sa.LargeBinary),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "follow",
        *(_column(*each) for each in PLACE),
        _column("coin", sa.String),
        _column("direct", sa.Boolean),
        _column("author", sa.BigInteger),
        _column("severity", sa.Integer),
        _column("how", sa.String),
        _column("created_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("platform", "chat", "thread", "coin"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telling",
        _column("key", sa.String),
        _column("flush", sa.BigInteger),
        _column("step", sa.String),
        _column("at_ms", sa.BigInteger),
        _column("record", sa.LargeBinary),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("telling_flush", "telling", ["flush", "at_ms"])
    op.create_index("telling_at", "telling", ["at_ms"])
    op.create_table(
        "reader",
        _column("flush", sa.BigInteger),
        *(_column(*each) for each in PLACE),
        _column("direct", sa.Boolean),
        _column("page", sa.String),
        _column("step", sa.String),
        _column("told_ms", sa.BigInteger),
        _column("rung", sa.Boolean),
        _column("muted", sa.Boolean),
        sa.PrimaryKeyConstraint("flush", "platform", "chat", "thread"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "picture",
        _column("digest", sa.String),
        _column("png", sa.LargeBinary),
        _column("alt", sa.String),
        _column("at_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("picture_at", "picture", ["at_ms"])


def downgrade() -> None:
    for table in ("picture", "reader", "telling", "follow", "machine", "flush"):
        op.drop_table(table)


def _column(name: str, kind: type[Any]) -> "sa.Column[Any]":
    return sa.Column(name, kind(), nullable=False)
