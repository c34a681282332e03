"""Sums laid out by the minute, and the windows over them, against plain sums."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import MINUTE_MS
from bot.history.series import heard_ones, laid_out, packed, rolled, totals
from bot.ports import Series
from tests.bot.history.pasts import a_line, naive_windows

AMOUNTS = st.lists(st.integers(0, 10**19), max_size=40)


@settings(max_examples=50, deadline=None)
@given(AMOUNTS, st.integers(1, 12))
def test_windows_are_the_sums_of_neighbours_however_large(values: list[int], width: int) -> None:
    assert rolled(values, width) == naive_windows(values, width)


@settings(max_examples=50, deadline=None)
@given(AMOUNTS, st.binary(max_size=40), st.integers(1, 40))
def test_a_window_counts_that_was_heard_to_95_percent(
    values: list[int], heard: bytes, width: int
) -> None:
    unheard = bytes(heard[i] % 2 if i < len(heard) else 0 for i in range(len(values)))
    every = rolled(values, width)
    expected = [
        window
        for index, window in enumerate(every)
        if 100 * sum(unheard[index : index + width]) <= 5 * width
    ]
    assert heard_ones(every, unheard, width) == expected


def test_what_a_series_leaves_out_is_nothing() -> None:
    sparse = Series(MINUTE_MS, [60_000, 240_000, 900_000], [1, 2, 9], [10, 20, 90])
    line = laid_out(sparse, 60_000, 360_000)
    assert (list(line.longs), list(line.shorts)) == ([1, 0, 0, 2, 0], [10, 0, 0, 20, 0])
    assert totals(line) == [11, 0, 0, 22, 0]
    assert (line.until_ms, line.ends_ms(2, 0)) == (360_000, 180_000)


def test_a_cut_holds_the_whole_steps_within() -> None:
    line = a_line([1, 2, 3, 4], until_ms=240_000)
    assert list(line.cut(60_001, 239_999).longs) == [3]
    assert list(line.cut(-5, 900_000).longs) == [1, 2, 3, 4]
    assert list(line.cut(500_000, 900_000).longs) == []


def test_amounts_that_fit_no_64_bits_stay_exact() -> None:
    assert list(packed([1, 2**80])) == [1, 2**80]
