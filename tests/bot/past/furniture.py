"""What the tests of the past need: books in memory, and a clock on which no wait takes time."""

from collections.abc import Sequence

from bot.clock import SystemClock
from bot.ports import PastSum

NOW_MS = 1_789_670_000_000
"""2026-09-17 18:33:20 UTC: in the middle of an hour, and of four."""

Key = tuple[str, str, str, int, int]


class FakePast:
    """Fulfils ``bot.ports.Past``; ``calls`` counts the transactions."""

    def __init__(self) -> None:
        self.rows: dict[Key, PastSum] = {}
        self.calls = 0

    async def add(self, source: str, sums: Sequence[PastSum]) -> None:
        self.calls += 1
        for one in sums:
            self.rows[source, one.coin, one.exchange, one.start_ms, one.span_ms] = one

    async def latest(self, source: str, coin: str, exchange: str, span_ms: int) -> int | None:
        wanted = (source, coin, exchange, span_ms)
        starts = [key[3] for key in self.rows if (*key[:3], key[4]) == wanted]
        return max(starts, default=None)

    def starts(self, coin: str) -> list[int]:
        return sorted(one.start_ms for one in self.rows.values() if one.coin == coin)


class HastyClock(SystemClock):
    """Sleeps at once; time passes by what was slept. Timeouts are of the real clock."""

    def __init__(self, start_ms: int = NOW_MS) -> None:
        self.slept: list[float] = []
        self._start_ms = start_ms

    def now_ms(self) -> int:
        return self._start_ms + round(sum(self.slept) * 1000)

    def monotonic(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
