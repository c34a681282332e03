"""The tables of flushes; like ``storage.tables`` they stay in here."""

from typing import ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from storage.tables import ForeignText, Table


class FlushRow(Table, table=True):
    """One flush as it was told last; coin "" is the whole market, ``payload`` all of it as JSON."""

    __tablename__ = "flush"
    __table_args__ = (Index("flush_start", "start_ms"), {"sqlite_with_rowid": False})

    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    coin: str
    within: int | None = Field(default=None, sa_type=BigInteger)
    start_ms: int = Field(sa_type=BigInteger)
    payload: str


class MachineRow(Table, table=True):
    """The one row of the flush machine's state, as JSON."""

    __tablename__ = "machine"

    name: str = Field(primary_key=True)
    state: bytes


class FollowRow(Table, table=True):
    """Who follows what; coin "" is the whole market. ``how`` is JSON: the steps that are not as
    by default."""

    __tablename__ = "follow"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    platform: str = Field(primary_key=True)
    chat: int = Field(primary_key=True, sa_type=BigInteger)
    thread: int = Field(primary_key=True, sa_type=BigInteger)
    coin: str = Field(primary_key=True)
    direct: bool
    author: int = Field(sa_type=BigInteger)
    severity: int
    how: str
    created_ms: int = Field(sa_type=BigInteger)


class TellingRow(Table, table=True):
    """What was told of a moment, with its evidence; flush 0: none."""

    __tablename__ = "telling"
    __table_args__ = (Index("telling_flush", "flush", "at_ms"), Index("telling_at", "at_ms"))

    key: str = Field(primary_key=True, sa_type=ForeignText)
    flush: int = Field(sa_type=BigInteger)
    step: str
    at_ms: int = Field(sa_type=BigInteger)
    record: bytes


class ReaderRow(Table, table=True):
    """How far one destination was told of one flush; step "" is nothing yet."""

    __tablename__ = "reader"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    flush: int = Field(primary_key=True, sa_type=BigInteger)
    platform: str = Field(primary_key=True)
    chat: int = Field(primary_key=True, sa_type=BigInteger)
    thread: int = Field(primary_key=True, sa_type=BigInteger)
    direct: bool
    page: str
    step: str
    told_ms: int = Field(sa_type=BigInteger)
    rung: bool
    muted: bool


class PictureRow(Table, table=True):
    """A drawn chart by the digest of its content."""

    __tablename__ = "picture"
    __table_args__ = (Index("picture_at", "at_ms"),)

    digest: str = Field(primary_key=True)
    png: bytes
    alt: str = Field(sa_type=ForeignText)
    at_ms: int = Field(sa_type=BigInteger)
