"""The running sums of one scope, for all windows at once."""

from bisect import bisect_left

from bot.clock import DAY_MS
from bot.market import Side
from bot.metrics.metric import NEVER, Sums
from bot.rules import WINDOWS

SPANS = tuple(WINDOWS.values())
"""Spans in milliseconds, shortest first; a window is named by its place in here."""

PLACES = {name: place for place, name in enumerate(WINDOWS)}

Peak = tuple[int, int, int]
"""(time, amount, tag) of an order; the tag says whose it is (``Windows.origin``)."""


class Tally:
    """One coin or all, on one exchange or all.

    Nothing is summed twice: there is one sum of all that ever came in, and for each window one of
    what has fallen out of it since; a window holds the difference. Whoever wants to be told when
    a sum has moved enough sets limits: ``add_limit`` (US dollars) and ``count_limit`` on what came
    in, ``exit_limits`` (by side and window) and ``exit_counts`` on what fell out.
    """

    __slots__ = (
        "add_limit",
        "coin",
        "count",
        "count_limit",
        "exchange",
        "exit_counts",
        "exit_limits",
        "long",
        "out",
        "out_count",
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
        none = [0] * len(SPANS)
        never = [NEVER] * len(SPANS)
        self.out = (none, none.copy())
        self.out_count = none.copy()
        self.exit_limits = (never, never.copy())
        self.exit_counts = never.copy()
        self.add_limit = NEVER
        self.count_limit = NEVER
        self.peaks: list[Peak] = []
        self.trim_at = 32

    def long_in(self, place: int) -> int:
        return self.long - self.out[Side.LONG][place]

    def short_in(self, place: int) -> int:
        return self.short - self.out[Side.SHORT][place]

    def count_in(self, place: int) -> int:
        return self.count - self.out_count[place]

    def peak(self, place: int, now_ms: int) -> Peak | None:
        """The largest order of a window; of equal ones the latest."""
        peaks = self.peaks
        found = bisect_left(peaks, (now_ms - SPANS[place] + 1,))
        return peaks[found] if found < len(peaks) else None

    def sums(self, place: int, now_ms: int) -> Sums:
        peaks = self.peaks
        found = bisect_left(peaks, (now_ms - SPANS[place] + 1,))
        return Sums(
            self.long - self.out[0][place],
            self.short - self.out[1][place],
            self.count - self.out_count[place],
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
        self.out[0][place] = self.long
        self.out[1][place] = self.short
        self.out_count[place] = self.count
