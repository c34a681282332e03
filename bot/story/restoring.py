"""How a story goes on after a start: from the stored state, over what the tape heard since then."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import groupby

import msgspec
import structlog

from bot.clock import DAY_MS, SECOND_MS
from bot.engine.windows import LATE_MS
from bot.events import Event, Heard, Recalled, Tick
from bot.exchanges.dialect import Publication
from bot.flush.flushes import LOOK_MS, Flushes, opened
from bot.flush.telling import Known as Severities
from bot.market import Gap, Liquidation
from bot.ports import Archive, Flushbook, Tape
from bot.story.listener import OVERLAP_MS, Known, Listener, Saved

SEEDED_MS = 7 * DAY_MS

TURN = 200
"""After so many events others have their turn."""

log = structlog.get_logger()


class Library(msgspec.Struct, frozen=True):
    """What a story is restored from. ``since_ms``: since when the market was watched at all."""

    book: Flushbook
    tape: Tape
    archive: Archive
    exchanges: Mapping[str, Publication]
    severities: Severities
    since_ms: int


async def reopened(library: Library, now_ms: int) -> tuple[Listener, Known]:
    """The machine as it was stored last, not yet gone on; and the orders that it has heard, of
    those that the tape will tell again. Raises ``StoreError``."""
    saved = _saved(await library.book.state())
    next_id = await library.book.next_id()
    if saved is None:
        saved = Saved(opened(now_ms, next_id))
    saved.machine.next_id = max(saved.machine.next_id, next_id)
    flushes = Flushes(library.exchanges, saved.machine, library.severities)
    await _seed(flushes, library, now_ms)
    return Listener(flushes, saved.heard), Known(mark for _, mark in saved.heard)


async def replay(
    library: Library, listener: Listener, heard: Known, take: Callable[[Event], None], now_ms: int
) -> Known:
    """Hand over what was heard since, with the time between; what live events may repeat of it.

    A tick every ten seconds stands for those that nobody wrote down: the machine looks no more
    often. Raises ``StoreError``.
    """
    from_ms = listener.now_ms
    repeated = Known()
    gaps = sorted(await library.tape.gaps(from_ms), key=_moment)
    count = 0
    async for frame in _frames(library, from_ms - OVERLAP_MS):
        fresh = heard.fresh(frame)
        for order in frame:
            if order.received_ms >= now_ms - OVERLAP_MS:
                repeated.expect(order)
        if not fresh:
            continue
        received_ms = fresh[0].received_ms
        while gaps and _moment(gaps[0]) <= received_ms:
            take(gaps.pop(0))
        await _pass(listener, take, min(received_ms, now_ms))
        take(_event(fresh, received_ms))
        count += 1
        if not count % TURN:
            await asyncio.sleep(0)
    for gap in gaps:
        take(gap)
    await _pass(listener, take, now_ms + 1)
    return repeated


async def _seed(flushes: Flushes, library: Library, now_ms: int) -> None:
    from_ms = max(now_ms - SEEDED_MS, min(library.since_ms, now_ms))
    names = list(library.exchanges)
    market = await library.archive.minutes(None, names, from_ms, now_ms)
    coins = await library.archive.minutes_by_coin(names, from_ms, now_ms)
    flushes.seed(None, market, from_ms)
    for coin, series in coins.items():
        flushes.seed(coin, series, from_ms)
        await asyncio.sleep(0)


async def _frames(library: Library, after_ms: int) -> AsyncIterator[Sequence[Liquidation]]:
    """Neighbours on the tape that came at once from one exchange: a frame, or a part of it."""
    async for told in library.tape.read(after_ms):
        known = (order for order in told if order.exchange in library.exchanges)
        for _, frame in groupby(known, key=lambda one: (one.exchange, one.received_ms, _late(one))):
            yield list(frame)


async def _pass(listener: Listener, take: Callable[[Event], None], until_ms: int) -> None:
    """The ticks before a moment; none but the last while there is nothing that they could end."""
    count = 0
    while (next_ms := (listener.now_ms // LOOK_MS + 1) * LOOK_MS) < until_ms:
        if not listener.flushes.state().lives:
            next_ms = max(next_ms, (until_ms - 1) // LOOK_MS * LOOK_MS)
        take(Tick(next_ms))
        count += 1
        if not count % TURN:
            await asyncio.sleep(0)


def _event(orders: Sequence[Liquidation], received_ms: int) -> Event:
    """What is older than a live order can be was recalled from an exchange's history."""
    told = tuple(orders)
    if _late(told[0]):
        return Recalled(told[0].exchange, told, received_ms)
    return Heard(told[0].exchange, told, received_ms)


def _late(order: Liquidation) -> bool:
    return order.time_ms < order.received_ms - LATE_MS + SECOND_MS


def _moment(gap: Gap) -> int:
    """When it was told of, as far as is written down."""
    return gap.start_ms if gap.end_ms is None else gap.end_ms


def _saved(stored: bytes | None) -> Saved | None:
    if stored is None:
        return None
    try:
        return msgspec.json.decode(stored, type=Saved)
    except (msgspec.MsgspecError, RecursionError) as error:
        log.error("the story begins anew: its state is unreadable", reason=str(error))
        return None
