"""The last good instrument tables, so that a start without REST still prices known contracts."""

from collections.abc import Sequence

import msgspec
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.market import Instrument
from storage.engines import Database, insert_into
from storage.tables import ListingRow

log = structlog.get_logger()


class StoredListings:
    """Fulfils ``bot.ports.Listings``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, exchange: str) -> list[Instrument]:
        """Empty where none was saved, or an older version's cannot be read any more."""
        async with self._database.reading() as session:
            row = await session.get(ListingRow, exchange)
        if row is None:
            return []
        try:
            return msgspec.json.decode(row.instruments, type=list[Instrument])
        except msgspec.MsgspecError as error:
            log.warning("stored instruments are unreadable", exchange=exchange, reason=str(error))
            return []

    async def save(self, exchange: str, instruments: Sequence[Instrument], now_ms: int) -> None:
        """An empty table is not a good one: it leaves the last one standing."""
        if not instruments:
            return
        table = msgspec.json.encode(list(instruments)).decode()

        async def work(session: AsyncSession) -> None:
            values = {"instruments": table, "saved_ms": now_ms}
            row = insert_into(session, ListingRow).values(exchange=exchange, **values)
            await (await session.connection()).execute(
                row.on_conflict_do_update(index_elements=["exchange"], set_=values)
            )

        await self._database.write(work)
