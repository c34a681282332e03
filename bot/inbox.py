"""The one door through which everything comes that can change the engine's mind, in order."""

import asyncio
from collections import deque

from bot.clock import MINUTE_MS
from bot.events import Event, Heard
from bot.market import Gap

OVERFLOW = "overflow"

LATEST_MS = MINUTE_MS
"""An event may be this late; an overflow's gap never begins earlier, whatever a frame claims."""


class Inbox:
    """A bounded queue from the feeds and the commands to the engine.

    When ``liquidations`` wait, further frames are dropped and counted, and a ``Gap`` makes the
    figures partial until there is room again: a reader that waited would be cut off by its
    exchange. When ``commands`` wait, ``put`` waits. The two bounds are apart, so that a flood of
    liquidations never keeps a command out. Gaps are always taken: they are few, and the truth of
    all figures hangs on them.
    """

    def __init__(self, liquidations: int = 100_000, commands: int = 10_000) -> None:
        self._most_liquidations = liquidations
        self._most_commands = commands
        self._queue: deque[Event] = deque()
        self._liquidations = 0
        self._commands = 0
        self._overflows: dict[str, Gap] = {}
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._dropped = 0

    @property
    def waiting(self) -> int:
        """Liquidations that the engine has not seen yet."""
        return self._liquidations

    @property
    def empty(self) -> bool:
        """Nothing at all waits."""
        return not self._queue

    @property
    def dropped(self) -> int:
        """Liquidations lost to overflow since the start."""
        return self._dropped

    def hear(self, heard: Heard) -> bool:
        """Take one frame without waiting; False when it had to be dropped.

        A frame larger than the whole bound is still taken by an empty inbox.
        """
        size = len(heard.events)
        if self._liquidations and self._liquidations + size > self._most_liquidations:
            self._drop(heard)
            return False
        self._liquidations += size
        self._append(heard)
        return True

    def note(self, gap: Gap) -> None:
        """Take a gap, without waiting and whatever the load."""
        self._append(gap)

    async def put(self, event: Event) -> None:
        """Take a command or a tick; waits for room."""
        while self._commands >= self._most_commands:
            self._room.clear()
            await self._room.wait()
        self._commands += 1
        self._append(event)

    async def get_many(self, limit: int) -> list[Event]:
        """At least one event, at most ``limit``, in the order in which they came."""
        while not self._queue:
            self._filled.clear()
            await self._filled.wait()
        taken = [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]
        for event in taken:
            self._release(event)
        self._end_overflows()
        self._room.set()
        return taken

    def _append(self, event: Event) -> None:
        self._queue.append(event)
        self._filled.set()

    def _release(self, event: Event) -> None:
        if isinstance(event, Heard):
            self._liquidations -= len(event.events)
        elif not isinstance(event, Gap):
            self._commands -= 1

    def _drop(self, heard: Heard) -> None:
        """Events carry the exchange's time, so the gap begins at the earliest one dropped."""
        self._dropped += len(heard.events)
        earliest = min((event.time_ms for event in heard.events), default=heard.received_ms)
        start_ms = min(max(earliest, heard.received_ms - LATEST_MS), heard.received_ms)
        known = self._overflows.get(heard.exchange)
        if known is None:
            self._append(Gap(heard.exchange, "inbox", start_ms, None, OVERFLOW))
        else:
            start_ms = known.start_ms
        self._overflows[heard.exchange] = Gap(
            heard.exchange, "inbox", start_ms, heard.received_ms, OVERFLOW
        )

    def _end_overflows(self) -> None:
        if self._overflows and self._liquidations < self._most_liquidations:
            for gap in self._overflows.values():
                self._append(gap)
            self._overflows.clear()
