"""A figure's standing among the events of its baseline, and what may be claimed of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.history.baseline import at_share, baseline_of, normal, standing
from bot.history.claim import Claim, claim
from bot.history.standing import Standing
from bot.market import USD
from bot.rules import WINDOWS
from tests.bot.history.pasts import (
    NOW,
    M,
    a_baseline,
    a_line,
    naive_median,
    naive_windows,
    quiet_days,
)


def test_a_figure_is_ranked_among_other_events() -> None:
    past = quiet_days(9, at_1_02_00=30_000_000, at_1_02_30=5_000_000, at_4_09_00=12_000_000)
    told = standing(a_baseline(past), HOUR_MS, 20 * M, NOW)
    assert told is not None
    assert (told.rank, told.of, told.days, told.normal) == (2, 3, 9.0, 60_000 * USD)
    assert told.second is not None
    assert told.second.total == 35 * M + 60_000 * USD
    assert told.second.at_ms == NOW - 9 * DAY_MS + DAY_MS + 2 * HOUR_MS + 31 * MINUTE_MS
    assert told.exchanges == ("binance", "okx")


def test_what_happens_now_is_not_its_own_rival() -> None:
    past = quiet_days(9, at_4_09_00=12_000_000, at_8_23_30=25_000_000)
    told = standing(a_baseline(past), HOUR_MS, 20 * M, NOW)
    assert told is not None
    assert (told.rank, told.of) == (1, 2)


def test_a_peak_knows_its_sides() -> None:
    base = a_baseline(quiet_days(8, at_3_03_00=8_000_000), [0] * (8 * 24 * 60))
    peak = base.windows[HOUR_MS].peaks[0]
    assert (peak.long, peak.short) == (8 * M + 60_000 * USD, 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=6, max_size=60), st.integers(0, 40), st.integers(0, 70))
def test_a_percentile_is_over_the_windows_that_do_not_overlap(
    values: list[int], total: int, ago: int
) -> None:
    at_ms = NOW - ago * MINUTE_MS
    told = standing(baseline_of(a_line(values), 1.0), 5 * MINUTE_MS, total, at_ms)
    ends = [NOW - (len(values) - 5 - i) * MINUTE_MS for i in range(len(values) - 4)]
    apart = [
        window
        for window, end_ms in zip(naive_windows(values, 5), ends, strict=True)
        if abs(end_ms - at_ms) >= 5 * MINUTE_MS
    ]
    if not apart:
        assert told is None
        return
    assert told is not None
    less, equal = sum(w < total for w in apart), sum(w == total for w in apart)
    assert told.percentile == (less + equal / 2) / len(apart)


@pytest.mark.parametrize("window", ["5m", "1h", "24h"])
def test_a_normal_window_is_the_median(window: str) -> None:
    past = quiet_days(8, at_1_02_00=30_000_000, at_4_09_00=12_000_000)
    span_ms = WINDOWS[window]
    expected = naive_median(naive_windows(past, span_ms // MINUTE_MS))
    assert normal(a_baseline(past), span_ms, NOW) == expected


def test_what_was_not_heard_makes_nothing_normal() -> None:
    minutes = 8 * 24 * 60
    deaf = minutes * 2 // 3
    past = [0] * deaf + [1_000 * USD] * (minutes - deaf)
    unheard = b"\1" * deaf + bytes(minutes - deaf)
    base = baseline_of(a_line(past, unheard=unheard), 0.33)
    assert normal(base, HOUR_MS, NOW) in (60_000 * USD, 59_000 * USD)
    assert at_share(base, HOUR_MS, 0.01) is not None
    assert at_share(base, HOUR_MS, 0.01) != 0


def test_before_the_seventh_day_there_is_a_rank_but_no_normal() -> None:
    told = standing(a_baseline(quiet_days(6)), HOUR_MS, M, NOW)
    assert told is not None
    assert (told.rank, told.normal, told.multiple) == (1, None, None)
    assert claim(told) is None


def a_standing(rank: int, days: float, coverage: float = 1.0) -> Standing:
    return Standing(HOUR_MS, 526 * M, rank, 61, days, coverage, NOW, 0.99)


def test_a_record_takes_sixty_days_and_95_percent() -> None:
    assert claim(a_standing(1, 92, 0.97)) == Claim(1, HOUR_MS, 92, record=True)
    assert claim(a_standing(1, 60, 0.95)) == Claim(1, HOUR_MS, 60, record=True)
    assert claim(a_standing(1, 59.9, 0.97)) == Claim(1, HOUR_MS, 59, record=False)
    assert claim(a_standing(1, 92, 0.949)) == Claim(1, HOUR_MS, 92, record=False)
    assert claim(a_standing(1, 6.99)) is None


def test_the_next_four_are_told_of_a_record_alone() -> None:
    assert [claim(a_standing(rank, 92)) is not None for rank in range(1, 8)] == [True] * 5 + [
        False
    ] * 2
    assert claim(a_standing(2, 9)) is None
