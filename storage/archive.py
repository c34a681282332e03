"""Sums of liquidations by time, as history reads them: heard here, and imported."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy import Table as SqlTable

from bot.clock import HOUR_MS, MINUTE_MS
from bot.market import USD
from bot.ports import Imported, Series
from storage.engines import Database
from storage.heard_tables import HourRow, MinuteRow, PastRow

BATCH = 2_000
"""Rows that are read at once: whoever else uses the loop comes in between."""

AMOUNTS = ("long_usd", "long_rest", "short_usd", "short_rest")

_MINUTE = MinuteRow.metadata.tables["minute"]
_HOUR = HourRow.metadata.tables["hour"]
_PAST = PastRow.metadata.tables["past"]


class StoredArchive:
    """Fulfils ``bot.ports.Archive``. Spans count as a whole or not at all, and a span in which
    nothing had a known worth is left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def minutes(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        """As far back as there are minutes: 90 days."""
        query = _heard(_MINUTE, coin, exchanges, from_ms, to_ms - MINUTE_MS)
        return await self._read(query.order_by(_MINUTE.c.start_ms), MINUTE_MS, _heard_amounts)

    async def hours(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        first_ms, last_ms = -(-from_ms // HOUR_MS) * HOUR_MS, to_ms // HOUR_MS * HOUR_MS - 1
        # One statement: a minute that becomes part of an hour meanwhile is counted once.
        told = union_all(
            _heard(_MINUTE, coin, exchanges, first_ms, last_ms),
            _heard(_HOUR, coin, exchanges, first_ms, last_ms),
        ).subquery()
        hour = told.c.start_ms - told.c.start_ms % HOUR_MS
        sums = (func.sum(told.c[name]) for name in AMOUNTS)
        query = select(hour, *sums).group_by(hour).order_by(hour)
        return await self._read(query, HOUR_MS, _heard_amounts)

    async def minutes_by_coin(
        self, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> dict[str, Series]:
        """One statement; as far back as there are minutes."""
        query = _heard(_MINUTE, None, exchanges, from_ms, to_ms - MINUTE_MS)
        query = query.add_columns(_MINUTE.c.coin).group_by(_MINUTE.c.coin)
        known: dict[str, tuple[list[int], list[int], list[int]]] = {}
        async with self._database.reading() as session:
            found = await (await session.connection()).stream(query.order_by(_MINUTE.c.start_ms))
            async for batch in found.partitions(BATCH):
                for start_ms, *told, coin in batch:
                    columns = known.setdefault(coin, ([], [], []))
                    for column, value in zip(
                        columns, (start_ms, *_heard_amounts(told)), strict=True
                    ):
                        column.append(value)
        return {coin: Series(MINUTE_MS, *columns) for coin, columns in known.items()}

    async def imports(self) -> list[Imported]:
        which = (_PAST.c.source, _PAST.c.coin, _PAST.c.exchange, _PAST.c.span_ms)
        query = select(*which).distinct().order_by(*which)
        async with self._database.reading() as session:
            found = await (await session.connection()).execute(query)
            return [Imported(*row) for row in found]

    async def past(self, source: str, coin: str, exchange: str, span_ms: int) -> Series:
        """Spans that were imported as nothing are told as well."""
        query = (
            select(_PAST.c.start_ms, _PAST.c.long, _PAST.c.short)
            .where(_PAST.c.source == source, _PAST.c.coin == coin)
            .where(_PAST.c.exchange == exchange, _PAST.c.span_ms == span_ms)
            .order_by(_PAST.c.start_ms)
        )
        return await self._read(query, span_ms, tuple)

    async def _read(
        self,
        query: Select[Any],
        span_ms: int,
        amounts: Callable[[Sequence[Any]], Sequence[int]],
    ) -> Series:
        starts: list[int] = []
        longs: list[int] = []
        shorts: list[int] = []
        async with self._database.reading() as session:
            found = await (await session.connection()).stream(query)
            async for batch in found.partitions(BATCH):
                for start_ms, *told in batch:
                    long, short = amounts(told)
                    starts.append(start_ms)
                    longs.append(long)
                    shorts.append(short)
        return Series(span_ms, starts, longs, shorts)


def _heard(
    table: SqlTable, coin: str | None, exchanges: Collection[str], first_ms: int, last_ms: int
) -> Select[Any]:
    """Sums by start in [first, last], of what had a known worth."""
    which: list[ColumnElement[bool]] = [
        table.c.start_ms.between(first_ms, last_ms),
        table.c.exchange.in_(exchanges),
        table.c.longs + table.c.shorts > 0,
    ]
    if coin is not None:
        which.append(table.c.coin == coin)
    sums = (func.sum(table.c[name]).label(name) for name in AMOUNTS)
    return select(table.c.start_ms, *sums).where(*which).group_by(table.c.start_ms)


def _heard_amounts(parts: Sequence[Any]) -> tuple[int, int]:
    """Longs and shorts in ``market.USD``; PostgreSQL adds to decimals of its own."""
    long_usd, long_rest, short_usd, short_rest = map(int, parts)
    return long_usd * USD + long_rest, short_usd * USD + short_rest
