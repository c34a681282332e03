"""What ranks and the market's structure are made of: sums by time, facts and candles."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from bot.structure.facts import Candle, Fact, Measure


class Series(msgspec.Struct, frozen=True):
    """Liquidations by span, oldest first; spans in which there was nothing are left out.

    Three columns of one length; amounts in ``market.USD``; a span is [start, start + span).
    """

    span_ms: int
    starts: Sequence[int]
    longs: Sequence[int]
    shorts: Sequence[int]


class Imported(msgspec.Struct, frozen=True):
    """A series that was imported; coin or exchange "" stands for all."""

    source: str
    coin: str
    exchange: str
    span_ms: int


class Archive(Protocol):
    """Everything that was heard here, and what was imported, as sums by time."""

    async def minutes(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        """Of [from, to), at most the last 90 days; ``coin`` None: all coins together."""
        ...

    async def hours(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        """Whole hours of [from, to), of any time."""
        ...

    async def minutes_by_coin(
        self, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> dict[str, Series]:
        """``minutes`` of every coin that had any, in one reading."""
        ...

    async def imports(self) -> list[Imported]:
        """Every series that was imported, by source, coin, exchange and span."""
        ...

    async def past(self, source: str, coin: str, exchange: str, span_ms: int) -> Series:
        """Imported sums; coin or exchange "" stands for all, as they were imported.

        Spans that were imported as nothing are told too: one that is left out is not known.
        """
        ...


class Facts(Protocol):
    """The market's structure as it was told."""

    async def keep(self, facts: Sequence[Fact], candles: Sequence[Candle]) -> None:
        """Add; the same (measure, coin, source, time) or candle again replaces."""
        ...

    async def facts(
        self, measure: Measure, coin: str, from_ms: int, to_ms: int, every_ms: int = 0
    ) -> list[Fact]:
        """Of all sources in [from, to), oldest first; with ``every_ms`` only the first of each
        source in each such span."""
        ...

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]:
        """Of all sources with a start in [from, to), by start, then by source."""
        ...

    async def thin(self, now_ms: int) -> None:
        """Forget by age. Facts: all of 48 hours, then the first of each quarter of an hour, after
        30 days the first of each hour, nothing after 400 days. Candles of minutes: 8 days; of
        hours: 400 days."""
        ...
