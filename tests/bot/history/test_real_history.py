"""Ranks, normals and frequencies over what really happened, against counting one by one."""

import csv
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest

from bot.clock import DAY_MS, HOUR_MS
from bot.history.baseline import Baseline, at_share, normal, standing
from bot.history.claim import claim
from bot.history.loading import imported_baseline
from bot.history.often import often, threshold_for
from bot.market import usd
from bot.metrics import METRICS
from bot.ports import Series
from bot.typed.draft import Draft
from tests.bot.history.pasts import M, naive_crossings, naive_median, naive_peaks, naive_windows

HISTORY = Path(__file__).parents[4] / "shared" / "data" / "history"
THREE = HISTORY / "three-exchanges-BTC-30m.csv"
FOUR = sorted(HISTORY.glob("binance-*-4h.csv"))

pytestmark = pytest.mark.skipif(not FOUR, reason="the recorded history is not here")


def read(path: Path, time: str, long: str, short: str, span_ms: int) -> Series:
    with path.open(newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row[time]))
    longs, shorts = ([usd(Decimal(row[side])) for row in rows] for side in (long, short))
    return Series(span_ms, [int(row[time]) for row in rows], longs, shorts)


@pytest.fixture(scope="module")
def spring() -> Baseline:
    """BTC on three exchanges, half-hours of spring 2026."""
    series = read(THREE, "timestamp", "longUsd", "shortUsd", HOUR_MS // 2)
    base = imported_baseline("record", "", series)
    assert base is not None
    return base


@pytest.fixture(scope="module")
def autumn() -> Baseline:
    """Binance's four largest coins, every four hours, the last 90 days until September 2025."""
    sums: dict[int, tuple[int, int]] = {}
    for path in FOUR:
        one = read(path, "time", "long_usd", "short_usd", 4 * HOUR_MS)
        for start_ms, long, short in zip(one.starts, one.longs, one.shorts, strict=True):
            before = sums.get(start_ms, (0, 0))
            sums[start_ms] = (before[0] + long, before[1] + short)
    starts = sorted(sums)
    longs, shorts = ([sums[start][side] for start in starts] for side in (0, 1))
    base = imported_baseline("record", "binance", Series(4 * HOUR_MS, starts, longs, shorts))
    assert base is not None
    return base


def hours(base: Baseline) -> list[int]:
    line = base.timeline
    halves = [long + short for long, short in zip(line.longs, line.shorts, strict=True)]
    return naive_windows(halves, 2)


def test_the_orders_of_magnitude_of_metrics_md(spring: Baseline) -> None:
    p99, middle = at_share(spring, HOUR_MS, 0.99), spring.windows[HOUR_MS].middle
    largest = spring.windows[HOUR_MS].peaks[0].total
    assert p99 is not None and middle is not None
    assert (round(p99 / M), round(middle / M, 1), round(largest / M)) == (26, 0.5, 87)
    fifty = often(spring, Draft("BTC", None, "1h", "total", 50 * M))
    hundred = often(spring, Draft("BTC", None, "1h", "total", 100 * M))
    assert fifty is not None and hundred is not None
    assert round(7 * fifty.a_day, 1) == 0.4
    assert (hundred.times, hundred.largest) == (0, largest)


def test_frequencies_are_those_that_the_presets_were_made_from(spring: Baseline) -> None:
    amounts = [threshold_for(spring, name, "1h") for name in ("big", "medium", "many")]
    assert amounts == [40 * M, 10 * M, 2 * M]
    halves = [a + b for a, b in zip(spring.timeline.longs, spring.timeline.shorts, strict=True)]
    windows = naive_windows(halves, 2)
    for amount, wanted in zip(amounts, (1 / 7, 1, 3.5), strict=True):
        assert amount is not None
        times = naive_crossings(windows, amount, METRICS["total"].rearm_below(amount))
        assert times / spring.days == pytest.approx(wanted, rel=0.35)


def test_four_coins_on_binance_have_the_p99_of_metrics_md(autumn: Baseline) -> None:
    """51M over 321 days; of the last 90 of them it is of the same order."""
    p99 = at_share(autumn, 4 * HOUR_MS, 0.99)
    assert p99 is not None
    assert 35 * M < p99 < 80 * M
    assert autumn.windows[4 * HOUR_MS].peaks[0].total < 300 * M


def test_every_rank_and_claim_is_what_counting_says(spring: Baseline) -> None:
    windows = hours(spring)
    line = spring.timeline
    ends = [line.from_ms + (index + 2) * line.step_ms for index in range(len(windows))]
    least = 5 * naive_median(windows)
    events = naive_peaks(windows, 2, max(1, least))
    told = spring.windows[HOUR_MS].peaks
    assert [peak.total for peak in told] == [windows[index] for index in events]
    assert [peak.at_ms for peak in told] == [ends[index] for index in events]
    assert all(peak.total == peak.long + peak.short for peak in told)
    for place, index in enumerate(events[:12], 1):
        found = standing(spring, HOUR_MS, windows[index], ends[index])
        assert found is not None
        assert (found.rank, found.of) == (place, len(events))
        apart = [
            w for w, end in zip(windows, ends, strict=True) if abs(end - ends[index]) >= HOUR_MS
        ]
        less, equal = (sum(w < windows[index] for w in apart), apart.count(windows[index]))
        assert found.percentile == (less + equal / 2) / len(apart)
        said = claim(found)
        assert (said is not None) == (place <= 5)
        assert said is None or (said.record, said.source) == (True, "record")


def test_a_normal_hour_is_that_of_the_same_hour_of_the_week(spring: Baseline) -> None:
    """12 weeks of history: at each time the median of up to 12 weeks' two half-hour ends."""
    line, windows = spring.timeline, hours(spring)
    ends = [line.from_ms + (index + 2) * line.step_ms for index in range(len(windows))]
    for hour in (0, 13, 77, 160):
        at_ms = line.until_ms + hour * HOUR_MS + 1
        begin = at_ms // HOUR_MS * HOUR_MS
        same = [
            window
            for window, end_ms in zip(windows, ends, strict=True)
            if (weeks := -(-(begin - end_ms) // (7 * DAY_MS))) > 0
            and 0 < end_ms - begin + weeks * 7 * DAY_MS <= HOUR_MS
        ]
        assert normal(spring, HOUR_MS, at_ms) == naive_median(same)


def test_the_record_has_no_holes(spring: Baseline) -> None:
    assert spring.coverage > 0.95
    assert 89 < spring.days <= 90
    assert list(accumulate(spring.timeline.unheard))[-1] < 0.05 * len(spring.timeline.unheard)
