"""Leasing what is due: the head of each chat alone, so that order holds within a chat."""

from collections.abc import Collection
from typing import Any

import msgspec
import structlog
from sqlalchemy import ColumnElement, Select, case, update
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, exists, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Notification
from bot.rules import Alert, Destination, Notice, Payload
from storage.settling import REPEATS, UNKNOWN, end, end_queue
from storage.tables import ChatRow, NotificationRow, State, stored_id

ROUNDS = 16
"""Looks of one claim: each ends what may not be sent of at least one chat, then looks again."""

Row = NotificationRow
log = structlog.get_logger()


class Lease(msgspec.Struct, frozen=True):
    """What a claim asks for; ``owner`` is the process that will send."""

    platform: str
    owner: int
    now_ms: int
    lease_ms: int


async def claim(
    session: AsyncSession, lease: Lease, limit: int, busy: Collection[int]
) -> list[Notification]:
    """At most ``limit`` heads, oldest first, of chats that are not ``busy``; the caller commits."""
    claimed: list[Notification] = []
    taken = set(busy)
    for _ in range(ROUNDS):
        if len(claimed) >= limit:
            break
        heads = await _heads(session, lease, limit - len(claimed), taken)
        ready = [n for row, chat in heads if (n := await _ready(session, lease, row, chat))]
        leased = await _leased(session, lease, [n.id for n in ready])
        taken |= {n.destination.chat for n in ready}
        claimed += [n for n in ready if n.id in leased]
        if len(ready) == len(heads):
            break
    return sorted(claimed, key=lambda notification: notification.id)


async def _heads(
    session: AsyncSession, lease: Lease, limit: int, taken: Collection[int]
) -> list[tuple[Row, ChatRow | None]]:
    """Due heads with their chats, locked until the commit.

    The head is the oldest open row, due or not: what waits holds back what came after it.
    """
    here = (
        col(ChatRow.platform) == col(Row.platform),
        col(ChatRow.chat) == col(Row.chat),
        col(ChatRow.thread) == col(Row.thread),
    )
    query = (
        select(Row, ChatRow)
        .outerjoin(ChatRow, and_(*here))
        .where(
            col(Row.id).in_(_oldest(lease.platform)),
            _due(lease.now_ms),
            ~_another_in_flight(),
            col(Row.chat).not_in(taken),
        )
        .order_by(col(Row.id))
        .limit(limit)
        .with_for_update(of=Row, skip_locked=True)
    )
    return [(row, chat) for row, chat in await session.exec(query)]


def _oldest(platform: str) -> Select[Any]:
    """The oldest open row of each chat, out of the partial index of open rows alone."""
    row = aliased(Row)
    return (
        core_select(func.min(row.id))
        .where(col(row.platform) == platform, col(row.settled_ms).is_(None))
        .group_by(col(row.chat))
    )


def _another_in_flight() -> ColumnElement[bool]:
    """On PostgreSQL a smaller number may become visible after a larger one was claimed."""
    other = aliased(Row)
    return exists().where(
        col(other.platform) == col(Row.platform),
        col(other.chat) == col(Row.chat),
        col(other.settled_ms).is_(None),
        col(other.id) != col(Row.id),
        col(other.state) == State.SENDING,
    )


def _due(now_ms: int) -> ColumnElement[bool]:
    return or_(
        and_(col(Row.state) == State.QUEUED, col(Row.not_before_ms) <= now_ms),
        and_(col(Row.state) == State.SENDING, col(Row.lease_until_ms) <= now_ms),
    )


async def _ready(
    session: AsyncSession, lease: Lease, row: Row, chat: ChatRow | None
) -> Notification | None:
    """The head as it goes out, or None when it, and its like behind it, had to be given up."""
    place = Destination(row.platform, row.chat, row.thread, row.direct)
    if chat is not None and chat.state != "active":
        await _hold(session, lease, row, chat.state)
        return None
    if chat is not None and row.kind == "alert" and chat.muted_until_ms > lease.now_ms:
        await _hold(session, lease, row, "muted", row.kind)
        return None
    expired = row.state == State.SENDING
    payload = _payload(row, place)
    if payload is None or (expired and row.unknowns >= REPEATS):
        reason = UNKNOWN if payload else "unreadable"
        await end(session, [stored_id(row.id)], reason, lease.now_ms)
        return None
    return Notification(
        id=stored_id(row.id),
        destination=place,
        payload=payload,
        created_ms=row.created_ms,
        attempts=row.attempts,
        unknowns=row.unknowns + expired,
        message=row.message,
    )


async def _hold(
    session: AsyncSession, lease: Lease, row: Row, reason: str, kind: str | None = None
) -> None:
    place = Destination(row.platform, row.chat, row.thread, row.direct)
    await end(session, [stored_id(row.id)], reason, lease.now_ms)
    await end_queue(session, place, reason, lease.now_ms, kind)


def _payload(row: Row, place: Destination) -> Payload | None:
    """With the destination of today, which a move may have changed since it was stored."""
    try:
        payload: Payload = msgspec.json.decode(row.payload, type=Alert | Notice)
    except msgspec.MsgspecError as error:
        log.error("a stored payload is unreadable", notification=row.id, reason=str(error))
        return None
    if isinstance(payload, Alert) and payload.rule.destination != place:
        rule = msgspec.structs.replace(payload.rule, destination=place)
        return msgspec.structs.replace(payload, rule=rule)
    return payload


async def _leased(session: AsyncSession, lease: Lease, ids: list[int]) -> set[int]:
    """Compare and set: only rows that are still due become ours."""
    if not ids:
        return set()
    ours = (
        update(Row)
        .where(col(Row.id).in_(ids), _due(lease.now_ms))
        .values(
            state=State.SENDING.value,
            lease_until_ms=lease.now_ms + lease.lease_ms,
            lease_owner=lease.owner,
            attempts=col(Row.attempts) + 1,
            unknowns=col(Row.unknowns) + case((col(Row.state) == State.SENDING, 1), else_=0),
            amended=False,
        )
        .returning(col(Row.id))
    )
    rows = await (await session.connection()).execute(ours)
    return {stored_id(number) for number in rows.scalars()}
