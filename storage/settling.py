"""How deliveries ended, written down: those that end at the same time in one transaction."""

import math
from collections.abc import Sequence

import msgspec
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import (
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    Retry,
    Unauthorized,
)
from bot.ports import Notification
from bot.rules import Destination
from storage.arriving import Arrival, arrive
from storage.chats import lock_chat, topics_of
from storage.moving import move
from storage.standing import (
    ALONE,
    UNKNOWN,
    N,
    Standing,
    bury,
    end_queue,
    keep,
    part,
    standings,
    unbury,
)
from storage.tables import State


class Settlement(msgspec.Struct, frozen=True):
    """One delivery's end."""

    notification: Notification
    outcome: Outcome
    now_ms: int


async def settle(session: AsyncSession, settlements: Sequence[Settlement]) -> None:
    """Nothing but a delivery counts once the lease passed to somebody else.

    Those that concern no more than their own message share their statements; the caller commits.
    """
    shared: dict[int, Settlement] = {}
    others: list[Settlement] = []
    for one in settlements:
        if isinstance(one.outcome, Gone | Moved) or one.notification.id in shared:
            others.append(one)
        else:
            shared[one.notification.id] = one
    done = await arrive(session, _arrivals(shared))
    if left := {number: one for number, one in shared.items() if number not in done}:
        await _settle(session, left)
    for one in others:
        for row in await _settle(session, {one.notification.id: one}):
            await _follow(session, row, one)


def _arrivals(ends: dict[int, Settlement]) -> list[Arrival]:
    """In the order in which all lock their rows."""
    return [
        Arrival(number, one.notification.attempts + 1, one.outcome.message, one.now_ms)
        for number, one in sorted(ends.items())
        if isinstance(one.outcome, Delivered)
    ]


async def _settle(session: AsyncSession, ends: dict[int, Settlement]) -> list[Standing]:
    """Those that it counted for."""
    taken: list[Standing] = []
    died: list[Standing] = []
    back: list[int] = []
    for row in await standings(session, N.c.id.in_(ends)):
        before = row.state
        if not _take(row, ends[row.id]):
            continue
        taken.append(row)
        if row.state == State.DEAD:
            died.append(row)
        elif before == State.DEAD:
            back.append(row.id)
    await keep(session, taken)
    await bury(session, [(row.id, row.reason, row.settled_ms or 0) for row in died])
    await unbury(session, back)
    await part(session, [(row.id, row.not_before_ms) for row in taken if row.reason == ALONE])
    return taken


def _take(row: Standing, end: Settlement) -> bool:
    """Whether this end counts for this row, which is then as it leaves it."""
    ours = row.state == State.SENDING and row.attempts == end.notification.attempts + 1
    if isinstance(end.outcome, Delivered):
        # What arrived arrived, however late one hears of it; but only once.
        if ours or row.message is None:
            row.arrive(end.outcome.message, end.now_ms)
            return True
        return False
    if ours:
        _undelivered(row, end.outcome, end)
    return ours


def _undelivered(row: Standing, outcome: Outcome, end: Settlement) -> None:
    now_ms = end.now_ms
    match outcome:
        case Gone() | Moved() if _moved_meanwhile(row, end):
            row.queue(now_ms, "")
        case Retry():
            _again(row, outcome, now_ms)
        case Unauthorized(reason=reason):
            row.queue(now_ms, reason)
        case Moved(to_chat=chat) if chat != end.notification.destination.chat:
            row.queue(now_ms, "")
        case Moved():
            row.give_up("refused: moved to where it is", now_ms)
        case Gone(reason=reason):
            row.give_up(f"gone: {reason}", now_ms)
        case Refused() if end.notification.merged and row.message is None:
            row.queue(now_ms, ALONE)  # one bad alert takes no other with it
        case Refused(reason=reason):
            row.give_up(f"refused: {reason}", now_ms)


def _again(row: Standing, retry: Retry, now_ms: int) -> None:
    if retry.unknown:
        # An outage is nobody's own: it is waited for, and uses up no alert's tries.
        harmless_ms = math.inf if retry.platform_wide else retry.harmless_s * 1000
        row.doubt(now_ms, harmless_ms)
    if row.worn:
        row.give_up(UNKNOWN, now_ms)
    else:
        row.queue(now_ms + math.ceil(max(retry.after_s, 0.0) * 1000), retry.reason)


async def _follow(session: AsyncSession, row: Standing, end: Settlement) -> None:
    """What an end means for the rest of its chat."""
    if _moved_meanwhile(row, end):
        return
    match end.outcome:
        case Gone(reason=reason, chat_wide=chat_wide):
            places = await topics_of(session, row.place) if chat_wide else [row.place]
            for place in places:
                await _leave(session, place, reason, end.now_ms)
        case Moved(to_chat=chat) if row.state == State.QUEUED:
            await move(session, row.platform, row.chat, chat)


async def _leave(session: AsyncSession, place: Destination, reason: str, now_ms: int) -> None:
    chat = await lock_chat(session, place)
    if chat.state == "active":  # who wished for silence keeps it, should the chat come back
        chat.state, chat.reason = "gone", reason
    await end_queue(session, place, f"gone: {reason}", now_ms)


def _moved_meanwhile(row: Standing, end: Settlement) -> bool:
    """The platform told of a move during the call: how that ended says nothing of the new chat."""
    return row.chat != end.notification.destination.chat
