"""The running sums of one scope, for all windows at once."""

from bisect import bisect_left

from bot.clock import DAY_MS
from bot.metrics.metric import NEVER, Sums
from bot.rules import WINDOWS

SPANS = tuple(WINDOWS.values())
"""Spans in milliseconds, shortest first; a window is named by its place in here."""

NAMES = tuple(WINDOWS)
PLACES = {name: place for place, name in enumerate(NAMES)}

CELL = 6

Peak = tuple[int, int, int]
"""(time, amount, tag) of an order; the tag says whose it is (``Windows.origin``)."""


class Tally:
    """One coin or all, on one exchange or all.

    There is one sum of all that ever came in, and for each window one of what has fallen out of
    it since; a window holds the difference. Whoever wants to be told when a sum has moved enough
    sets limits: ``add_limit`` (US dollars) and ``count_limit`` on what came in, ``order_limit`` on
    single orders, ``limit_exits`` on what falls out.

    ``cells`` has ``CELL`` numbers for each window, side by side because memory is what takes the
    time: longs, shorts and orders that fell out, and their limits in the same order.
    """

    __slots__ = (
        "add_limit",
        "cells",
        "coin",
        "count",
        "count_limit",
        "exchange",
        "long",
        "order_limit",
        "peaks",
        "short",
        "trim_at",
    )

    def __init__(self, coin: str | None, exchange: str | None) -> None:
        self.coin = coin
        self.exchange = exchange
        self.long = 0
        self.short = 0
        self.count = 0
        self.cells = [0, 0, 0, NEVER, NEVER, NEVER] * len(SPANS)
        self.add_limit = NEVER
        self.count_limit = NEVER
        self.order_limit = NEVER
        self.peaks: list[Peak] = []
        self.trim_at = 32

    def long_in(self, place: int) -> int:
        return self.long - self.cells[CELL * place]

    def short_in(self, place: int) -> int:
        return self.short - self.cells[CELL * place + 1]

    def count_in(self, place: int) -> int:
        return self.count - self.cells[CELL * place + 2]

    def peak(self, place: int, now_ms: int) -> Peak | None:
        """The largest order of a window; of equal ones the latest."""
        peaks = self.peaks
        found = bisect_left(peaks, (now_ms - SPANS[place] + 1,))
        return peaks[found] if found < len(peaks) else None

    def peak_until(self, least: int) -> int | None:
        """The time of the last order of at least this; None when there is none."""
        peaks = self.peaks
        low, high = 0, len(peaks)
        while low < high:
            middle = (low + high) // 2
            if peaks[middle][1] >= least:
                low = middle + 1
            else:
                high = middle
        return peaks[low - 1][0] if low else None

    def sums(self, place: int, now_ms: int) -> Sums:
        peaks, cells, at = self.peaks, self.cells, CELL * place
        found = bisect_left(peaks, (now_ms - SPANS[place] + 1,))
        return Sums(
            self.long - cells[at],
            self.short - cells[at + 1],
            self.count - cells[at + 2],
            peaks[found][1] if found < len(peaks) else 0,
        )

    def insert_peak(self, peak: Peak, now_ms: int) -> None:
        """Keep what may yet be the largest: later orders that are larger hide earlier ones.

        Times ascend and amounts strictly descend, so one list serves all windows.
        """
        peaks = self.peaks
        at_ms, usd, _ = peak
        end = bisect_left(peaks, (at_ms + 1,)) if peaks and peaks[-1][0] > at_ms else len(peaks)
        if end < len(peaks) and peaks[end][1] >= usd:
            return
        start = end
        while start and peaks[start - 1][1] <= usd:
            start -= 1
        peaks[start:end] = (peak,)
        if len(peaks) > self.trim_at:
            del peaks[: bisect_left(peaks, (now_ms - DAY_MS + 1,))]
            self.trim_at = max(32, 2 * len(peaks))

    def empty(self, place: int) -> None:
        """Everything has fallen out of a window."""
        at = CELL * place
        self.cells[at : at + 3] = self.long, self.short, self.count

    def limit_exits(self, place: int, longs: int, shorts: int, orders: int) -> None:
        """Tell when more than one of these has fallen out of a window."""
        cells, at = self.cells, CELL * place
        cells[at + 3] = cells[at] + longs
        cells[at + 4] = cells[at + 1] + shorts
        cells[at + 5] = cells[at + 2] + orders
