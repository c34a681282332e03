"""The metrics: what they read, when they arm again, and that their slack is never too long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.market import USD
from bot.metrics import METRICS, Metric, Sums, Unit
from bot.metrics.metric import NEVER
from bot.rules import SHARE
from tests.torture import times

M = 1_000_000 * USD


def test_the_published_example_is_87_percent_longs() -> None:
    """METRICS 4.1: 125M of 144M."""
    sums = Sums(125 * M, 19 * M, 40, 9 * M)
    assert METRICS["long_share"].value(sums, 5 * M) == 868_055_555
    assert METRICS["short_share"].value(sums, 5 * M) == 131_944_444
    assert METRICS["imbalance"].value(sums, 5 * M) == 868_055_555
    assert METRICS["total"].value(sums, 0) == 144 * M
    assert METRICS["largest"].value(sums, 0) == 9 * M
    assert METRICS["count"].value(sums, 0) == 40


@pytest.mark.parametrize("name", ["imbalance", "long_share", "short_share"])
def test_a_share_of_little_or_nothing_is_unknown(name: str) -> None:
    assert METRICS[name].value(Sums(0, 0, 0, 0), 0) is None
    assert METRICS[name].value(Sums(3 * M, M, 2, 3 * M), 5 * M) is None
    assert METRICS[name].value(Sums(3 * M, 2 * M, 2, 3 * M), 5 * M) is not None


def test_amounts_arm_again_below_70_percent() -> None:
    assert METRICS["total"].rearm_below(10 * M) == 7 * M
    assert METRICS["count"].rearm_below(1) == 1
    assert METRICS["count"].rearm_below(3) == 3, "2 is below 2.1"


def test_shares_arm_again_below_70_percent_of_the_distance_from_one_half() -> None:
    assert METRICS["imbalance"].rearm_below(SHARE * 8 // 10) == SHARE * 71 // 100


def test_multiples_arm_again_below_70_percent_of_what_is_above_one() -> None:
    assert METRICS["volatility"].rearm_below(3 * SHARE) == SHARE * 24 // 10
    assert METRICS["tilt"].rearm_below(SHARE // 2) == SHARE * 35 // 100
    assert METRICS["oi_drop"].rearm_below(SHARE // 20) == SHARE * 35 // 1000


def test_amounts_speak_again_and_shares_do_not() -> None:
    for metric in METRICS.values():
        escalates = metric.windowed and metric.unit in (Unit.USD, Unit.COUNT)
        assert metric.levels == ((1, 2, 5, 10) if escalates else (1,))


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name
    assert metric.noun
    assert 0 < metric.least < metric.most < 2**63
    assert metric.rearm_below(metric.most) <= metric.most


AMOUNTS = st.integers(0, 60)


@st.composite
def flows(draw: st.DrawFn) -> list[tuple[bool, bool, int]]:
    """(comes in, long, amount), one after the other."""
    one = st.tuples(st.booleans(), st.booleans(), st.integers(0, 12))
    return draw(st.lists(one, max_size=12))


@settings(max_examples=times(120), deadline=None)
@given(
    st.sampled_from([metric for metric in METRICS.values() if metric.unit is not Unit.COUNT]),
    AMOUNTS,
    AMOUNTS,
    st.integers(0, 50),
    st.integers(0, 100),
    st.integers(1, 100),
    flows(),
)
def test_nothing_matters_before_the_slack_is_used_up(
    metric: Metric,
    long: int,
    short: int,
    floor: int,
    rise: int,
    fall: int,
    moves: list[tuple[bool, bool, int]],
) -> None:
    if metric.unit is Unit.SHARE:
        rise, fall = rise * SHARE // 100, fall * SHARE // 100
    largest = max(long, short)
    slack = metric.slack(Sums(long, short, 1, largest), floor, rise, fall)
    matters = _matters(metric, Sums(long, short, 1, largest), floor, rise, fall)
    assert (slack is None) == matters
    if slack is None:
        return
    adds, longs, shorts, order, peak = slack
    for comes, is_long, amount in moves:
        if comes:
            adds -= amount
            largest = max(largest, amount)
        else:
            amount = min(amount, long if is_long else short)
            longs, shorts = (longs - amount, shorts) if is_long else (longs, shorts - amount)
        signed = amount if comes else -amount
        long, short = (long + signed, short) if is_long else (long, short + signed)
        if adds < 0 or longs < 0 or shorts < 0 or largest > order or largest < peak:
            return
        assert not _matters(metric, Sums(long, short, 1, largest), floor, rise, fall)


def _matters(metric: Metric, sums: Sums, floor: int, rise: int, fall: int) -> bool:
    value, low = metric.value(sums, floor), metric.low(sums, floor)
    return (value is not None and value > rise) or (low is not None and low < fall)


def test_where_nothing_waits_nothing_matters() -> None:
    for metric in METRICS.values():
        assert metric.slack(Sums(M, M, 2, M), 5 * M, NEVER, -1) is not None
        assert metric.slack(Sums(0, 0, 0, 0), 5 * M, NEVER, -1) is not None
