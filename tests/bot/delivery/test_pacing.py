"""Limits of a platform hold in every window, whatever the order of calls."""

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import Limits, Pace
from bot.rules import Destination

LIMITS = Limits(per_second=5, chat_gap_s=1.0, group_per_minute=4)


def chat(number: int) -> Destination:
    return Destination("telegram", number, direct=number > 0)


def play(wishes: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Calls that a courier would make which obeys the pace, polling at each wish."""
    pace, now, made = Pace(LIMITS), 0.0, []
    for pause, number in wishes:
        now += pause
        if pace.allowance(now) and number not in pace.resting(now):
            pace.started(chat(number), now)
            made.append((now, number))
    return made


@given(
    st.lists(
        st.tuples(st.floats(0, 2, width=16), st.sampled_from([1, 2, 3, 4, 5, 6, -1, -2])),
        max_size=200,
    )
)
def test_no_window_ever_holds_more_calls_than_allowed(wishes: list[tuple[float, int]]) -> None:
    made = play(wishes)
    for start, number in made:
        second = [c for t, c in made if start <= t < start + 1.0]
        assert len(second) <= LIMITS.per_second
        assert second.count(number) == 1
        if number < 0:
            minute = [c for t, c in made if c == number and start <= t < start + 60.0]
            assert len(minute) <= LIMITS.group_per_minute


def test_one_chats_pause_leaves_the_others_alone() -> None:
    pace = Pace(LIMITS)
    pace.pause(chat(1), until=100.0)
    assert pace.resting(99.9) == {1}
    assert pace.allowance(0.0) == 5
    assert pace.resting(100.0) == set()


def test_a_pause_of_the_platform_stops_everyone_until_it_ends() -> None:
    pace = Pace(LIMITS)
    pace.pause_all(until=10.0)
    assert pace.allowance(9.99) == 0
    assert pace.allowance(10.0) == 5


def test_a_platform_without_limits_never_rests() -> None:
    pace = Pace(Limits())
    for _ in range(1000):
        pace.started(chat(1), 0.0)
    assert pace.allowance(0.0) is None
    assert pace.resting(0.0) == set()


def test_it_says_when_to_look_again() -> None:
    pace = Pace(LIMITS)
    pace.started(chat(1), 0.0)
    assert pace.next_change(0.75) == 0.25
    assert pace.next_change(5.0) == 1.0
