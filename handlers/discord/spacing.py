"""Keeps calls so far apart that they arrive within the limit whatever happens on their way.

A platform counts what arrives, and that is at some moment between a call's start and its end. So a
call counts until a second after its end; and calls start evenly, as sixteen that start at one
moment would hold each other up.
"""

import asyncio
from collections import deque

from bot.clock import Clock

SECOND_S = 1.0


class Spacing:
    """``async with spacing:`` around a call; first come, first served. ``per_second`` 0: none."""

    def __init__(self, per_second: int, clock: Clock) -> None:
        self._most = per_second
        self._gap_s = SECOND_S / per_second if per_second else 0.0
        self._clock = clock
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._under_way = 0
        self._ended: deque[float] = deque(maxlen=per_second)

    async def __aenter__(self) -> None:
        async with self._turn:
            came = self._clock.monotonic()
            while (at := self._opens()) > (now := self._clock.monotonic()):
                await self._clock.sleep(at - now)
            self._next = max(came, at) + self._gap_s  # a sleep's overshoot is not added up
        self._under_way += 1

    async def __aexit__(self, *error: object) -> None:
        self._under_way -= 1
        self._ended.append(self._clock.monotonic())

    def _opens(self) -> float:
        """When the next call may start, or when to look again."""
        if not self._most:
            return 0.0
        free = self._most - self._under_way
        if free <= 0:
            return self._clock.monotonic() + self._gap_s
        if len(self._ended) < free:
            return self._next
        return max(self._next, self._ended[-free] + SECOND_S)
