"""Waiting for a moment or for news, whichever comes first."""

import asyncio

from bot.clock import Clock

SHORTEST_S = 0.001
"""Less than this is lost in rounding: who waits for it would look again at the same moment."""


class Bell:
    """One waits, anyone rings. A ring before the wait counts: none is missed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Until it rings, at most so long."""
        try:
            async with self._clock.timeout(max(SHORTEST_S, seconds)):
                await self._rung.wait()
        except TimeoutError:
            pass
        self._rung.clear()
