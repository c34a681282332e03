"""Made-up pasts, and the slow and plain ways to look at them."""

from collections.abc import Callable, Collection, Sequence
from statistics import median_low

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.history.baseline import Baseline, baseline_of
from bot.history.series import Timeline
from bot.market import USD, Gap
from bot.ports import Imported, Series

NOW = 1_795_313_040_000 // HOUR_MS * HOUR_MS
"""A full hour, a few hours after the flush of TONE.md."""

M = 1_000_000 * USD


def a_line(
    longs: Sequence[int],
    shorts: Sequence[int] | None = None,
    *,
    step_ms: int = MINUTE_MS,
    unheard: bytes = b"",
    until_ms: int = NOW,
) -> Timeline:
    """A timeline that ends at ``until_ms``."""
    shorts = shorts if shorts is not None else [0] * len(longs)
    from_ms = until_ms - len(longs) * step_ms
    return Timeline(step_ms, from_ms, longs, shorts, unheard or bytes(len(longs)))


def quiet_days(days: int, **flushes: int) -> list[int]:
    """Every minute $1k; ``at_5_00_12`` on day 5 at 00:12 something bigger, in dollars."""
    minutes = [1_000 * USD] * (days * 24 * 60)
    for when, usd in flushes.items():
        day, hour, minute = map(int, when.removeprefix("at_").split("_"))
        minutes[(day * 24 + hour) * 60 + minute] += usd * USD
    return minutes


def a_baseline(longs: Sequence[int], shorts: Sequence[int] | None = None) -> Baseline:
    return baseline_of(a_line(longs, shorts), 1.0, ("binance", "okx"))


def naive_windows(values: Sequence[int], width: int) -> list[int]:
    return [sum(values[i : i + width]) for i in range(len(values) - width + 1)]


def naive_peaks(windows: Sequence[int], apart: int, least: int) -> list[int]:
    found: list[int] = []
    for index in sorted(range(len(windows)), key=lambda i: (-windows[i], i)):
        if windows[index] >= least and all(abs(index - other) >= apart for other in found):
            found.append(index)
    return found


def naive_crossings(values: Sequence[int], threshold: int, rearm_below: int) -> int:
    times, armed = 0, not values or values[0] <= threshold
    for value in values:
        if armed and value > threshold:
            times, armed = times + 1, False
        elif not armed and value < rearm_below:
            armed = True
    return times


def naive_median(values: Sequence[int]) -> int:
    ordered = sorted(values)
    low = median_low(ordered)
    high = ordered[len(ordered) // 2]
    return (low + high) // 2


class Shelves:
    """Fulfils ``Archive``, ``Tape`` and ``Notebook``: minutes by coin and exchange, in columns."""

    def __init__(self, watched: str = "", gaps: Sequence[Gap] = ()) -> None:
        self.sums: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
        self.imported: dict[tuple[str, str, str, int], Series] = {}
        self.watched = watched
        self.known_gaps = list(gaps)
        self.reads: list[tuple[str | None, tuple[str, ...]]] = []
        self.broken: Exception | None = None
        self.asked: Callable[[], None] = lambda: None

    def put(self, coin: str, exchange: str, start_ms: int, long: int, short: int = 0) -> None:
        self.sums.setdefault((coin, exchange), {})[start_ms] = (long, short)

    async def minutes(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        self.reads.append((coin, tuple(exchanges)))
        self.asked()
        if self.broken is not None:
            raise self.broken
        found: dict[int, tuple[int, int]] = {}
        for (name, exchange), sums in self.sums.items():
            if coin in (None, name) and exchange in exchanges:
                for start_ms, (long, short) in sums.items():
                    if from_ms <= start_ms < to_ms:
                        before = found.get(start_ms, (0, 0))
                        found[start_ms] = (before[0] + long, before[1] + short)
        starts = sorted(found)
        longs, shorts = ([found[start][side] for start in starts] for side in (0, 1))
        return Series(MINUTE_MS, starts, longs, shorts)

    async def hours(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        return Series(HOUR_MS, [], [], [])

    async def imports(self) -> list[Imported]:
        return [Imported(*key) for key in self.imported]

    async def past(self, source: str, coin: str, exchange: str, span_ms: int) -> Series:
        return self.imported[source, coin, exchange, span_ms]

    async def gaps(self, after_ms: int) -> list[Gap]:
        return [gap for gap in self.known_gaps if gap.end_ms is None or gap.end_ms > after_ms]

    async def read(self, name: str) -> str | None:
        return self.watched


def days_ago(days: float) -> int:
    return NOW - round(days * DAY_MS)
