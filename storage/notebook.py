"""Small facts of a platform that must outlive a restart."""

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engines import Database, insert_into
from storage.tables import NoteRow


class StoredNotebook:
    """Fulfils ``bot.ports.Notebook``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, name: str) -> str | None:
        async with self._database.reading() as session:
            row = await session.get(NoteRow, name)
            return row.value if row else None

    async def write(self, name: str, value: str) -> None:
        async def work(session: AsyncSession) -> None:
            note = insert_into(session, NoteRow).values(name=name, value=value)
            await (await session.connection()).execute(
                note.on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )

        await self._database.write(work)
