"""Ranks, percentiles and normals, against counting."""

from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS
from bot.history.normal import median, normal_at
from bot.history.ranks import percentile, quantile, rank
from tests.bot.history.pasts import NOW, a_line, naive_median

FEW = st.lists(st.integers(0, 9), min_size=1, max_size=40)


@settings(max_examples=50, deadline=None)
@given(FEW, st.integers(0, 9), st.integers(0, 40))
def test_a_percentile_is_less_and_half_of_the_equal(
    values: list[int], total: int, left_out: int
) -> None:
    without, rest = values[:left_out], values[left_out:]
    told = percentile(total, sorted(values), without)
    if not rest:
        assert told is None
        return
    less, equal = sum(v < total for v in rest), sum(v == total for v in rest)
    assert told == (less + equal / 2) / len(rest)


@settings(max_examples=50, deadline=None)
@given(FEW, st.integers(1, 100))
def test_a_quantile_is_not_exceeded_by_that_share(values: list[int], percent: int) -> None:
    told = quantile(sorted(values), percent / 100)
    assert told is not None
    assert sum(v <= told for v in values) >= ceil(percent / 100 * len(values) - 1e-9)
    assert told in values


def test_a_tie_is_no_record() -> None:
    assert rank(5, [5, 4, 3]) == 2
    assert rank(6, [5, 4, 3]) == 1
    assert quantile([], 0.5) is None


@given(FEW)
def test_the_median_is_the_middle(values: list[int]) -> None:
    assert median(sorted(values)) == naive_median(values)


def test_with_eight_weeks_only_the_same_hour_of_the_week_is_normal() -> None:
    """Every hour holds its number within the week; the one before now is 167."""
    hours = 9 * 7 * 24
    line = a_line([(index - hours) % 168 for index in range(hours)], step_ms=HOUR_MS)
    assert normal_at(line, HOUR_MS, NOW - 1) == 167
    assert normal_at(line, HOUR_MS, NOW + 10 * HOUR_MS) == 10
    assert normal_at(line.cut(NOW - 8 * 7 * 24 * HOUR_MS + 1, NOW), HOUR_MS, NOW) is None
