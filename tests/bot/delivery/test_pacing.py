"""Limits of a platform hold in every window, whatever the order of calls."""

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import MINUTE_S, SECOND_S, Lane, Limits, Pace
from bot.rules import Destination

LIMITS = Limits(per_second=5, chat_gap_s=1.0, group_per_minute=5, group_kept=2)
ALERT, ANSWER = Lane.ALERT, Lane.ANSWER
PAUSES = st.integers(0, 64).map(lambda sixteenths: sixteenths / 16)
CHATS = st.sampled_from([1, 2, 3, 4, 5, 6, -1, -2])


def chat(number: int) -> Destination:
    return Destination("telegram", number, direct=number > 0)


def started(pace: Pace, place: Destination, lane: Lane, now: float) -> None:
    pace.granted(place, lane, now)
    pace.written(place, lane, now)


def may(pace: Pace, number: int, lane: Lane, now: float) -> bool:
    return max(pace.opens(now), pace.ready(chat(number), lane)) <= now


@given(st.lists(st.tuples(PAUSES, CHATS, st.sampled_from(Lane)), max_size=200))
def test_no_window_ever_holds_more_calls_than_allowed(
    wishes: list[tuple[float, int, Lane]],
) -> None:
    pace, now = Pace(LIMITS), 0.0
    made: list[tuple[float, int, Lane]] = []
    for pause, number, lane in wishes:
        now += pause
        if may(pace, number, lane, now):
            started(pace, chat(number), lane, now)
            made.append((now, number, lane))
    for start, number, lane in made:
        second = [c for t, c, _ in made if start <= t < start + SECOND_S]
        assert len(second) <= 5
        assert second.count(number) == 1
        if number < 0:
            minute = [w for t, c, w in made if c == number and start <= t < start + MINUTE_S]
            assert len(minute) <= 5
            assert minute.count(lane) <= 3


@given(st.lists(st.tuples(PAUSES, CHATS, st.sampled_from(Lane), st.booleans()), max_size=200))
def test_however_late_calls_are_written_no_window_holds_more_than_allowed(
    wishes: list[tuple[float, int, Lane, bool]],
) -> None:
    """``True``: what was granted and not yet written is written first, the latest of it."""
    pace, now = Pace(LIMITS), 0.0
    granted: list[tuple[int, Lane]] = []
    made: list[tuple[float, int]] = []
    for pause, number, lane, writes in wishes:
        now += pause
        if writes and granted:
            place, of = granted.pop()
            pace.written(chat(place), of, now)
            made.append((now, place))
        if may(pace, number, lane, now):
            pace.granted(chat(number), lane, now)
            granted.append((number, lane))
        assert len(granted) <= LIMITS.per_second
    for start, number in made:
        assert sum(start <= at < start + SECOND_S for at, _ in made) <= LIMITS.per_second
        if number < 0:
            minute = [at for at, of in made if of == number and start <= at < start + MINUTE_S]
            assert len(minute) <= LIMITS.group_per_minute


@given(st.lists(st.tuples(PAUSES, CHATS), max_size=100))
def test_what_is_free_can_start_and_no_more(wishes: list[tuple[float, int]]) -> None:
    pace, now = Pace(LIMITS), 0.0
    for pause, number in wishes:
        now += pause
        assert bool(pace.free(now)) == (pace.opens(now) <= now)
        assert (number in pace.resting(now)) == (pace.ready(chat(number), ALERT) > now)
        if may(pace, number, ALERT, now):
            started(pace, chat(number), ALERT, now)


def test_one_chats_pause_leaves_the_others_alone() -> None:
    pace = Pace(LIMITS)
    pace.limited(1, 100.0, 0.0)
    assert pace.resting(99.9) == {1}
    assert pace.free(0.0) == 5
    assert pace.resting(100.0) == set()


def test_a_pause_of_the_platform_stops_everyone_until_it_ends() -> None:
    pace = Pace(LIMITS)
    pace.pause_all(until=10.0)
    assert pace.free(9.99) == 0
    assert pace.free(10.0) == 5


def test_a_second_chats_429_leaves_half_of_the_places() -> None:
    pace = Pace(Limits(per_second=30))
    pace.limited(1, 5.0, 1.0)
    pace.limited(2, 5.0, 1.5)
    assert pace.free(2.0) == 15


def test_answers_that_wait_take_places_but_leave_alerts_a_fifth() -> None:
    pace = Pace(Limits(per_second=30))
    assert pace.free(0.0, answers=10) == 20
    assert pace.free(0.0, answers=99) == 6


def test_answers_in_a_group_leave_alerts_their_places() -> None:
    pace, now = Pace(LIMITS), 0.0
    while pace.ready(chat(-1), ANSWER) - now < 2.0:
        now = max(now, pace.ready(chat(-1), ANSWER))
        started(pace, chat(-1), ANSWER, now)
    assert pace.ready(chat(-1), ANSWER) == MINUTE_S
    assert pace.ready(chat(-1), ALERT) < now + 2.0


def test_a_platform_without_limits_never_rests() -> None:
    pace = Pace(Limits())
    for _ in range(1000):
        started(pace, chat(1), ALERT, 0.0)
    assert pace.free(0.0) is None
    assert pace.resting(0.0) == set()


def test_it_says_when_to_look_again() -> None:
    pace = Pace(LIMITS)
    started(pace, chat(1), ALERT, 0.0)
    assert round(pace.next_change(0.75), 3) == round(SECOND_S - 0.75, 3)
    assert pace.next_change(5.0) == 1.0


def test_who_has_rested_is_forgotten() -> None:
    pace = Pace(LIMITS)
    for number in range(1, 2_000):
        started(pace, chat(-number), ANSWER, number * 2.0)
    assert len(pace._groups) < 40
    assert len(pace._rest_until) < 5
