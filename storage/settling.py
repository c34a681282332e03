"""How a delivery ended, written down."""

import math

from sqlalchemy import case, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry
from bot.ports import Notification
from bot.rules import Destination
from storage.chats import lock_chat
from storage.moving import move
from storage.tables import NotificationRow, State

REPEATS = 2
"""So often is a message sent again that may have arrived; then it is given up."""

UNKNOWN = "unknown"


async def settle(
    session: AsyncSession, notification: Notification, outcome: Outcome, now_ms: int
) -> None:
    """Nothing but a delivery counts once the lease passed to somebody else."""
    query = select(NotificationRow).where(col(NotificationRow.id) == notification.id)
    row = (await session.exec(query.with_for_update())).first()
    if row is None:
        return
    if isinstance(outcome, Delivered):
        _delivered(row, outcome.message, now_ms)
    elif row.state == State.SENDING and row.attempts == notification.attempts + 1:
        await _undelivered(session, row, outcome, now_ms)


async def end(session: AsyncSession, ids: list[int], reason: str, now_ms: int) -> None:
    """Give rows up. What was delivered before stays sent: only its amendment is given up."""
    ending = update(NotificationRow).where(col(NotificationRow.id).in_(ids))
    await session.exec(
        ending.values(**_ending(reason, now_ms)).execution_options(synchronize_session=False)
    )


async def end_queue(
    session: AsyncSession, place: Destination, reason: str, now_ms: int, kind: str | None = None
) -> None:
    """Give up what waits for a destination, of one kind or all; not what is being sent."""
    ending = update(NotificationRow).where(
        col(NotificationRow.platform) == place.platform,
        col(NotificationRow.chat) == place.chat,
        col(NotificationRow.thread) == place.thread,
        col(NotificationRow.settled_ms).is_(None),
        col(NotificationRow.state) == State.QUEUED,
    )
    if kind is not None:
        ending = ending.where(col(NotificationRow.kind) == kind)
    await session.exec(
        ending.values(**_ending(reason, now_ms)).execution_options(synchronize_session=False)
    )


def _ending(reason: str, now_ms: int) -> dict[str, object]:
    never_sent = col(NotificationRow.message).is_(None)
    return {
        "state": case((never_sent, State.DEAD.value), else_=State.SENT.value),
        "reason": reason,
        "settled_ms": now_ms,
        "amended": False,
    }


def _delivered(row: NotificationRow, message: int, now_ms: int) -> None:
    if row.settled_ms is not None and row.state == State.SENT:
        return
    row.message = message
    if row.amended:
        _queue(row, now_ms)
    else:
        row.state, row.settled_ms, row.reason = State.SENT, now_ms, ""


async def _undelivered(
    session: AsyncSession, row: NotificationRow, outcome: Outcome, now_ms: int
) -> None:
    match outcome:
        case Retry():
            _again(row, outcome, now_ms)
        case Moved(to_chat=chat) if chat != row.chat:
            _queue(row, now_ms)
            await session.flush()
            await move(session, row.platform, row.chat, chat)
        case Moved():
            _give_up(row, "moved to where it is", now_ms)
        case Gone(reason=reason):
            _give_up(row, reason, now_ms)
            await session.flush()
            await _gone(session, row, reason, now_ms)
        case Refused(reason=reason):
            _give_up(row, reason, now_ms)


def _again(row: NotificationRow, retry: Retry, now_ms: int) -> None:
    # An outage is nobody's own: it is waited for, and uses up no alert's tries.
    row.unknowns += retry.unknown and not retry.platform_wide
    if row.unknowns > REPEATS:
        _give_up(row, UNKNOWN, now_ms)
        return
    unknowns = row.unknowns
    _queue(row, now_ms + math.ceil(max(retry.after_s, 0.0) * 1000))
    row.unknowns, row.reason = unknowns, retry.reason


def _queue(row: NotificationRow, not_before_ms: int) -> None:
    row.state, row.settled_ms, row.reason = State.QUEUED, None, ""
    row.not_before_ms = not_before_ms
    row.amended, row.unknowns = False, 0


def _give_up(row: NotificationRow, reason: str, now_ms: int) -> None:
    row.state = State.DEAD if row.message is None else State.SENT
    row.reason, row.settled_ms, row.amended = reason, now_ms, False


async def _gone(session: AsyncSession, row: NotificationRow, reason: str, now_ms: int) -> None:
    place = Destination(row.platform, row.chat, row.thread, row.direct)
    chat = await lock_chat(session, place)
    chat.state, chat.reason = "gone", reason
    await end_queue(session, place, reason, now_ms)
