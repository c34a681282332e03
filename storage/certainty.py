"""What became of a transaction on PostgreSQL whose commit was not answered."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import SystemClock
from bot.errors import StoreError
from storage.engines import Database

LOOKS = 40
PAUSE_S = 0.25
"""Between two looks: ten seconds in all, in which a server restarts or misses who has left."""

_NUMBER = text("SELECT pg_current_xact_id()::text")
_STATUS = text("SELECT pg_xact_status(CAST(CAST(:number AS text) AS xid8))")


async def number_of(session: AsyncSession) -> str | None:
    """By which the server knows this transaction; None on SQLite, where no answer gets lost."""
    connection = await session.connection()
    if connection.dialect.name != "postgresql":
        return None
    return str((await connection.execute(_NUMBER)).scalar_one())


async def was_committed(database: Database, number: str) -> bool:
    """Whether it is on disk after all. Raises ``StoreError`` when the server cannot be asked."""
    clock = SystemClock()
    for _ in range(LOOKS - 1):
        try:
            status = await _status(database, number)
        except StoreError:
            status = None  # the server may be back in a moment
        if status in ("committed", "aborted"):
            return status == "committed"
        await clock.sleep(PAUSE_S)
    return await _status(database, number) == "committed"


async def _status(database: Database, number: str) -> str | None:
    async with database.reading() as session:
        connection = await session.connection()
        found: str | None = (await connection.execute(_STATUS, {"number": number})).scalar()
        return found
