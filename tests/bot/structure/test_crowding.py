"""Percentiles of funding and open interest, against a naive count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS
from bot.structure.crowding import funding_percentile, oi_percentile, percentile
from bot.structure.facts import Fact, Measure
from tests.bot.structure.keeping import NOW, PlainShelf, a_fact, a_look

HOUR_START = NOW - NOW % HOUR_MS


def hourly(
    measure: Measure, values: list[float], source: str = "binance", every: int = 1
) -> list[Fact]:
    """The last of ``values`` was told in the hour before this one."""
    ends = [HOUR_START - HOUR_MS * every * at for at in range(1, len(values) + 1)]
    return [
        Fact(source, "BTC", measure, at, value)
        for at, value in zip(ends, reversed(values), strict=True)
    ]


@given(st.integers(-5, 5), st.lists(st.integers(-5, 5), min_size=1))
def test_a_percentile_counts_half_of_the_equal_ones(now: int, past: list[int]) -> None:
    points = sum(1.0 if value < now else 0.5 if value == now else 0.0 for value in past)
    assert percentile(now, past) == pytest.approx(points / len(past))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=720, max_size=800), st.integers(1, 9))
def test_open_interest_stands_among_its_hours(past: list[int], now: int) -> None:
    told = hourly(Measure.OI, [float(value) for value in past])
    found = oi_percentile(a_look(PlainShelf([*told, a_fact(Measure.OI, now)])))
    assert found == pytest.approx(percentile(now, past))


def test_under_thirty_days_nothing_is_said() -> None:
    told = hourly(Measure.OI, [1.0] * 719)
    assert oi_percentile(a_look(PlainShelf([*told, a_fact(Measure.OI, 2.0)]))) is None


def test_open_interest_is_compared_over_sources_that_were_watched() -> None:
    told = [
        *hourly(Measure.OI, [10.0] * 800),
        *hourly(Measure.OI, [500.0] * 100, "okx"),
        a_fact(Measure.OI, 9.0),
        a_fact(Measure.OI, 500.0, "okx"),
    ]
    assert oi_percentile(a_look(PlainShelf(told))) == 0.0


def test_hours_in_which_one_of_them_was_silent_do_not_count() -> None:
    told = [
        *hourly(Measure.OI, [10.0] * 800),
        *hourly(Measure.OI, [10.0] * 750, "okx"),
        a_fact(Measure.OI, 10.0),
        a_fact(Measure.OI, 10.0, "okx"),
    ]
    assert oi_percentile(a_look(PlainShelf(told))) == 0.5


def test_rates_that_settled_stand_for_their_eight_hours() -> None:
    now = [a_fact(Measure.OI, 5.0), a_fact(Measure.FUNDING, 0.0001 / 8)]
    past = hourly(Measure.FUNDING, [0.0001 / 8] * 45 + [0.0002 / 8] * 45, every=8)
    assert funding_percentile(a_look(PlainShelf([*now, *past]))) == pytest.approx(0.25, abs=0.01)
    assert funding_percentile(a_look(PlainShelf([*now, *past[:80]]))) is None


def test_equal_rates_are_equal_whatever_their_weights() -> None:
    told = []
    for source, coins in (("binance", 0.1), ("bybit", 0.7), ("okx", 1 / 3)):
        told += hourly(Measure.FUNDING, [0.0001 / 8] * 730, source)
        told += [a_fact(Measure.FUNDING, 0.0001 / 8, source), a_fact(Measure.OI, coins, source)]
    assert funding_percentile(a_look(PlainShelf(told))) == 0.5


def test_funding_is_weighted_before_it_is_compared() -> None:
    told = [
        *hourly(Measure.FUNDING, [0.0] * 730),
        *hourly(Measure.FUNDING, [0.0] * 730, "okx"),
        a_fact(Measure.FUNDING, 0.01),
        a_fact(Measure.FUNDING, -0.01, "okx"),
        a_fact(Measure.OI, 1.0),
        a_fact(Measure.OI, 3.0, "okx"),
    ]
    assert funding_percentile(a_look(PlainShelf(told))) == 0.0
