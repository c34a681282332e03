"""A clock that moves only when a test says so."""

import asyncio
import heapq
from contextlib import AbstractAsyncContextManager
from itertools import count

QUIET_TURNS = 3
"""What a socket brings takes two turns of the loop to be heard."""


class ManualClock:
    """Fulfils ``bot.clock.Clock``. ``await advance(seconds)`` wakes what sleeps until then."""

    def __init__(self, start_ms: int = 1_700_000_000_000) -> None:
        self._start_ms = start_ms
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now_ms(self) -> int:
        return self._start_ms + round(self._elapsed * 1000)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), waking))
        await waking

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return _Timeout(self, seconds)

    async def advance(self, seconds: float) -> None:
        """Move on, waking sleepers in the order of their times."""
        end = self._elapsed + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, waking = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, at)
            if not waking.done():
                waking.set_result(None)
            await _settle()
        self._elapsed = end
        await _settle()


class _Timeout:
    """``asyncio.timeout`` on a manual clock."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._inner = asyncio.timeout(None)
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> asyncio.Timeout:
        inner = await self._inner.__aenter__()
        self._watch = asyncio.create_task(self._expire())
        return inner

    async def __aexit__(self, *error: object) -> bool | None:
        if self._watch is not None:
            self._watch.cancel()
        return await self._inner.__aexit__(*error)  # type: ignore[arg-type]

    async def _expire(self) -> None:
        await self._clock.sleep(self._seconds)
        self._inner.reschedule(asyncio.get_running_loop().time())


async def _settle() -> None:
    """Let everything that can run, run; at most for a while, as something always may."""
    waiting = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    quiet = 0
    for _ in range(20):
        await asyncio.sleep(0)
        quiet = 0 if waiting else quiet + 1
        if quiet == QUIET_TURNS:
            return
