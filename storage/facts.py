"""The market's structure as it was told: facts and candles, replaced where they are told again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Exists,
    Select,
    exists,
    literal,
    select,
    tuple_,
)
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Candle, Fact, Measure
from storage.engines import Database, replace_rows
from storage.forgetting import PIECE, forget
from storage.structure_tables import CandleRow, FactRow
from storage.tables import Table

ALL_MS = 2 * DAY_MS
"""For so long every fact is kept."""

QUARTERS_MS = 30 * DAY_MS
"""And for so long the first of each quarter of an hour."""

KEPT_MS = 400 * DAY_MS
MINUTES_MS = 8 * DAY_MS
"""For so long candles below an hour are kept."""

QUARTER_MS = 15 * MINUTE_MS

BATCH = 2_000
"""Rows that are read at once: whoever else uses the loop comes in between."""

_F, _C = FactRow.metadata.tables["fact"], CandleRow.metadata.tables["candle"]
_EARLIER = _F.alias()


class StoredFacts:
    """Fulfils ``bot.ports.Facts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thinned_ms = 0

    async def keep(self, facts: Sequence[Fact], candles: Sequence[Candle]) -> None:
        """A piece in each transaction: what was kept before a failure stays."""
        # What comes late, of a time that was thinned, is thinned as well.
        self._thinned_ms = min([self._thinned_ms, *(fact.at_ms for fact in facts)])
        await self._replace(FactRow, facts)
        await self._replace(CandleRow, candles)

    async def facts(
        self, measure: Measure, coin: str, from_ms: int, to_ms: int, every_ms: int = 0
    ) -> list[Fact]:
        query = (
            select(_F.c.source, _F.c.at_ms, _F.c.value)
            .where(_F.c.measure == measure.value, _F.c.coin == coin)
            .where(_F.c.at_ms >= from_ms, _F.c.at_ms < to_ms)
            .order_by(_F.c.at_ms, _F.c.source)
        )
        if every_ms:
            query = query.where(~_has_earlier(every_ms, from_ms))
        return [
            Fact(source, coin, measure, at_ms, value)
            async for batch in self._read(query)
            for source, at_ms, value in batch
        ]

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]:
        query = (
            select(*(_C.c[name] for name in Candle.__struct_fields__))
            .where(_C.c.coin == coin, _C.c.spot == spot, _C.c.span_ms == span_ms)
            .where(_C.c.start_ms >= from_ms, _C.c.start_ms < to_ms)
            .order_by(_C.c.start_ms, _C.c.source)
        )
        return [Candle(*row) async for batch in self._read(query) for row in batch]

    async def thin(self, now_ms: int) -> None:
        """All of it at the first call of a process, then what has grown too old since."""
        since_ms = self._thinned_ms
        async for measure, coin in self._groups(_F.c.measure, _F.c.coin):
            same = (_F.c.measure == measure, _F.c.coin == coin)
            await forget(self._database, _F, *same, _F.c.at_ms < now_ms - KEPT_MS)
            for span_ms, age_ms in ((QUARTER_MS, ALL_MS), (HOUR_MS, QUARTERS_MS)):
                # From the beginning of a span: its first decides about the others.
                from_ms = max(0, since_ms - age_ms) // span_ms * span_ms
                grown = (_F.c.at_ms >= from_ms, _F.c.at_ms < now_ms - age_ms)
                await forget(self._database, _F, *same, *grown, _has_earlier(span_ms, 0))
        async for coin, spot, span_ms in self._groups(_C.c.coin, _C.c.spot, _C.c.span_ms):
            kept_ms = MINUTES_MS if span_ms < HOUR_MS else KEPT_MS
            bars = (_C.c.coin == coin, _C.c.spot == spot, _C.c.span_ms == span_ms)
            await forget(self._database, _C, *bars, _C.c.start_ms < now_ms - kept_ms)
        self._thinned_ms = now_ms

    async def _replace(self, table: type[Table], told: Sequence[Fact | Candle]) -> None:
        key = [
            column.name for column in table.metadata.tables[str(table.__tablename__)].primary_key
        ]
        # In the order of their keys, two processes never wait for each other in a circle.
        rows = sorted(map(msgspec.structs.asdict, told), key=lambda row: [row[k] for k in key])
        for start in range(0, len(rows), PIECE):
            piece = rows[start : start + PIECE]

            async def work(session: AsyncSession, piece: list[dict[str, Any]] = piece) -> None:
                await replace_rows(session, table, piece)

            await self._database.write(work)

    async def _read(self, query: Select[Any]) -> AsyncIterator[Sequence[Any]]:
        async with self._database.reading() as session:
            rows = await (await session.connection()).stream(query)
            async for batch in rows.partitions(BATCH):
                yield batch

    async def _groups(self, *columns: Column[Any]) -> AsyncIterator[Any]:
        """The different values of the first columns of a key, from one to the next: a
        ``DISTINCT`` would read every row."""
        query = select(*columns).order_by(*columns).limit(1)
        found = await self._first(query)
        while found is not None:
            yield found
            values = (literal(v, c.type) for v, c in zip(found, columns, strict=True))
            found = await self._first(query.where(tuple_(*columns) > tuple_(*values)))

    async def _first(self, query: Select[Any]) -> Any:
        """One row, or None."""
        async with self._database.reading() as session:
            return (await (await session.connection()).execute(query)).first()


def _has_earlier(span_ms: int, from_ms: int) -> Exists:
    """Whether the same source told another fact before it in the same span, at ``from_ms`` or
    later."""
    same = (_EARLIER.c[name] == _F.c[name] for name in ("measure", "coin", "source"))
    return exists().where(
        *same,
        _EARLIER.c.at_ms >= _F.c.at_ms - _F.c.at_ms % span_ms,
        _EARLIER.c.at_ms >= from_ms,
        _EARLIER.c.at_ms < _F.c.at_ms,
    )
