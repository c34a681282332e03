"""Rules, chats, notifications, listings and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _rules()
    _chats()
    _notifications()
    _small_tables()


def downgrade() -> None:
    for table in ("note", "listing", "notification", "chat", "rule"):
        op.drop_table(table)


def _destination() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
    )


def _rules() -> None:
    op.create_table(
        "rule",
        sa.Column("id", BIG_ID, primary_key=True),
        *_destination(),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("coin", sa.String(), nullable=False),
        sa.Column("exchange", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("episode", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    identity = ["coin", "exchange", "window", "metric", "threshold", "floor"]
    op.create_index("rule_once", "rule", ["platform", "chat", "thread", *identity], unique=True)


def _chats() -> None:
    op.create_table(
        "chat",
        *_destination(),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("muted_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("role", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Boolean(), nullable=False),
        sa.Column("moved_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "chat", "thread"),
    )


def _notifications() -> None:
    op.create_table(
        "notification",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        *_destination(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("unknowns", sa.BigInteger(), nullable=False),
        sa.Column("amended", sa.Boolean(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("merged_into", BIG_ID, nullable=True),
        sa.UniqueConstraint("key"),
        sa.ForeignKeyConstraint(["merged_into"], ["notification.id"]),
        sqlite_autoincrement=True,
    )
    _partial_index("notification_open", ["platform", "chat", "id"], "settled_ms IS NULL")
    _partial_index("notification_merged", ["merged_into"], "merged_into IS NOT NULL")
    op.create_index("notification_state", "notification", ["state"])


def _partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        "notification",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _small_tables() -> None:
    op.create_table(
        "listing",
        sa.Column("exchange", sa.String(), primary_key=True),
        sa.Column("instruments", sa.String(), nullable=False),
        sa.Column("saved_ms", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "note",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
