"""The machine's clock is set back: nothing waits longer than it was to."""

import asyncio

from sqlalchemy import bindparam, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import SECOND_MS
from storage.engines import Database
from storage.standing import N

NOTICED_MS = 10 * SECOND_MS
"""Smaller corrections are waited out."""

_SET_BACK = (
    update(N)
    .where(N.c.settled_ms.is_(None), N.c.not_before_ms > bindparam("now_ms"))
    .values(
        not_before_ms=N.c.not_before_ms - bindparam("by_ms"),
        lease_until_ms=N.c.lease_until_ms - bindparam("by_ms"),
    )
)


class SettingBack:
    """Remembers the latest time that this process told storage; what is stored hangs on it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._latest_ms = 0
        self._turn = asyncio.Lock()

    def told(self, now_ms: int) -> None:
        """Something is stored that begins or waits from now on."""
        self._latest_ms = max(self._latest_ms, now_ms)

    async def heed(self, now_ms: int) -> None:
        """Before anything is claimed. Raises ``StoreError``."""
        async with self._turn:
            by_ms = self._latest_ms - now_ms
            if by_ms > NOTICED_MS:
                await self._set_back(now_ms, by_ms)
                self._latest_ms = now_ms
        self.told(now_ms)

    async def _set_back(self, now_ms: int, by_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            connection = await session.connection()
            await connection.execute(_SET_BACK, {"now_ms": now_ms, "by_ms": by_ms})

        await self._database.write(work)
