"""How often a rule would have fired, against the rule itself, minute by minute."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS
from bot.history.often import (
    AMOUNTS,
    amount_for,
    crossings,
    floor,
    often,
    rounded,
    sidedness,
    threshold_for,
)
from bot.market import USD
from bot.metrics import METRICS, Sums
from bot.rules import SHARE
from bot.typed.draft import Draft
from tests.bot.history.pasts import (
    NOW,
    M,
    a_baseline,
    naive_crossings,
    naive_windows,
    quiet_days,
)
from tests.torture import times

TOTAL = METRICS["total"]
WEEK = 7 * 24 * 60


def draft(threshold: int, metric: str = "total", window: str = "1h", floor: int = M) -> Draft:
    return Draft("BTC", None, window, metric, threshold, floor)


@settings(max_examples=times(30), deadline=None)
@given(st.lists(st.integers(0, 30), max_size=60), st.integers(0, 30))
def test_crossings_are_counted_as_the_engine_speaks(values: list[int], threshold: int) -> None:
    below = TOTAL.rearm_below(threshold)
    assert crossings(values, threshold, below) == naive_crossings(values, threshold, below)


def test_a_flush_a_day_is_once_a_day() -> None:
    flushes = {f"at_{day}_02_41": 20_000_000 for day in range(10)}
    told = often(a_baseline(quiet_days(10, **flushes)), draft(10 * M))
    assert told is not None
    assert (told.times, told.days, told.largest, told.daily) == (
        10,
        10.0,
        20 * M + 60_000 * USD,
        None,
    )


def test_a_rise_within_an_episode_is_not_another_one() -> None:
    """12M falls to 9M, which is not below 70% of 10M, and rises again."""
    past = quiet_days(7, at_3_02_00=9_000_000, at_3_02_30=3_000_000, at_3_03_20=3_000_000)
    told = often(a_baseline(past), draft(10 * M))
    assert told is not None
    assert told.times == 1


def test_before_the_seventh_day_nothing_is_told() -> None:
    young = a_baseline(quiet_days(7)[1:])
    assert often(young, draft(M)) is None
    assert threshold_for(young, "big", "1h") is None
    assert floor(young, HOUR_MS, NOW) is None
    assert sidedness(young, HOUR_MS) is None


@pytest.mark.parametrize("metric", ["largest", "count", "order"])
def test_what_sums_do_not_tell_is_not_told(metric: str) -> None:
    window = "" if metric == "order" else "1h"
    assert often(a_baseline(quiet_days(7)), draft(M, metric, window)) is None


def test_longs_and_shares_are_told_too() -> None:
    longs = quiet_days(8, at_2_02_00=9_000_000, at_5_02_00=9_000_000)
    shorts = quiet_days(8, at_5_02_00=9_000_000, at_6_02_00=9_000_000)
    base = a_baseline(longs, shorts)
    told = [
        often(base, draft(8 * M, "long")),
        often(base, draft(SHARE * 8 // 10, "long_share")),
        often(base, draft(SHARE * 8 // 10, "imbalance")),
    ]
    assert [one.times if one else None for one in told] == [2, 1, 2]


@settings(max_examples=times(4), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=8, max_size=40),
    st.integers(51, 99),
    st.integers(1, 30),
)
def test_shares_are_counted_as_the_metric_sees_them(
    sides: list[tuple[int, int]], percent: int, least: int
) -> None:
    """Minutes that are tiled to eight days, so that something is told at all."""
    longs, shorts = ([side[i] for side in sides] * (8 * 24 * 60 // len(sides) + 1) for i in (0, 1))
    told = often(a_baseline(longs, shorts), draft(SHARE * percent // 100, "imbalance", "5m", least))
    metric, threshold = METRICS["imbalance"], SHARE * percent // 100
    times, armed = 0, None
    for long, short in zip(naive_windows(longs, 5), naive_windows(shorts, 5), strict=True):
        sums = Sums(long, short, 0, 0)
        value, low = metric.value(sums, least), metric.low(sums, least)
        if armed is None:
            armed = (value or 0) <= threshold
        if armed and value is not None and value > threshold:
            times, armed = times + 1, False
        elif not armed and low is not None and low < metric.rearm_below(threshold):
            armed = True
    assert told is not None
    assert told.times == times


def test_a_rule_that_never_stops_gets_a_gentler_amount() -> None:
    busy = [3 * M if minute % 30 == 0 else 0 for minute in range(WEEK)]
    flushes = [20 * M if minute % 1440 == 77 else 0 for minute in range(WEEK)]
    past = [one + other for one, other in zip(busy, flushes, strict=True)]
    told = often(a_baseline(past), draft(2 * M, window="5m"))
    assert told is not None
    assert told.a_day > 40
    assert told.daily is not None
    assert naive_crossings(naive_windows(past, 5), told.daily, TOTAL.rearm_below(told.daily)) == 7


@settings(max_examples=times(10), deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=80),
    st.integers(1, 20),
)
def test_the_amount_of_a_frequency_lies_where_it_is_crossed(values: list[int], times: int) -> None:
    amounts = [value * 1_000 * USD for value in values]
    told = amount_for(amounts, TOTAL, times)
    fired = [naive_crossings(amounts, one, TOTAL.rearm_below(one)) for one in AMOUNTS]
    often_enough = [index for index, many in enumerate(fired) if many >= times]
    if not often_enough:
        assert told is None
        return
    index = often_enough[-1]
    below, above = fired[index], fired[index + 1]
    assert told == AMOUNTS[index + 1 if above * below > times**2 else index]


def test_amounts_are_such_as_people_say() -> None:
    assert rounded(49 * M) == 50 * M
    assert rounded(1) == AMOUNTS[0] == 1_000 * USD
    assert all(a < b for a, b in pairwise(AMOUNTS))


def test_a_floor_is_five_normal_windows() -> None:
    assert floor(a_baseline(quiet_days(7)), HOUR_MS, NOW) == 300_000 * USD
    assert floor(a_baseline([0] * WEEK), HOUR_MS, NOW) is None


def test_one_sidedness_is_counted_over_busy_hours_alone() -> None:
    """Quiet hours are $120k and even, so five times that is busy: $600k, said as $500k or 750k."""
    hours = {f"at_{day}_02_10": 4_000_000 for day in range(7)}
    longs = quiet_days(8, **hours)
    shorts = quiet_days(8, at_0_02_20=4_000_000, at_1_02_20=3_000_000, at_7_02_20=3_000_000)
    told = sidedness(a_baseline(longs, shorts), HOUR_MS)
    assert told is not None
    assert (told.one_sided, told.busy) == (6, 8)
    assert told.bar in (500_000 * USD, 750_000 * USD)
    assert sidedness(a_baseline(quiet_days(8)), HOUR_MS) is None
