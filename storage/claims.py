"""Leasing what is due: the head of each chat alone, so that order holds within a chat."""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, case, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import MINUTE_MS, SECOND_MS
from bot.ports import Notification, Waiting
from bot.rules import Destination, Page, Payload
from storage.merging import merge
from storage.page_keys import page_key
from storage.payloads import read
from storage.standing import REPEATS, UNKNOWN, UNREADABLE, N, Seen, end, end_queue
from storage.tables import ALERT, PAGE, State, Table

LATE_MS = 30 * MINUTE_MS
"""What is older comes after all that is not."""

GROUP_PATIENCE_MS = 20 * SECOND_MS
"""So long do groups and channels let private chats go first; then their turn comes by age alone, or
a cascade would starve them."""

ROUNDS = 16
"""Looks of one claim: each ends what may not be sent of at least one chat, then looks again."""

C = Table.metadata.tables["chat"]

_NOW = bindparam("now_ms", type_=BigInteger)
_DUE = or_(
    and_(N.c.state == State.QUEUED.value, N.c.not_before_ms <= _NOW),
    and_(N.c.state == State.SENDING.value, N.c.lease_until_ms <= _NOW),
)
_OTHERS = N.alias()
_IN_FLIGHT = select(_OTHERS.c.chat).where(
    _OTHERS.c.state == State.SENDING.value,
    _OTHERS.c.platform == bindparam("platform"),
    _OTHERS.c.lease_until_ms > _NOW,
)
"""Chats of living leases, which need not be those of the heads: a chat may have moved into another,
and on PostgreSQL a smaller number may become visible after a larger one was claimed."""

_OPEN = N.alias()
_OLDEST = (
    select(func.min(_OPEN.c.id).label("id"), func.count().label("open"))
    .where(
        _OPEN.c.platform == bindparam("platform"),
        _OPEN.c.settled_ms.is_(None),
        _OPEN.c.chat.not_in(bindparam("busy", expanding=True)),
        _OPEN.c.chat.not_in(_IN_FLIGHT),
    )
    .group_by(_OPEN.c.chat)
    .subquery()
)
"""The oldest open row of each chat, out of the partial index of open rows alone."""

_LANE = case(
    (N.c.created_ms < bindparam("late_ms", type_=BigInteger), 2),
    (or_(N.c.direct, N.c.created_ms < bindparam("patience_ms", type_=BigInteger)), 0),
    else_=1,
)
_SINCE = case((N.c.doubt_ms.is_(None), N.c.created_ms), else_=N.c.not_before_ms)
"""What may have arrived takes its place anew behind those that wait: in an outage of hours no one
message is tried over and over."""

_NEEDED = ("id", "platform", "chat", "thread", "direct", "kind", "state", "created_ms", "attempts",
           "unknowns", "doubt_ms", "message", "reason")  # fmt: skip
"""Not what it says: all heads are sorted, and few of them are claimed."""

_HEADS = (
    select(
        *(N.c[name] for name in _NEEDED),
        _LANE.label("lane"),
        _SINCE.label("since_ms"),
        C.c.state.label("standing"),
        C.c.muted_until_ms,
        _OLDEST.c.open,
    )
    .join(_OLDEST, N.c.id == _OLDEST.c.id)
    .outerjoin(
        C, and_(C.c.platform == N.c.platform, C.c.chat == N.c.chat, C.c.thread == N.c.thread)
    )
    .where(_DUE)
    .order_by(_LANE, _SINCE, N.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=N, skip_locked=True)
)
_LEASE = (
    update(N)
    .where(N.c.id.in_(bindparam("ids", expanding=True)), _DUE)
    .values(
        state=State.SENDING.value,
        lease_until_ms=bindparam("until_ms"),
        lease_owner=bindparam("owner"),
        attempts=N.c.attempts + 1,
        unknowns=N.c.unknowns + case((N.c.state == State.SENDING.value, 1), else_=0),
        doubt_ms=case(
            (N.c.state == State.SENDING.value, func.coalesce(N.c.doubt_ms, N.c.not_before_ms)),
            else_=N.c.doubt_ms,
        ),
        # While it is being sent: since when.
        not_before_ms=_NOW,
        # An edit shows what it is now; a first message that may have arrived shows what it was.
        amended=and_(
            or_(N.c.doubt_ms.is_not(None), N.c.state == State.SENDING.value),
            N.c.amended,
            N.c.message.is_(None),
        ),
    )
    .returning(N.c.id, N.c.payload)
)

Rank = tuple[int, int, int]


class Lease(msgspec.Struct, frozen=True):
    """What a claim asks for; ``owner`` is the process that will send."""

    platform: str
    owner: int
    now_ms: int
    lease_ms: int


