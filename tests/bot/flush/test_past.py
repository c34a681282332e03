"""The baseline, against the median and the deviation as they are defined."""

from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flush.bars import DAY, LARGE, MARKET, SMALL, UNTRIED, bar
from bot.flush.past import SPARED, WHOLE, Past
from bot.flush.pasts import MOST, Pasts
from bot.market import USD
from bot.ports.record import Series

NOW = 100_000
MINUTES = st.lists(st.tuples(st.integers(NOW - WHOLE - 40, NOW), st.integers(0, 50)), max_size=60)


def naive(amounts: dict[int, int], now: int, since: int) -> tuple[int, int]:
    span = range(max(now - WHOLE, since), now - SPARED)
    if not span:
        return 0, 0
    values = [amounts.get(minute, 0) for minute in span]
    middle = int(median(values))
    return middle, int(median([abs(value - middle) for value in values]))


@settings(max_examples=100, deadline=None)
@given(MINUTES, MINUTES, st.integers(0, 90), st.integers(1, 120))
def test_median_and_deviation_are_exact_as_minutes_come_go_and_are_recalled(
    first: list[tuple[int, int]], then: list[tuple[int, int]], later: int, known: int
) -> None:
    past, amounts = Past(), dict[int, int]()
    # So few minutes are known that most of them have something.
    since = NOW - SPARED - known
    for now, batch in ((NOW, first), (NOW + later, then)):
        for minute, amount in batch:
            close = NOW - SPARED - minute % max(1, known)
            for at in (minute, close):
                if now - WHOLE <= at:
                    past.add(at, amount)
                    amounts[at] = amounts.get(at, 0) + amount
        assert past.usual(now, since) == naive(amounts, now, since)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=3, max_size=200), st.integers(0, 400))
def test_an_hour_is_spared_and_a_week_is_all(amounts: list[int], later: int) -> None:
    past = Past()
    first = NOW - WHOLE
    for place, amount in enumerate(amounts):
        past.add(first + place, amount)
    told = dict(enumerate(amounts, first))
    for now in (NOW, NOW + later):
        since = now - WHOLE - 5 if later % 2 else first
        assert past.usual(now, since) == naive(told, now, since)
    assert len(past) == sum(1 for m, amount in told.items() if amount and m >= now - WHOLE)


def test_an_event_is_not_measured_against_itself() -> None:
    past = Past()
    for minute in range(NOW - 2_000, NOW):
        past.add(minute, 10)
    for minute in range(NOW - SPARED, NOW):
        past.add(minute, 1_000_000)
    assert past.usual(NOW, NOW - 2_000) == (10, 0)


def test_before_a_day_of_history_a_higher_floor_alone_decides() -> None:
    past = Past()
    for minute in range(NOW - DAY, NOW):
        past.add(minute, 10**6 * USD)
    assert bar(None, past, NOW, NOW - DAY + 1) == (0, UNTRIED * MARKET.floor)
    assert bar(None, past, NOW, NOW - DAY) == (10**6 * USD, MARKET.times * 10**6 * USD)


def test_the_bar_goes_by_the_median_and_by_how_far_minutes_stray_from_it() -> None:
    past = Past()
    for minute in range(NOW - 2 * DAY, NOW):
        past.add(minute, (1 + 2 * (minute % 2)) * 10**6 * USD)
    bars = (2 * 10**6 * USD, MARKET.times * 3 * 10**6 * USD)
    assert bar(None, past, NOW, NOW - 2 * DAY) == bars


def test_what_is_recalled_moves_the_baseline_at_once() -> None:
    pasts = Pasts(NOW - 2 * DAY)
    assert pasts.bar(None, NOW)[0] == 0
    for minute in range(NOW - 2 * DAY, NOW - DAY + SPARED):
        pasts.recall(None, minute, 10**6 * USD)
    assert pasts.bar(None, NOW)[0] == 10**6 * USD


def test_a_scope_without_a_past_has_the_floor_of_its_size() -> None:
    assert bar("BTC", None, NOW, 0) == (0, LARGE.floor)
    assert bar("DOGE", None, NOW, 0) == (0, SMALL.floor)


def test_the_quiet_minutes_of_a_small_coin_do_not_lower_its_floor() -> None:
    past = Past()
    past.add(NOW - 100, 5 * USD)
    assert bar("DOGE", past, NOW, NOW - WHOLE) == (0, SMALL.floor)


def test_minutes_in_the_book_are_not_seeded_twice() -> None:
    pasts = Pasts(NOW)
    starts = range((NOW - 2_000) * 60_000, NOW * 60_000, 60_000)
    many = len(starts)
    series = Series(60_000, starts, [3 * 10**6 * USD] * many, [0] * many)
    pasts.seed(None, series, (NOW - 2_000) * 60_000, NOW - 20)
    assert pasts.since == NOW - 2_000
    assert pasts.bar(None, NOW)[0] == 3 * 10**6 * USD
    assert pasts._pasts[None].latest == NOW - 21


def test_the_coin_that_was_quiet_for_longest_is_forgotten_first() -> None:
    pasts = Pasts(0)
    for number in range(MOST + 3):
        pasts.recall(f"C{number}", NOW - 2 * MOST + number, 10**6 * USD)
    held = {coin for coin in pasts._pasts if coin is not None}
    assert len(held) == MOST
    assert {"C0", "C1", "C2"}.isdisjoint(held)
