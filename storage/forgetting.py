"""Rows that have grown too old: found beside the writers, and forgotten a piece at a time."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, select
from sqlalchemy import Table as SqlTable
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engines import Database

PIECE = 1_000
"""Rows of one transaction: whoever else writes comes in between."""


async def forget(database: Database, table: SqlTable, *which: ColumnElement[bool]) -> None:
    """All rows that are so. Nobody waits for the search."""
    key = list(table.primary_key)
    gone = delete(table).where(and_(*(c == bindparam(f"the_{c.name}") for c in key)))
    found = select(*(c.label(f"the_{c.name}") for c in key)).where(*which).limit(PIECE)
    while rows := await _rows(database, found):

        async def work(session: AsyncSession, rows: list[dict[str, Any]] = rows) -> None:
            await (await session.connection()).execute(gone, rows)

        await database.write(work)


async def _rows(database: Database, query: Any) -> list[dict[str, Any]]:
    async with database.reading() as session:
        found = await (await session.connection()).execute(query)
        return [row._asdict() for row in found]
