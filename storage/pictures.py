"""Drawn charts, for as long as a message may show them anew."""

from sqlalchemy import delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS
from bot.pictures.chart import Picture
from storage.engines import Database, replace_rows
from storage.flush_tables import PictureRow
from storage.tables import Table

KEPT_MS = 7 * DAY_MS

P = Table.metadata.tables["picture"]


class StoredPictures:
    """Fulfils ``bot.ports.Pictures``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, picture: Picture, now_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            row = {
                "digest": picture.digest,
                "png": picture.png,
                "alt": picture.alt,
                "at_ms": now_ms,
            }
            await replace_rows(session, PictureRow, [row])

        await self._database.write(work)

    async def find(self, digest: str) -> Picture | None:
        query = select(P.c.png, P.c.alt).where(P.c.digest == digest)
        async with self._database.reading() as session:
            row = (await (await session.connection()).execute(query)).first()
        return Picture(row.png, digest, row.alt) if row else None

    async def thin(self, now_ms: int) -> None:
        """Forget what is a week old."""

        async def work(session: AsyncSession) -> None:
            gone = delete(P).where(P.c.at_ms < now_ms - KEPT_MS)
            await (await session.connection()).execute(gone)

        await self._database.write(work)
