"""What waits for the story: bounded, and whoever fills it never waits."""

import asyncio
from collections import deque

from bot.events import Event, Heard, Recalled

MOST = 50_000
"""Liquidations that may wait. When there are more, all are dropped: the tape tells them again."""


class Queue:
    """``lost``: something was dropped; nothing is taken any more until ``begin``."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._events: deque[Event] = deque()
        self._liquidations = 0
        self._filled = asyncio.Event()
        self.lost = False

    def put(self, event: Event) -> None:
        """Take an event, without waiting."""
        if self.lost:
            return
        self._events.append(event)
        self._liquidations += _size(event)
        if self._liquidations > self._most or len(self._events) > self._most:
            self._clear()
            self.lost = True
        self._filled.set()

    def begin(self) -> None:
        """Empty, and open again."""
        self._clear()
        self.lost = False

    def take(self, limit: int) -> list[Event]:
        """At most ``limit`` events, in the order in which they came; none where none wait."""
        taken = [self._events.popleft() for _ in range(min(limit, len(self._events)))]
        self._liquidations -= sum(map(_size, taken))
        return taken

    async def wait(self) -> None:
        """Until there is something, or something was lost."""
        while not self._events and not self.lost:
            self._filled.clear()
            await self._filled.wait()

    def _clear(self) -> None:
        self._events.clear()
        self._liquidations = 0


def _size(event: Event) -> int:
    return len(event.events) if isinstance(event, Heard | Recalled) else 0
