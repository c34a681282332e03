"""One peak an event, against choosing them one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from bot.history.peaks import apart_ms, peaks
from tests.bot.history.pasts import naive_peaks


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=60), st.integers(1, 15), st.integers(1, 6))
def test_peaks_are_the_largest_that_are_no_part_of_a_larger_event(
    windows: list[int], apart: int, least: int
) -> None:
    assert peaks(windows, apart, least) == naive_peaks(windows, apart, least)


def test_the_windows_around_a_peak_are_the_same_event() -> None:
    assert peaks([1, 5, 9, 5, 1, 1, 4], apart=3) == [2, 6]


def test_an_hour_apart_at_least_is_another_event() -> None:
    assert apart_ms(5 * MINUTE_MS) == HOUR_MS
    assert apart_ms(4 * HOUR_MS) == 4 * HOUR_MS
