"""Alerts that wait behind a head for the same destination go out in its message."""

from collections.abc import Mapping, Sequence
from itertools import groupby, takewhile

from sqlalchemy import BindParameter, and_, bindparam, exists, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Waiting
from bot.rules import Alert, Destination
from storage.payloads import read
from storage.standing import ALONE, UNREADABLE, N, Seen, end
from storage.tables import ALERT, State

MOST = 500
"""Alerts beside the head that one message names or counts."""

_HEADS: BindParameter[int] = bindparam("heads", expanding=True)
_MEMBERS = (
    select(N.c.id, N.c.merged_into.label("head"), N.c.payload, N.c.created_ms)
    .where(N.c.merged_into.in_(_HEADS), N.c.state == State.MERGED.value)
    .with_for_update()
)

_HEAD, _BEHIND, _OTHER = N.alias(), N.alias(), N.alias()
_QUEUE = (
    select(
        _BEHIND.c.id,
        _HEAD.c.id.label("head"),
        func.row_number().over(partition_by=_HEAD.c.id, order_by=_BEHIND.c.id).label("place"),
    )
    .join(
        _BEHIND,
        and_(
            _BEHIND.c.platform == _HEAD.c.platform,
            _BEHIND.c.chat == _HEAD.c.chat,
            _BEHIND.c.thread == _HEAD.c.thread,
            _BEHIND.c.id > _HEAD.c.id,
            _BEHIND.c.settled_ms.is_(None),
        ),
    )
    .where(_HEAD.c.id.in_(_HEADS))
    .subquery()
)
_CLEAN = and_(
    N.c.kind == ALERT,
    N.c.state == State.QUEUED.value,
    N.c.message.is_(None),
    N.c.doubt_ms.is_(None),
    N.c.unknowns == 0,
    N.c.reason != ALONE,
    # One that was tried before may have others of its own.
    ~exists().where(_OTHER.c.merged_into == N.c.id),
)
_WAITING = (
    select(N.c.id, _QUEUE.c.head, N.c.payload, N.c.created_ms, _CLEAN.label("clean"))
    .join(_QUEUE, N.c.id == _QUEUE.c.id)
    .where(_QUEUE.c.place <= MOST)
    .order_by(_QUEUE.c.head, N.c.id)
    .with_for_update(of=N)
)
_MERGE = (
    update(N)
    .where(N.c.id == bindparam("of_id"), N.c.state == State.QUEUED.value)
    .values(state=State.MERGED.value, merged_into=bindparam("head"), settled_ms=bindparam("at_ms"))
)

Joined = Mapping[int, tuple[Waiting, ...]]
"""By the number of the head, oldest first."""


async def merge(session: AsyncSession, heads: Sequence[Seen], now_ms: int) -> Joined:
    """What goes out with each of these heads, as they were before they were claimed.

    Whoever was merged before stays; others join where nothing can have arrived. The caller
    commits.
    """
    members: dict[int, list[Seen]] = {head.id: [] for head in heads}
    connection = await session.connection()
    tried = [head.id for head in heads if head.attempts]
    for row in await connection.execute(_MEMBERS, {"heads": tried}) if tried else ():
        members[row.head].append(row)
    joining = [head.id for head in heads if head.open > 1 and _clean(head)]
    new = await _newcomers(session, joining, members) if joining else []
    if new:
        changes = [{"of_id": row.id, "head": row.head, "at_ms": now_ms} for row in new]
        await connection.execute(_MERGE, changes)
    for row in new:
        members[row.head].append(row)
    return await _told(session, heads, members, now_ms)


async def _newcomers(
    session: AsyncSession, heads: list[int], members: Mapping[int, Sequence[Seen]]
) -> list[Seen]:
    """The alerts behind each head up to the first row that is none, or that has a story."""
    rows = (await (await session.connection()).execute(_WAITING, {"heads": heads})).all()
    return [
        row
        for head, queue in groupby(rows, lambda row: row.head)
        for row in list(takewhile(lambda row: row.clean, queue))[: MOST - len(members[head])]
    ]


async def _told(
    session: AsyncSession,
    heads: Sequence[Seen],
    members: Mapping[int, list[Seen]],
    now_ms: int,
) -> Joined:
    """One that cannot be read is given up, and stops no other."""
    told: dict[int, tuple[Waiting, ...]] = {}
    unreadable: list[int] = []
    for head in heads:
        place = Destination(head.platform, head.chat, head.thread, head.direct)
        waiting: list[Waiting] = []
        for row in sorted(members[head.id], key=lambda row: row.id):
            alert = read(row.id, row.payload, place)
            if isinstance(alert, Alert):
                waiting.append(Waiting(alert, row.created_ms))
            else:
                unreadable.append(row.id)
        told[head.id] = tuple(waiting)
    if unreadable:
        await end(session, N.c.id.in_(unreadable), UNREADABLE, now_ms)
    return told


def _clean(head: Seen) -> bool:
    """An alert that was never sent and cannot have arrived."""
    return (
        head.kind == ALERT
        and head.state == State.QUEUED
        and head.message is None
        and head.doubt_ms is None
        and head.unknowns == 0
        and head.reason != ALONE
    )