async def claim(
    session: AsyncSession, lease: Lease, limit: int, busy: Collection[int]
) -> list[Notification]:
    """At most ``limit`` heads of chats that are not ``busy``, with what goes out in their
    messages; the caller commits."""
    claimed: list[tuple[Rank, Notification]] = []
    taken = set(busy)
    for _ in range(ROUNDS):
        if len(claimed) >= limit:
            break
        heads = await _heads(session, lease, limit - len(claimed), taken)
        ready = [head for head in heads if not await _held(session, lease, head)]
        said = await _leased(session, lease, ready)
        mine = [head for head in ready if head.id in said]
        quoted = await _quoted(session, mine, said)
        joined = await merge(session, mine, lease.now_ms)
        claimed += [
            (_rank(head), _notification(head, said[head.id], joined[head.id], quoted.get(head.id)))
            for head in mine
        ]
        taken |= {head.chat for head in mine}
        if len(mine) == len(heads):
            break
    return [one for _, one in sorted(claimed, key=lambda ranked: ranked[0])]


async def _heads(
    session: AsyncSession, lease: Lease, limit: int, taken: Collection[int]
) -> Sequence[Seen]:
    """Due heads with their chats, locked until the commit.

    The head is the oldest open row, due or not: what waits holds back what came after it.
    """
    asked = {
        "platform": lease.platform,
        "now_ms": lease.now_ms,
        "late_ms": lease.now_ms - LATE_MS,
        "patience_ms": lease.now_ms - GROUP_PATIENCE_MS,
        "busy": list(taken),
        "limit": limit,
    }
    return (await (await session.connection()).execute(_HEADS, asked)).all()


async def _held(session: AsyncSession, lease: Lease, head: Seen) -> bool:
    """Whether the head, and its like behind it, had to be given up."""
    if head.standing not in (None, "active"):
        await _hold(session, lease, head, head.standing)
    elif head.kind in (ALERT, PAGE) and (head.muted_until_ms or 0) > lease.now_ms:
        await _hold(session, lease, head, "muted", head.kind)
    elif head.state == State.SENDING and head.unknowns >= REPEATS:
        await end(session, N.c.id == head.id, UNKNOWN, lease.now_ms)
    else:
        return False
    return True


async def _hold(
    session: AsyncSession, lease: Lease, head: Seen, reason: str, kind: str | None = None
) -> None:
    await end(session, N.c.id == head.id, reason, lease.now_ms)
    await end_queue(session, _place(head), reason, lease.now_ms, kind)


async def _leased(session: AsyncSession, lease: Lease, heads: Sequence[Seen]) -> dict[int, Payload]:
    """What those say that are ours now: only rows that are still due, and can be read."""
    if not heads:
        return {}
    asked = {
        "ids": [head.id for head in heads],
        "now_ms": lease.now_ms,
        "until_ms": lease.now_ms + lease.lease_ms,
        "owner": lease.owner,
    }
    places = {head.id: _place(head) for head in heads}
    leased = await (await session.connection()).execute(_LEASE, asked)
    told = {number: read(number, said, places[number]) for number, said in leased}
    unreadable = [number for number, payload in told.items() if payload is None]
    if unreadable:
        await end(session, N.c.id.in_(unreadable), UNREADABLE, lease.now_ms)
    return {number: payload for number, payload in told.items() if payload is not None}


async def _quoted(
    session: AsyncSession, heads: Sequence[Seen], said: dict[int, Payload]
) -> dict[int, int]:
    """The messages that pages answer, by the number of the page, where these were delivered."""
    keys = {
        head.id: page_key(payload.quotes, _place(head))
        for head in heads
        if isinstance(payload := said[head.id], Page) and payload.quotes
    }
    if not keys:
        return {}
    query = select(N.c.key, N.c.message).where(
        N.c.key.in_(set(keys.values())), N.c.message.is_not(None)
    )
    rows = (await (await session.connection()).execute(query)).all()
    found = {row.key: row.message for row in rows}
    return {number: found[key] for number, key in keys.items() if key in found}


def _notification(
    head: Seen, payload: Payload, merged: tuple[Waiting, ...], quotes: int | None
) -> Notification:
    return Notification(
        id=head.id,
        destination=_place(head),
        payload=payload,
        created_ms=head.created_ms,
        attempts=head.attempts,
        unknowns=head.unknowns + (head.state == State.SENDING),
        message=head.message,
        merged=merged,
        quotes=quotes,
    )


def _place(head: Seen) -> Destination:
    return Destination(head.platform, head.chat, head.thread, head.direct)


def _rank(head: Seen) -> Rank:
    """As ``_HEADS`` sorts them, over several looks."""
    return head.lane, head.since_ms, head.id
