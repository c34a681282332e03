"""The latest frames that could not be read."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import BadFrame
from storage.engines import Database
from storage.heard_tables import BadFrameRow

KEPT = 100


class StoredQuarantine:
    """Fulfils ``bot.ports.Quarantine``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, frames: Sequence[BadFrame]) -> None:
        rows = [msgspec.structs.asdict(frame) for frame in frames[-KEPT:]]

        async def work(session: AsyncSession) -> None:
            connection = await session.connection()
            await connection.execute(insert(BadFrameRow), rows)
            latest = select(BadFrameRow.id).order_by(col(BadFrameRow.id).desc()).limit(KEPT)
            await connection.execute(delete(BadFrameRow).where(col(BadFrameRow.id).not_in(latest)))

        if rows:
            await self._database.write(work)


async def quarantined(session: AsyncSession) -> list[BadFrame]:
    """Oldest first."""
    rows = await session.exec(select(BadFrameRow).order_by(col(BadFrameRow.id)))
    return [BadFrame(row.exchange, row.frame, row.reason, row.received_ms) for row in rows]
