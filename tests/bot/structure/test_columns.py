"""Series in memory against plain dictionaries, however the past comes in."""

from bisect import bisect_right

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.structure.columns import Bars, Line
from bot.structure.facts import Candle
from tests.torture import times

FINE, LONG = 100, 1_000
AGES = ((10, FINE), (50, LONG))
"""The first of each 10 while younger than 100, the first of each 50 while younger than 1,000."""

NOW = 10_000
SLACK = 4

moments = st.one_of(st.integers(0, 40), st.integers(0, 2 * FINE), st.integers(0, LONG + FINE)).map(
    lambda ago: NOW - ago
)
told = st.lists(st.tuples(moments, st.integers(0, 3)), min_size=1, max_size=60)


def told_to(line: Line, told: list[tuple[int, int]]) -> tuple[dict[int, float], int]:
    """All that was told by moment, and the newest moment."""
    everything: dict[int, float] = {}
    newest = 0
    for at, value in told:
        newest = max(newest, at)
        everything[at] = float(value)
        line.put(at, value, newest)
    return everything, newest


@settings(max_examples=times(100), deadline=None)
@given(told=told, ordered=st.booleans())
def test_a_line_keeps_the_first_of_each_span_and_the_newest(
    told: list[tuple[int, int]], ordered: bool
) -> None:
    line = Line(AGES, SLACK)
    everything, newest = told_to(line, sorted(told) if ordered else told)
    kept = dict(line.between(0, NOW + 1))
    assert list(kept) == sorted(kept)
    assert all(everything[at] == value for at, value in kept.items())
    assert newest in kept
    for at in everything:
        # Where it was young when it came, and is old now, either rule may have kept less.
        span = 10 if at >= newest - FINE else 50
        first = min(other for other in everything if other // span == at // span)
        if at == first and at >= newest - LONG:
            assert at in kept


@settings(max_examples=times(100), deadline=None)
@given(told=told, asked=moments)
def test_a_line_tells_the_newest_before_a_moment(told: list[tuple[int, int]], asked: int) -> None:
    line = Line(AGES, SLACK)
    told_to(line, told)
    kept = list(line.between(0, NOW + 1))
    place = bisect_right([at for at, _ in kept], asked)
    assert line.before(asked) == (kept[place - 1] if place else None)


def test_a_line_is_no_longer_than_its_ages_allow() -> None:
    line = Line(AGES, SLACK)
    for at in range(NOW):
        line.put(at, 1.0, at)
    assert len(line) <= 1.25 * (FINE // 10 + LONG // 50 + 2) + SLACK
    for at in range(NOW - LONG, NOW):
        line.put(at, 1.0, NOW)
    assert len(line) <= 1.25 * (FINE // 10 + LONG // 50 + 2) + SLACK


def bar(start: int, close: float = 1.0) -> Candle:
    return Candle("okx", "BTC", False, 10, start, 1.0, 1.0, 1.0, close)


@settings(max_examples=times(100), deadline=None)
@given(told=told)
@example(told=[(9_899, 0), (10_000, 0), (9_899, 1)])
def test_candles_are_those_of_a_dictionary_while_they_are_young(
    told: list[tuple[int, int]],
) -> None:
    bars = Bars(FINE, SLACK)
    everything: dict[int, Candle] = {}
    newest = 0
    for at, close in told:
        newest = max(newest, at)
        bars.put(bar(at, close), newest)
        if at >= newest - FINE:  # what comes later than that is left out
            everything[at] = bar(at, close)
    kept = bars.between(0, NOW + 1)
    assert [one.start_ms for one in kept] == sorted({one.start_ms for one in kept})
    assert all(everything[one.start_ms] == one for one in kept)
    young = [everything[at] for at in sorted(everything) if at >= newest - FINE]
    assert kept[-len(young) :] == young
    assert all(one.start_ms >= newest - FINE - SLACK * 10 for one in kept)
