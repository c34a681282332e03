"""After a start: what was being sent when a process ended goes back into the queue."""

from sqlalchemy import BigInteger, ColumnElement, column, text, true, update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.settling import REPEATS, UNKNOWN, end
from storage.tables import NotificationRow, State, stored_id

Row = NotificationRow

LIVING = text(
    "SELECT (classid::bigint << 32) | objid::bigint AS owner FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
).columns(column("owner", BigInteger))
"""Each running process on PostgreSQL holds a lock by its number; it vanishes with the process."""


async def recover(session: AsyncSession, owner: int, now_ms: int) -> int:
    """How many were put back. They may have arrived; the caller commits."""
    lost = (col(Row.state) == State.SENDING, _abandoned(session, owner))
    worn = await session.exec(select(Row.id).where(*lost, col(Row.unknowns) >= REPEATS))
    await end(session, [stored_id(number) for number in worn], UNKNOWN, now_ms)
    back = (
        update(Row)
        .where(*lost)
        .values(
            state=State.QUEUED.value,
            unknowns=col(Row.unknowns) + 1,
            not_before_ms=now_ms,
            amended=False,
        )
        .returning(col(Row.id))
    )
    return len((await (await session.connection()).execute(back)).all())


def _abandoned(session: AsyncSession, owner: int) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        return true()  # the lock file lets nobody else send from this file
    dead = col(Row.lease_owner).not_in(LIVING.subquery().select())
    return or_(col(Row.lease_owner) == owner, dead)
