"""After a start: what was being sent when a process ended goes back into the queue."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, ColumnElement, column, func, or_, select, text, true, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Found
from storage.standing import UNKNOWN, N, Standing, bury, keep, standings
from storage.tables import ALERT, State

LIVING = text(
    "SELECT (classid::bigint << 32) | objid::bigint AS owner FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
).columns(column("owner", BigInteger))
"""Each running process on PostgreSQL holds a lock by its number; it vanishes with the process."""


async def recover(
    session: AsyncSession, owner: int, now_ms: int, harmless_ms: Mapping[str, int]
) -> Found:
    """What was being sent may have arrived; the caller commits. ``Found`` counts alerts alone."""
    await _backdate(session, now_ms)
    lost = (N.c.state == State.SENDING.value) & _abandoned(session, owner)
    rows = await standings(session, lost)
    waiting, first, latest = await _waiting(session, now_ms)
    for row in rows:
        _put_back(row, now_ms, harmless_ms.get(row.platform, 0))
    await keep(session, rows)
    dead = [row for row in rows if row.state == State.DEAD]
    await bury(session, [(row.id, row.reason, now_ms) for row in dead])
    unclear = sum(row.state == State.QUEUED and row.kind == ALERT for row in rows)
    return Found(waiting, unclear, latest, now_ms, first)


def _put_back(row: Standing, now_ms: int, harmless_ms: int) -> None:
    row.doubt(now_ms, harmless_ms)
    if row.worn:
        row.give_up(UNKNOWN, now_ms)
    else:
        row.queue(now_ms, row.reason)


async def _backdate(session: AsyncSession, now_ms: int) -> None:
    """What ended before this start ended before it, whatever the clock said then.

    And what was to go out at once when it was ahead goes out now.
    """
    connection = await session.connection()
    await connection.execute(
        update(N).where(N.c.settled_ms >= now_ms).values(settled_ms=now_ms - 1)
    )
    await connection.execute(
        update(N)
        .where(N.c.settled_ms.is_(None), N.c.state == State.QUEUED.value)
        .where(N.c.created_ms > now_ms, N.c.not_before_ms > now_ms)
        .values(not_before_ms=now_ms)
    )


async def _waiting(session: AsyncSession, now_ms: int) -> tuple[int, int, int]:
    """How many alerts are open, or merged into one that is and never arrived.

    And the first and last of their numbers. Merged ones count as settled from now on, so that
    ``fates`` finds them among the others.
    """
    connection = await session.connection()
    numbers = select(func.count(), func.min(N.c.id), func.max(N.c.id))
    still = numbers.where(N.c.settled_ms.is_(None), N.c.kind == ALERT)
    count, first, latest = (await connection.execute(still)).one()
    tried = select(N.c.id).where(N.c.settled_ms.is_(None), N.c.attempts > 0, N.c.message.is_(None))
    with_them = (
        update(N)
        .where(N.c.state == State.MERGED.value, N.c.merged_into.in_(tried))
        .values(settled_ms=now_ms)
        .returning(N.c.id)
    )
    merged = (await connection.execute(with_them)).scalars().all()
    # What was merged came after what it was merged into.
    return count + len(merged), first or 0, max([latest or 0, *merged])


def _abandoned(session: AsyncSession, owner: int) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        return true()  # the lock file lets nobody else send from this file
    dead = N.c.lease_owner.not_in(LIVING.subquery().select())
    return or_(N.c.lease_owner == owner, dead)
