"""Doubt of a delivery, marks of handled updates, failures, and the buttons' stored actions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notification", sa.Column("doubt_ms", sa.BigInteger(), nullable=True))
    _updates()
    _keyboards()


def downgrade() -> None:
    for table in ("keyboard", "failure", "mark"):
        op.drop_table(table)
    op.drop_column("notification", "doubt_ms")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _updates() -> None:
    op.create_table(
        "mark",
        _word("source"),
        _number("number"),
        _number("at_ms"),
        sa.PrimaryKeyConstraint("source", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("mark_at", "mark", ["at_ms"])
    op.create_table(
        "failure",
        _word("source"),
        _number("number"),
        _word("kind"),
        _word("error"),
        _number("at_ms"),
        sa.PrimaryKeyConstraint("source", "number"),
        sqlite_with_rowid=False,
    )


def _keyboards() -> None:
    op.create_table(
        "keyboard",
        _word("token"),
        _word("platform"),
        _number("place"),
        _number("person"),
        sa.Column("message", sa.BigInteger(), nullable=True),
        _word("actions"),
        _number("expires_ms"),
        sa.PrimaryKeyConstraint("token"),
        sqlite_with_rowid=False,
    )
    op.create_index("keyboard_expires", "keyboard", ["expires_ms"])
