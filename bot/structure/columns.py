"""One series of facts and one of candles in memory, thinned by age; no clock of their own."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from bot.structure.facts import Candle

SLACK = 256
"""So many, or a quarter, may be more than the ages allow: thinning at each one would be slow."""


class Line:
    """The facts of one source, coin and measure, oldest first, at 16 bytes each.

    ``ages``: (span, age), the finest first: as long as a fact is younger than ``age``, the first of
    each span is kept. The newest is always kept.
    """

    def __init__(self, ages: Sequence[tuple[int, int]], slack: int = SLACK) -> None:
        self._ages = ages
        self._slack = slack
        self._times = array("q")
        self._values = array("d")
        self._thin_at = slack

    def __len__(self) -> int:
        return len(self._times)

    def put(self, at_ms: int, value: float, now_ms: int) -> None:
        """Add or replace; what is too old by ``now_ms`` is left out."""
        if at_ms < now_ms - self._ages[-1][1]:
            return
        self._drop_second_newest(at_ms)
        place = bisect_left(self._times, at_ms)
        if place < len(self._times) and self._times[place] == at_ms:
            self._values[place] = value
            return
        self._times.insert(place, at_ms)
        self._values.insert(place, value)
        if len(self._times) > self._thin_at:
            self._thin(now_ms)

    def before(self, at_ms: int) -> tuple[int, float] | None:
        """The newest at or before a moment."""
        place = bisect_right(self._times, at_ms) - 1
        return (self._times[place], self._values[place]) if place >= 0 else None

    def between(self, from_ms: int, to_ms: int) -> Iterator[tuple[int, float]]:
        """Of [from, to), oldest first."""
        first, last = bisect_left(self._times, from_ms), bisect_left(self._times, to_ms)
        return zip(self._times[first:last], self._values[first:last], strict=True)

    def _drop_second_newest(self, at_ms: int) -> None:
        """It was kept only because nothing was newer, unless it is the first of its span."""
        times, span_ms = self._times, self._ages[0][0]
        if len(times) < 2 or at_ms <= times[-1]:
            return
        if times[-2] // span_ms == times[-1] // span_ms:
            times.pop()
            self._values.pop()

    def _thin(self, now_ms: int) -> None:
        kept = self._firsts(now_ms)
        if not kept or kept[-1] != len(self._times) - 1:
            kept.append(len(self._times) - 1)
        self._times = array("q", (self._times[place] for place in kept))
        self._values = array("d", (self._values[place] for place in kept))
        # In proportion: adding many would be slow otherwise.
        self._thin_at = len(kept) + max(self._slack, len(kept) // 4)

    def _firsts(self, now_ms: int) -> list[int]:
        found: list[int] = []
        end = len(self._times)
        for span_ms, age_ms in self._ages:
            begin = bisect_left(self._times, now_ms - age_ms, 0, end)
            spans = [at_ms // span_ms for at_ms in self._times[begin:end]]
            changes = (n for n, span in enumerate(spans) if n == 0 or span != spans[n - 1])
            found = [*(begin + n for n in changes), *found]
            end = begin
        return found


class Bars:
    """The candles of one source, coin, market and span, oldest first, until they are ``age_ms``."""

    def __init__(self, age_ms: int, slack: int = SLACK) -> None:
        self._age_ms = age_ms
        self._slack = slack
        self._starts = array("q")
        self._candles: list[Candle] = []

    def __len__(self) -> int:
        return len(self._candles)

    def put(self, candle: Candle, now_ms: int) -> None:
        """Add or replace; what is too old by ``now_ms`` is left out."""
        oldest_ms = now_ms - self._age_ms
        if candle.start_ms < oldest_ms:
            return
        place = bisect_left(self._starts, candle.start_ms)
        if place < len(self._starts) and self._starts[place] == candle.start_ms:
            self._candles[place] = candle
            return
        self._starts.insert(place, candle.start_ms)
        self._candles.insert(place, candle)
        if self._starts[0] < oldest_ms - self._slack * candle.span_ms:
            self._forget(oldest_ms)

    def between(self, from_ms: int, to_ms: int) -> list[Candle]:
        """With a start in [from, to), oldest first."""
        first, last = bisect_left(self._starts, from_ms), bisect_left(self._starts, to_ms)
        return self._candles[first:last]

    def _forget(self, oldest_ms: int) -> None:
        many = bisect_left(self._starts, oldest_ms)
        del self._starts[:many]
        del self._candles[:many]
