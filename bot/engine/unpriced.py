"""Liquidations whose worth is unknown: counted apart, never summed as zero."""

from array import array
from bisect import bisect_right

from bot.clock import DAY_MS

CHUNK = 1_024


class Unpriced:
    """Their times, ascending, for each coin or all on each exchange or all."""

    def __init__(self) -> None:
        self._times: dict[tuple[str | None, str | None], array[int]] = {}

    def add(self, coin: str, exchange: str, time_ms: int, now_ms: int) -> None:
        for scope in ((None, None), (None, exchange), (coin, None), (coin, exchange)):
            times = self._times.setdefault(scope, array("q"))
            times.insert(bisect_right(times, time_ms), time_ms)
            if len(times) % CHUNK == 0:
                del times[: bisect_right(times, now_ms - DAY_MS)]

    def count(self, coin: str | None, exchange: str | None, after_ms: int) -> int:
        """How many have a later time than ``after_ms``."""
        times = self._times.get((coin, exchange))
        return len(times) - bisect_right(times, after_ms) if times else 0
