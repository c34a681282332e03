"""What was heard, and what was not: read at the start, and thinned by age."""

from collections.abc import AsyncIterator, Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS, HOUR_MS
from bot.market import Gap, Liquidation
from storage.engines import Database
from storage.gaps import forget_gaps, gaps_after
from storage.pages import forget_pages, read_pages
from storage.sums import fold, sums_between

EVENTS_MS = 2 * DAY_MS
SUMS_MS = 90 * DAY_MS
"""For so long minute sums and gaps are kept."""

PIECE = 500
"""Rows of one transaction of a thinning: whoever else writes comes in between."""

Thinning = Callable[[AsyncSession, int, int], Awaitable[int]]


class StoredTape:
    """Fulfils ``bot.ports.Tape``; ``StoredOutbox.store`` writes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, after_ms: int) -> AsyncIterator[list[Liquidation]]:
        async with self._database.reading() as session:
            async for batch in read_pages(session, after_ms):
                yield batch

    async def gaps(self, after_ms: int) -> list[Gap]:
        async with self._database.reading() as session:
            return await gaps_after(session, after_ms)

    async def sums(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        """Of minutes older than 90 days, the hours that lie in [from, to) as a whole."""
        async with self._database.reading() as session:
            return await sums_between(session, exchange, from_ms, to_ms)

    async def thin(self, now_ms: int) -> None:
        await self._thin(forget_pages, now_ms - EVENTS_MS)
        # Whole hours: sums over them stay the same.
        await self._thin(fold, (now_ms - SUMS_MS) // HOUR_MS * HOUR_MS)
        await self._thin(forget_gaps, now_ms - SUMS_MS)

    async def _thin(self, thinning: Thinning, before_ms: int) -> None:
        async def work(session: AsyncSession) -> int:
            return await thinning(session, before_ms, PIECE)

        while await self._database.write(work) >= PIECE:
            pass
