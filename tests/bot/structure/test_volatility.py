"""Realised volatility, against the formula written out by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, MINUTE_MS
from bot.structure.facts import Candle
from bot.structure.volatility import (
    HOURS_A_YEAR,
    MINUTES_A_YEAR,
    bars,
    both,
    falling,
    rogers_satchell,
)
from tests.bot.structure.keeping import NOW, PlainShelf, a_look, hours, minutes

PRICES = st.lists(st.floats(1e-6, 1e6), min_size=4, max_size=4)


def a_candle(prices: list[float], start_ms: int = 0) -> Candle:
    low, first, last, high = sorted(prices)
    return Candle("binance", "BTC", False, MINUTE_MS, start_ms, first, high, low, last)


def naive(candles: list[Candle], bars_a_year: int) -> float:
    """With differences of logarithms instead of logarithms of ratios."""
    total = 0.0
    for c in candles:
        h, lo, o, cl = map(math.log, (c.high, c.low, c.open, c.close))
        total += (h - cl) * (h - o) + (lo - cl) * (lo - o)
    return math.sqrt(bars_a_year / len(candles) * max(0.0, total))


@settings(max_examples=50)
@given(st.lists(PRICES, min_size=1, max_size=20))
def test_rogers_satchell_is_the_formula(prices: list[list[float]]) -> None:
    candles = [a_candle(four) for four in prices]
    told = rogers_satchell(candles, MINUTES_A_YEAR)
    assert told == pytest.approx(naive(candles, MINUTES_A_YEAR), rel=1e-6, abs=1e-4)


@settings(max_examples=50)
@given(st.lists(st.floats(0.9, 1.1), min_size=1, max_size=20), st.floats(1, 1e5))
def test_a_trend_alone_is_no_volatility(steps: list[float], price: float) -> None:
    candles = []
    for step in steps:
        later = price * step
        candles.append(
            Candle(
                "a", "BTC", False, MINUTE_MS, 0, price, max(price, later), min(price, later), later
            )
        )
        price = later
    assert rogers_satchell(candles, HOURS_A_YEAR) == pytest.approx(0.0, abs=1e-6)


def test_nothing_and_nonsense_have_no_volatility() -> None:
    assert rogers_satchell([], HOURS_A_YEAR) is None
    for prices in ((100, 99, 98, 100), (100, 101, 100.5, 100.7), (0, 1, 0, 1)):
        first, high, low, last = map(float, prices)
        broken = Candle("a", "BTC", False, MINUTE_MS, 0, first, high, low, last)
        assert rogers_satchell([broken], HOURS_A_YEAR) is None


def test_the_last_fifteen_minutes_stand_beside_thirty_days() -> None:
    shelf = PlainShelf(candles=[*minutes(60), *hours(31)])
    now, usual = both(a_look(shelf))
    assert now is not None and usual is not None
    minute = math.log(1.01) ** 2 + math.log(0.99) ** 2
    hour = math.log(1.005) ** 2 + math.log(0.995) ** 2
    assert now.value == pytest.approx(math.sqrt(MINUTES_A_YEAR * minute))
    assert usual.value == pytest.approx(math.sqrt(HOURS_A_YEAR * hour))
    assert now.sources == usual.sources == ("Binance",)
    assert now.at_ms == NOW - NOW % MINUTE_MS


def test_a_tenth_of_the_bars_may_be_missing_and_no_more() -> None:
    whole = hours(30)
    enough = PlainShelf(candles=whole[: -72 - 1] + whole[-1:])
    assert len(enough.bars) == 648
    assert both(a_look(enough))[1] is not None
    assert both(a_look(PlainShelf(candles=enough.bars[1:])))[1] is None


def test_minutes_that_stopped_coming_are_not_the_last_ones() -> None:
    shelf = PlainShelf(candles=minutes(60, until_ms=NOW - 4 * MINUTE_MS))
    assert both(a_look(shelf)) == (None, None)
    assert both(a_look(shelf, NOW - 4 * MINUTE_MS))[0] is not None


def test_the_running_candle_does_not_count() -> None:
    whole = minutes(60)
    running = Candle("binance", "BTC", False, MINUTE_MS, NOW - NOW % MINUTE_MS, 100, 200, 50, 60)
    at_ms = NOW + 20_000
    told = both(a_look(PlainShelf(candles=[*whole, running]), at_ms))
    assert told == both(a_look(PlainShelf(candles=whole), at_ms))


def test_a_source_that_has_both_is_taken_before_one_that_has_not() -> None:
    shelf = PlainShelf(candles=[*minutes(60), *minutes(60, "okx"), *hours(31, "okx")])
    now, usual = both(a_look(shelf))
    assert now is not None and usual is not None
    assert now.sources == usual.sources == ("OKX",)
    alone = both(a_look(PlainShelf(candles=minutes(60))))
    assert alone[0] is not None and alone[1] is None


def test_bars_end_at_a_hole_and_are_told_oldest_first() -> None:
    calm = minutes(60, until_ms=NOW - 10 * MINUTE_MS)
    wild = [
        Candle("binance", "BTC", False, MINUTE_MS, c.start_ms, 100, 110, 90, 100)
        for c in minutes(10)
    ]
    told = bars(a_look(PlainShelf(candles=[*calm, *wild])), 4)
    assert len(told) == 4
    assert told[0] == told[1] < told[2] < told[3]
    assert bars(a_look(PlainShelf(candles=minutes(20))), 4) != ()
    assert len(bars(a_look(PlainShelf(candles=minutes(20))), 4)) == 2
    assert bars(a_look(PlainShelf()), 4) == ()


def test_falling_asks_for_each_of_the_last_steps() -> None:
    assert falling([1, 5, 4, 3, 2], 3)
    assert not falling([4, 3, 3, 2], 3)
    assert not falling([3, 2, 1], 3)


def test_thirty_days_end_with_the_last_hour_that_was_told() -> None:
    late = PlainShelf(candles=hours(31, until_ms=NOW - 3 * 60 * MINUTE_MS))
    assert both(a_look(late))[1] is None
    assert both(a_look(late, NOW - DAY_MS))[1] is not None
