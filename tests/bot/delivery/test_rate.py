"""One chat's 429 is its own; two chats' at once are everybody's, and are forgiven slowly."""

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.rate import Rate


def test_one_chat_that_is_limited_slows_nobody() -> None:
    rate = Rate(30)
    for at in range(10):
        rate.limited(1, at / 10)
    assert rate.at(1.0) == 30


def test_two_chats_limited_within_a_second_halve_the_rate_once() -> None:
    rate = Rate(30)
    for chat in range(8):
        rate.limited(chat, 5.0)
    assert rate.at(5.0) == 15


def test_two_chats_limited_minutes_apart_slow_nobody() -> None:
    rate = Rate(30)
    rate.limited(1, 0.0)
    rate.limited(2, 120.0)
    assert rate.at(120.0) == 30


def test_the_rate_comes_back_by_one_for_each_clean_minute() -> None:
    rate = Rate(30)
    rate.limited(1, 5.0)
    rate.limited(2, 5.5)
    assert [rate.at(5.5 + minute * 60) for minute in (0, 1, 2, 15, 99)] == [15, 16, 17, 30, 30]


def test_another_429_begins_the_clean_minute_anew() -> None:
    rate = Rate(30)
    rate.limited(1, 0.0)
    rate.limited(2, 0.5)
    rate.limited(3, 50.0)
    assert (rate.at(109.0), rate.at(110.0)) == (15, 16)


@given(st.lists(st.tuples(st.floats(0, 30, width=16), st.integers(1, 4)), max_size=60))
def test_it_stays_between_one_and_its_limit(limited: list[tuple[float, int]]) -> None:
    rate, now = Rate(30), 0.0
    for pause, chat in limited:
        now += pause
        rate.limited(chat, now)
        assert 1 <= rate.at(now) <= 30


def test_a_platform_without_a_limit_has_nothing_to_halve() -> None:
    rate = Rate(0)
    rate.limited(1, 1.0)
    rate.limited(2, 1.0)
    assert rate.at(500.0) == 0
