"""The tables; their rows never leave this package.

Money, platform ids and milliseconds are ``BigInteger``: a plain ``int`` column overflows on
PostgreSQL alone.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Dialect, Index, Integer, MetaData, String, TypeDecorator, text
from sqlmodel import Field, SQLModel

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""


class ForeignText(TypeDecorator[str]):
    """Text from outside, without the characters that PostgreSQL keeps in no text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode(errors="replace").decode().replace("\0", "\ufffd")


class State(StrEnum):
    """Of a notification. The first two are open, the others its ends."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    MERGED = "merged"
    DEAD = "dead"


ALERT = "alert"
PAGE = "page"
"""The ``kind`` of a notification that a rule caused, and of a page of a flush's story; others are
notices about the bot itself."""


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
    reason: str = Field(default="", sa_type=ForeignText)
    role: int = Field(default=0, sa_type=BigInteger)
    share: bool = False
    moved_to: int | None = Field(default=None, sa_type=BigInteger)


class NotificationRow(Table, table=True):
    """One message on its way. ``settled_ms`` is set exactly when the state is an end.

    ``kind`` is ``alert`` or the kind of a notice. ``amended``: the payload changed while it was
    being sent. ``lease_owner`` is the process that sends it. ``doubt_ms``: since when it may have
    arrived without our knowing.
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
            "notification_settled",
            "settled_ms",
            sqlite_where=text("settled_ms IS NOT NULL"),
            postgresql_where=text("settled_ms IS NOT NULL"),
        ),
        Index(
            "notification_merged",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=ForeignText, sa_column_kwargs={"unique": True})
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
    doubt_ms: int | None = Field(default=None, sa_type=BigInteger)
    amended: bool = False
    message: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(default="", sa_type=ForeignText)
    merged_into: int | None = Field(default=None, sa_type=BigId, foreign_key="notification.id")


class PrunedRow(Table, table=True):
    """How many settled notifications are no rows any more, by how they had ended."""

    __tablename__ = "pruned"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    platform: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    reason: str = Field(primary_key=True, sa_type=ForeignText)
    many: int = Field(sa_type=BigInteger)


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


class MarkRow(Table, table=True):
    """An update whose effect is stored: when it comes again, it has no other."""

    __tablename__ = "mark"
    __table_args__ = (Index("mark_at", "at_ms"), {"sqlite_with_rowid": False})

    source: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class FailureRow(Table, table=True):
    """An update that could not be handled. ``kind``: a message, a press; never what was said."""

    __tablename__ = "failure"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    source: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    error: str = Field(sa_type=ForeignText)
    at_ms: int = Field(sa_type=BigInteger)


class KeyboardRow(Table, table=True):
    """What the buttons of one message do. ``actions`` is a JSON array; ``message`` is noted at the
    first press."""

    __tablename__ = "keyboard"
    __table_args__ = (
        Index("keyboard_expires", "expires_ms"),
        {"sqlite_with_rowid": False},
    )

    token: str = Field(primary_key=True)
    platform: str
    place: int = Field(sa_type=BigInteger)
    person: int = Field(sa_type=BigInteger)
    message: int | None = Field(default=None, sa_type=BigInteger)
    actions: str = Field(sa_type=ForeignText)
    expires_ms: int = Field(sa_type=BigInteger)


def stored_id(number: int | None) -> int:
    """A stored row always has its number; before that it is a mistake to ask."""
    if number is None:
        raise LookupError("this row was never stored")
    return number
