"""A clock for tests over sockets: real time, but more of it."""

import asyncio
from contextlib import AbstractAsyncContextManager

from bot.clock import SystemClock


class HurriedClock(SystemClock):
    """``hurry`` seconds go by in each; it begins at ``start_ms``."""

    def __init__(self, hurry: float, start_ms: int) -> None:
        self._hurry = hurry
        self._start_ms = start_ms
        self._start_s = super().monotonic()

    def now_ms(self) -> int:
        return self._start_ms + round(1_000 * (self.monotonic() - self._hurry * self._start_s))

    def monotonic(self) -> float:
        return self._hurry * super().monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._hurry)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds / self._hurry)
