"""Imported history, by the name of its source."""

from collections.abc import Sequence

import msgspec
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import PastSum
from storage.engines import Database, insert_into
from storage.heard_tables import PastRow

PIECE = 5_000
"""Rows that are handed to the database at once; the transaction is one."""

KEY = ("source", "coin", "exchange", "span_ms", "start_ms")


class PastSource(msgspec.Struct, frozen=True):
    """What is stored of one source; ``end_ms`` is the end of its latest sum."""

    name: str
    sums: int
    start_ms: int
    end_ms: int


class StoredPast:
    """Fulfils ``bot.ports.Past``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: str, sums: Sequence[PastSum]) -> None:
        async def work(session: AsyncSession) -> None:
            connection = await session.connection()
            new = insert_into(session, PastRow)
            replacing = new.on_conflict_do_update(
                index_elements=KEY, set_={"long": new.excluded.long, "short": new.excluded.short}
            )
            for start in range(0, len(sums), PIECE):
                piece = sums[start : start + PIECE]
                rows = [{"source": source, **msgspec.structs.asdict(one)} for one in piece]
                await connection.execute(replacing, rows)

        if sums:
            await self._database.write(work)

    async def latest(self, source: str, coin: str, exchange: str, span_ms: int) -> int | None:
        query = select(func.max(col(PastRow.start_ms))).where(
            col(PastRow.source) == source,
            col(PastRow.coin) == coin,
            col(PastRow.exchange) == exchange,
            col(PastRow.span_ms) == span_ms,
        )
        async with self._database.reading() as session:
            return (await session.exec(query)).one()

    async def sources(self) -> list[PastSource]:
        """By name."""
        start = col(PastRow.start_ms)
        query = (
            select(PastRow.source, func.count(), func.min(start), func.max(start + PastRow.span_ms))
            .group_by(col(PastRow.source))
            .order_by(col(PastRow.source))
        )
        async with self._database.reading() as session:
            return [PastSource(*row) for row in await session.exec(query)]
