"""Fills gaps from an exchange's own history, where it has one."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress

import msgspec
import structlog

from bot.clock import DAY_MS, SECOND_MS
from bot.events import Event, Recalled
from bot.exchanges.dialect import Exchange, History, Missed, Page, Stream
from bot.feed.duplicates import Duplicates
from bot.feed.intake import Intake, parts
from bot.feed.web import Failure, understood
from bot.feed.wire import Wire
from bot.inbox import LATEST_MS
from bot.market import Gap, Liquidation

ALIKE_MS = 2 * SECOND_MS
"""Where a history's times are coarse, a row this near to a liquidation that was heard may be it."""

FILLED = ("stopped", "off")
"""The kinds of gaps that a history can fill: no more is known of how the others ended."""

SHARE = 200
"""So many go to the engine at once: it has to make room for each among all that came later."""

TRIES = 5

PAGES = 500
"""Of one address; a history whose pages never end is a fault."""

log = structlog.get_logger()


class Filling:
    """Passes gaps on through ``note`` and, once they have ended, asks for what was missed.

    ``put`` takes what was found to the engine, before the gap is told again as filled.
    ``streams`` gives those that are kept now; a gap of none of them is the whole exchange's.
    """

    def __init__(
        self,
        exchange: Exchange,
        history: History,
        urls: Mapping[str, str],
        intake: Intake,
        wire: Wire,
        note: Callable[[Gap], None],
        put: Callable[[Event], Awaitable[None]],
        streams: Callable[[], Collection[Stream]],
    ) -> None:
        self._exchange = exchange
        self._history = history
        self._urls = urls
        self._intake = intake
        self._wire = wire
        self._pass_on = note
        self._put = put
        self._streams = streams
        self._open: deque[Gap] = deque()
        self._failed: list[Gap] = []
        self._silent: set[str] = set()
        self._next_at = float("-inf")
        self._ended = asyncio.Event()

    def note(self, gap: Gap) -> None:
        """Take a gap of the exchange, told as it begins or ends.

        One that goes on for another reason ends and begins: it is filled when all of it is over.
        """
        self._pass_on(gap)
        if gap.end_ms is None:
            self._silent.add(gap.stream)
        else:
            self._silent.discard(gap.stream)
        self.remember([gap])

    def remember(self, gaps: Iterable[Gap]) -> None:
        """Gaps of before this start, which are known to everybody else."""
        now_ms = self._wire.market.now_ms()
        unfilled = [gap for gap in gaps if gap.kind in FILLED and not gap.filled]
        self._open.extend(g for g in unfilled if g.start_ms < (g.end_ms or 0) <= now_ms)
        if self._open:
            self._ended.set()

    async def run(self) -> None:
        """Fill what ends, and again what could not be filled, until cancelled."""
        while True:
            await self._due()
            await self._wire.real.sleep(self._wire.limits.settle_s)
            self._ended.clear()
            while not (self._intake.instruments and self._streams()):
                await self._wire.real.sleep(self._wire.limits.settle_s)
            while gaps := self._together():
                await self._fill(gaps)

    async def _due(self) -> None:
        """A gap has ended, or one that could not be filled may be tried once more."""
        if not self._failed:
            await self._ended.wait()
            return
        with suppress(TimeoutError):
            async with self._wire.real.timeout(self._wire.limits.again_s):
                await self._ended.wait()
        self._open.extend(self._failed)
        self._failed.clear()

    def _together(self) -> list[Gap]:
        """The oldest gap that is over and those near it: at a start every stream has one."""
        over = [gap for gap in self._open if gap.stream not in self._silent]
        group, end_ms = [], None
        for gap in sorted(over, key=lambda gap: gap.start_ms):
            if end_ms is None or gap.start_ms <= end_ms + LATEST_MS:
                group.append(gap)
                end_ms = max(end_ms or 0, gap.end_ms or gap.start_ms)
        for gap in group:
            self._open.remove(gap)
        return group

    async def _fill(self, gaps: list[Gap]) -> None:
        """Ask once for all of these; what is out of the history's reach stays a gap."""
        now_ms = self._wire.market.now_ms()
        reach_ms = now_ms - min(DAY_MS, round(self._history.reach_s * SECOND_MS))
        within = [gap for gap in gaps if (gap.end_ms or 0) > reach_ms]
        if not within:
            return
        since_ms = max(reach_ms, min(gap.start_ms for gap in within))
        found = await self._missed(within, since_ms, max(gap.end_ms or 0 for gap in within))
        if isinstance(found, Failure):
            name = self._exchange.name
            log.warning("gap not filled", exchange=name, reason=found.sentence)
            self._failed += within
            return
        await self._recall(self._unheard(found), now_ms)
        for gap in within:
            start_ms = max(gap.start_ms, reach_ms)
            self._pass_on(msgspec.structs.replace(gap, start_ms=start_ms, filled=True))

    async def _missed(
        self, gaps: list[Gap], since_ms: int, until_ms: int
    ) -> list[Liquidation] | Failure:
        # A frame that was on its way when the silence began told of what happened before it.
        slack_ms = LATEST_MS if self._history.exact else ALIKE_MS
        from_ms, to_ms = since_ms - slack_ms, until_ms + slack_ms
        found: list[Liquidation] = []
        pages = Duplicates(limit=None)  # a page may begin with what the last one ended with
        for stream in self._asked(gaps):
            missed = Missed(stream, from_ms, to_ms, self._intake.instruments, self._urls)
            async for page in self._pages(missed):
                if isinstance(page, Failure):
                    return page
                found += pages.fresh(page)
        return [event for event in found if from_ms <= event.time_ms <= to_ms]

    def _asked(self, gaps: list[Gap]) -> list[Stream]:
        streams = {stream.name: stream for stream in self._streams()}
        named = {gap.stream for gap in gaps}
        if named <= streams.keys():
            return [streams[name] for name in named]
        return list(streams.values())

    async def _pages(self, missed: Missed) -> AsyncIterator[list[Liquidation] | Failure]:
        for first in self._history.pages(missed):
            url: str | None = first
            for _ in range(PAGES):
                if url is None:
                    break
                answer = await self._ask(url, missed)
                if isinstance(answer, Failure):
                    yield answer
                    return
                page, url = answer
                yield page
            else:
                yield Failure("content", "its history never ends")
                return

    async def _ask(self, url: str, missed: Missed) -> Page | Failure:
        """One page, asked for until it is told, or does not seem to be told at all."""
        wait_s = self._wire.limits.settle_s
        for _ in range(TRIES):
            answer = await self._ask_once(url, missed)
            if not isinstance(answer, Failure) or answer.blocked:
                break
            wait_s = max(2 * wait_s, answer.wait_s)
            await self._wire.real.sleep(wait_s)
        return answer

    async def _ask_once(self, url: str, missed: Missed) -> Page | Failure:
        wire = self._wire
        await wire.real.sleep(max(0.0, self._next_at - wire.real.monotonic()))
        self._next_at = wire.real.monotonic() + self._history.gap_s
        body = await wire.ask(self._exchange, url)
        if isinstance(body, Failure):
            return body
        # What kept a history from answering may have kept the table from being read, until now.
        missed = msgspec.structs.replace(missed, instruments=self._intake.instruments)
        read = understood(self._history.read, body, url, missed, wire.market.now_ms())
        if isinstance(read, str):
            return Failure("content", f"the history cannot be read: {read}")
        return read

    def _unheard(self, rows: list[Liquidation]) -> list[Liquidation]:
        """What no frame told."""
        if not self._history.exact:
            rows = unlike(rows, self._intake.recent)
        return self._intake.duplicates.fresh(rows)

    async def _recall(self, events: list[Liquidation], now_ms: int) -> None:
        log.info("gap filled", exchange=self._exchange.name, events=len(events))
        self._intake.recent.extend(events)
        for part in parts(sorted(events, key=lambda event: event.time_ms), SHARE):
            await self._put(Recalled(self._exchange.name, part, now_ms))


def unlike(rows: Iterable[Liquidation], heard: Iterable[Liquidation]) -> list[Liquidation]:
    """Rows without those that are probably one of ``heard``: same contract, side and quantity.

    Within ``ALIKE_MS``; each that was heard takes one row away.
    """
    known: defaultdict[object, list[int]] = defaultdict(list)
    for event in heard:
        known[event.symbol, event.side, event.quantity].append(event.time_ms)
    left = []
    for row in rows:
        times = known[row.symbol, row.side, row.quantity]
        near = [time for time in times if abs(time - row.time_ms) <= ALIKE_MS]
        if near:
            times.remove(min(near, key=lambda time: abs(time - row.time_ms)))
        else:
            left.append(row)
    return left
