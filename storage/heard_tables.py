"""The tables of what was heard, and what was not; like ``storage.tables`` they stay in here."""

from typing import ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from storage.tables import BigId, ForeignText, Table


class TapeRow(Table, table=True):
    """The liquidations of one write, as ``storage.pages`` packs them.

    ``first_ms`` and ``last_ms`` are the earliest and the latest time received.
    """

    __tablename__ = "tape"
    __table_args__ = (Index("tape_last", "last_ms"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    first_ms: int = Field(sa_type=BigInteger)
    last_ms: int = Field(sa_type=BigInteger)
    count: int = Field(sa_type=BigInteger)
    events: bytes


class SumColumns(Table):
    """What was liquidated of one coin on one exchange in the span that begins at ``start_ms``.

    An amount is whole US dollars and, apart from them, the rest in ``market.USD``: one number for
    both would leave 64 bits at 92 billion dollars, which a broken contract size can claim.
    ``longs`` and ``shorts`` count orders of known worth, ``unpriced`` the others.
    """

    start_ms: int = Field(primary_key=True, sa_type=BigInteger)
    exchange: str = Field(primary_key=True)
    coin: str = Field(primary_key=True)
    long_usd: int = Field(sa_type=BigInteger)
    long_rest: int = Field(sa_type=BigInteger)
    short_usd: int = Field(sa_type=BigInteger)
    short_rest: int = Field(sa_type=BigInteger)
    longs: int = Field(sa_type=BigInteger)
    shorts: int = Field(sa_type=BigInteger)
    unpriced: int = Field(sa_type=BigInteger)


class MinuteRow(SumColumns, table=True):
    """A minute by the exchange's time."""

    __tablename__ = "minute"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}


class HourRow(SumColumns, table=True):
    """The sum of those minutes of an hour that are no ``MinuteRow`` any more."""

    __tablename__ = "hour"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}


class GapRow(Table, table=True):
    """An interval in which a stream of an exchange was not heard; open without ``end_ms``."""

    __tablename__ = "gap"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    exchange: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    start_ms: int = Field(primary_key=True, sa_type=BigInteger)
    end_ms: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(sa_type=ForeignText)
    kind: str
    filled: bool


class BadFrameRow(Table, table=True):
    """A frame that could not be read."""

    __tablename__ = "bad_frame"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    exchange: str
    frame: bytes
    reason: str = Field(sa_type=ForeignText)
    received_ms: int = Field(sa_type=BigInteger)


class PastRow(Table, table=True):
    """An imported sum; amounts in ``market.USD``."""

    __tablename__ = "past"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    source: str = Field(primary_key=True)
    coin: str = Field(primary_key=True)
    exchange: str = Field(primary_key=True)
    span_ms: int = Field(primary_key=True, sa_type=BigInteger)
    start_ms: int = Field(primary_key=True, sa_type=BigInteger)
    long: int = Field(sa_type=BigInteger)
    short: int = Field(sa_type=BigInteger)
