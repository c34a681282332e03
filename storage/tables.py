"""The tables; their rows never leave this package.

Money, platform ids and milliseconds are ``BigInteger``: a plain ``int`` column overflows on
PostgreSQL alone.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, Integer, MetaData, text
from sqlmodel import Field, SQLModel

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""


class State(StrEnum):
    """Of a notification. The first two are open, the others its ends."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    MERGED = "merged"
    DEAD = "dead"


class Table(SQLModel):
    """Keeps this package's tables apart from anybody else's."""

    metadata: ClassVar[MetaData] = MetaData()


class RuleRow(Table, table=True):
    """A rule with its state. Empty ``coin`` or ``exchange``: all, so that a unique index works."""

    __tablename__ = "rule"
    __table_args__ = (
        Index(
            "rule_once",
            "platform",
            "chat",
            "thread",
            "coin",
            "exchange",
            "window",
            "metric",
            "threshold",
            "floor",
            unique=True,
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    platform: str
    chat: int = Field(sa_type=BigInteger)
    thread: int = Field(sa_type=BigInteger)
    direct: bool
    author: int = Field(sa_type=BigInteger)
    coin: str
    exchange: str
    window: str
    metric: str
    threshold: int = Field(sa_type=BigInteger)
    floor: int = Field(sa_type=BigInteger)
    paused: bool
    created_ms: int = Field(sa_type=BigInteger)
    armed: bool = True
    episode: int = Field(default=0, sa_type=BigInteger)
    level: int = Field(default=0, sa_type=BigInteger)


class ChatRow(Table, table=True):
    """A destination and its wishes. ``moved_to``: the id that the chat has now."""

    __tablename__ = "chat"

    platform: str = Field(primary_key=True)
    chat: int = Field(primary_key=True, sa_type=BigInteger)
    thread: int = Field(primary_key=True, sa_type=BigInteger)
    direct: bool
    state: str = "active"
    muted_until_ms: int = Field(default=0, sa_type=BigInteger)
    reason: str = ""
    role: int = Field(default=0, sa_type=BigInteger)
    share: bool = False
    moved_to: int | None = Field(default=None, sa_type=BigInteger)


class NotificationRow(Table, table=True):
    """One message on its way. ``settled_ms`` is set exactly when the state is an end.

    ``kind`` is ``alert`` or the kind of a notice. ``amended``: the payload changed while it was
    being sent. ``lease_owner`` is the process that sends it.
    """

    __tablename__ = "notification"
    __table_args__ = (
        # Claims read open rows alone, however many were settled.
        Index(
            "notification_open",
            "platform",
            "chat",
            "id",
            sqlite_where=text("settled_ms IS NULL"),
            postgresql_where=text("settled_ms IS NULL"),
        ),
        Index("notification_state", "state"),
        Index(
            "notification_merged",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(sa_column_kwargs={"unique": True})
    platform: str
    chat: int = Field(sa_type=BigInteger)
    thread: int = Field(sa_type=BigInteger)
    direct: bool
    kind: str
    payload: str
    state: str
    created_ms: int = Field(sa_type=BigInteger)
    not_before_ms: int = Field(sa_type=BigInteger)
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    lease_until_ms: int = Field(default=0, sa_type=BigInteger)
    lease_owner: int = Field(default=0, sa_type=BigInteger)
    attempts: int = Field(default=0, sa_type=BigInteger)
    unknowns: int = Field(default=0, sa_type=BigInteger)
    amended: bool = False
    message: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = ""
    merged_into: int | None = Field(default=None, sa_type=BigId, foreign_key="notification.id")


class ListingRow(Table, table=True):
    """The last good instrument table of one exchange, as JSON."""

    __tablename__ = "listing"

    exchange: str = Field(primary_key=True)
    instruments: str
    saved_ms: int = Field(sa_type=BigInteger)


class NoteRow(Table, table=True):
    """A small fact under a name."""

    __tablename__ = "note"

    name: str = Field(primary_key=True)
    value: str


def stored_id(number: int | None) -> int:
    """A stored row always has its number; before that it is a mistake to ask."""
    if number is None:
        raise LookupError("this row was never stored")
    return number
