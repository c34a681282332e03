"""The tables of market structure; like ``storage.tables`` they stay in here."""

from typing import ClassVar

from sqlalchemy import BigInteger, Double
from sqlmodel import Field

from storage.tables import Table


class FactRow(Table, table=True):
    """One value of a coin by one source; coin "": of all its coins together."""

    __tablename__ = "fact"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    measure: str = Field(primary_key=True)
    coin: str = Field(primary_key=True)
    at_ms: int = Field(primary_key=True, sa_type=BigInteger)
    source: str = Field(primary_key=True)
    value: float = Field(sa_type=Double)


class CandleRow(Table, table=True):
    """Prices over a span by one source; ``volume`` and ``taker_buys`` in US dollars."""

    __tablename__ = "candle"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    coin: str = Field(primary_key=True)
    spot: bool = Field(primary_key=True)
    span_ms: int = Field(primary_key=True, sa_type=BigInteger)
    start_ms: int = Field(primary_key=True, sa_type=BigInteger)
    source: str = Field(primary_key=True)
    open: float = Field(sa_type=Double)
    high: float = Field(sa_type=Double)
    low: float = Field(sa_type=Double)
    close: float = Field(sa_type=Double)
    volume: float | None = Field(default=None, sa_type=Double)
    taker_buys: float | None = Field(default=None, sa_type=Double)
