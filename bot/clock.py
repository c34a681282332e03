"""The only place that asks for the time.

Two clocks are handed around: the *market's* (windows, lateness, rules, gaps) and the *real* one
(connects, acknowledgements, pings, chat pacing). In a running bot both are a ``SystemClock``.
"""

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Protocol

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class Now(Protocol):
    """A clock that can be read: all that may be asked of the market's."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        ...


class Clock(Now, Protocol):
    """What the core may ask of real time."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never steps back."""
        ...

    async def sleep(self, seconds: float) -> None: ...

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Raise ``TimeoutError`` in the block when it takes longer than ``seconds``."""
        ...


class SystemClock:
    """The machine's time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)


def as_datetime(at_ms: int) -> datetime:
    """The aware UTC moment of a millisecond stamp."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
