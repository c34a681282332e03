"""Ratios against their own last 30 and 90 days."""

from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Fact, Measure
from bot.structure.trends import direction, futures_to_spot, oi_to_depth
from bot.structure.view import Trend
from tests.bot.structure.keeping import PlainShelf, a_fact, a_look


def volumes(futures: float, spot: float, source: str = "binance", ago_ms: int = 0) -> list[Fact]:
    return [
        a_fact(Measure.VOLUME, futures, source, ago_ms=ago_ms),
        a_fact(Measure.SPOT_VOLUME, spot, source, ago_ms=ago_ms),
    ]


def days(ratios: list[float], source: str = "binance") -> list[Fact]:
    """The ratio of now and of each day before, told half an hour before that time of day."""
    told = volumes(ratios[0], 1.0, source)
    for day, ratio in enumerate(ratios[1:], start=1):
        told += volumes(ratio, 1.0, source, day * DAY_MS + 30 * MINUTE_MS)
    return told


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=91, max_size=91))
def test_a_trend_is_now_and_two_medians(ratios: list[float]) -> None:
    told = futures_to_spot(a_look(PlainShelf(days(ratios))))
    assert told == Trend(ratios[0], median(ratios[1:31]), median(ratios[1:91]))


def test_a_median_is_unknown_when_more_than_a_fifth_of_its_days_is() -> None:
    for known, expected in ((24, Trend(7.0, 6.0, None)), (23, Trend(7.0, None, None))):
        told = futures_to_spot(a_look(PlainShelf(days([7.0, *[6.0] * known]))))
        assert told == expected
    assert futures_to_spot(a_look(PlainShelf(days([7.0, *[6.0] * 72])))) == Trend(7.0, 6.0, 6.0)


def test_only_sources_that_tell_both_volumes_are_in_the_ratio() -> None:
    told = [*volumes(10.0, 2.0), a_fact(Measure.VOLUME, 1000.0, "okx")]
    assert futures_to_spot(a_look(PlainShelf(told))) == Trend(5.0, None, None)
    assert futures_to_spot(a_look(PlainShelf(told[2:]))) is None


def test_a_source_that_has_just_been_added_moves_no_trend() -> None:
    shelf = PlainShelf([*days([7.0, *[6.0] * 90]), *volumes(300.0, 1.0, "bybit")])
    assert futures_to_spot(a_look(shelf)) == Trend(7.0, 6.0, 6.0)
    month_old = PlainShelf([*days([7.0, *[6.0] * 90]), *days([300.0, *[200.0] * 30], "bybit")])
    assert futures_to_spot(a_look(month_old)) == Trend(7.0, 6.0, 6.0)
    grown = PlainShelf([*days([7.0, *[6.0] * 10]), *volumes(9.0, 1.0, "bybit")])
    assert futures_to_spot(a_look(grown)) == Trend(8.0, None, None)


def test_open_interest_is_held_against_the_spot_bids() -> None:
    told = [
        a_fact(Measure.OI, 3.0),
        a_fact(Measure.MARK, 100.0),
        a_fact(Measure.SPOT_BIDS_1, 50.0),
        a_fact(Measure.OI_USD, 1e9, "okx"),
    ]
    assert oi_to_depth(a_look(PlainShelf(told))) == Trend(6.0, None, None)
    told[2] = a_fact(Measure.SPOT_BIDS_1, 0.0)
    assert oi_to_depth(a_look(PlainShelf(told))) is None


def test_volume_that_is_too_old_has_no_ratio() -> None:
    assert futures_to_spot(a_look(PlainShelf(volumes(10.0, 2.0, ago_ms=HOUR_MS)))) is None


@pytest.mark.parametrize(
    ("told", "way"),
    [
        (Trend(3, 2, 1), "widening"),
        (Trend(1, 2, 3), "narrowing"),
        (Trend(3, 1, 2), None),
        (Trend(2, 2, 1), None),
        (Trend(3, 2, None), None),
    ],
)
def test_a_gap_widens_when_each_is_above_the_longer_one(told: Trend, way: str | None) -> None:
    assert direction(told) == way
