"""The ledger of the intervals in which an exchange was not heard."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, tuple_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.market import Gap
from storage.engines import insert_into
from storage.heard_tables import GapRow

KEY = ("exchange", "stream", "start_ms")


async def note_gaps(session: AsyncSession, gaps: Sequence[Gap]) -> None:
    """The last telling counts, but none opens again what has ended; the caller commits."""
    if not gaps:
        return
    new = insert_into(session, GapRow)
    was, now = GapRow, new.excluded
    told = new.on_conflict_do_update(
        index_elements=KEY,
        set_={name: now[name] for name in ("end_ms", "reason", "kind", "filled")},
        where=or_(now.end_ms.is_not(None), col(was.end_ms).is_(None)),
    )
    rows = [msgspec.structs.asdict(gap) for gap in gaps]
    await (await session.connection()).execute(told, rows)


async def gaps_after(session: AsyncSession, after_ms: int) -> list[Gap]:
    """Those that ended later or have not ended, oldest first."""
    query = (
        select(GapRow)
        .where(or_(col(GapRow.end_ms).is_(None), col(GapRow.end_ms) > after_ms))
        .order_by(col(GapRow.start_ms), col(GapRow.exchange), col(GapRow.stream))
    )
    return [msgspec.convert(row, Gap, from_attributes=True) for row in await session.exec(query)]


async def forget_gaps(session: AsyncSession, before_ms: int, limit: int) -> int:
    """Delete at most ``limit`` that ended before; how many. The caller commits."""
    key = [getattr(GapRow, name) for name in KEY]
    ended = select(*key).where(col(GapRow.end_ms) < before_ms).limit(limit)
    gone = delete(GapRow).where(tuple_(*key).in_(ended))
    return (await (await session.connection()).execute(gone)).rowcount
