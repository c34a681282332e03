"""What ended a month ago leaves the outbox; how many these were, and how they ended, stays.

A key that was pruned is unknown again: stored once more, it would be a second message. Nothing
does so: a rule's key comes again only when what was heard just before a crash is judged once more,
and an amendment only while the burst of orders that it tells of goes on. Both are over within
minutes of the first telling, and a month leaves room for a clock that was wrong by days.
"""

from collections import Counter

from sqlalchemy import BigInteger, bindparam, delete, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS
from storage.engines import insert_into
from storage.standing import N
from storage.tables import PrunedRow, Table

KEPT_MS = 30 * DAY_MS
"""For so long after its end a notification stays, with all it said."""

PIECE = 1_000
"""Rows of one transaction: whoever else writes comes in between."""

LONGEST_REASON = 500
"""Characters that are told apart: PostgreSQL takes no more than 2,704 bytes into a key."""

P = Table.metadata.tables["pruned"]

_ENDED, _HEAD, _MEMBER = N.alias(), N.alias(), N.alias()
_BEFORE = bindparam("before_ms", type_=BigInteger)
_OLDEST = (
    select(_ENDED.c.id)
    .outerjoin(_HEAD, _HEAD.c.id == _ENDED.c.merged_into)
    .where(
        _ENDED.c.settled_ms < _BEFORE,
        # What went out in a message is part of it until that is over, and leaves before it.
        or_(_ENDED.c.merged_into.is_(None), _HEAD.c.settled_ms < _BEFORE),
        ~exists().where(_MEMBER.c.merged_into == _ENDED.c.id),
    )
    .order_by(_ENDED.c.settled_ms)
    .limit(bindparam("most"))
)
_PRUNE = (
    delete(N)
    # Once more the time: it may be amended, and so be open again, by the time it is locked.
    .where(N.c.id.in_(_OLDEST), N.c.settled_ms < _BEFORE)
    .returning(N.c.platform, N.c.state, N.c.reason)
)


async def prune(session: AsyncSession, before_ms: int, most: int) -> int:
    """Forget at most ``most`` that ended before; how many. The caller commits."""
    connection = await session.connection()
    gone = await connection.execute(_PRUNE, {"before_ms": before_ms, "most": most})
    ends = Counter((platform, state, reason[:LONGEST_REASON]) for platform, state, reason in gone)
    if ends:
        new = insert_into(session, PrunedRow)
        added = new.on_conflict_do_update(
            index_elements=list(P.primary_key), set_={"many": P.c.many + new.excluded.many}
        )
        names = [column.name for column in P.primary_key]
        counts = [dict(zip(names, end, strict=True)) | {"many": many} for end, many in ends.items()]
        await connection.execute(added, counts)
    return ends.total()
