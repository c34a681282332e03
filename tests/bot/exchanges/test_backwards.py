"""Pages fit together: none is told twice, none is lost between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.exchanges.backwards import told

START = 1_789_670_094_000
LIMIT = 5


def page(trades: list[int], before_ms: int, inclusive: bool) -> list[int]:
    """What a server answers: the newest trades before a time, or up to it; they are sorted."""
    asked = [time for time in trades if time < before_ms or (inclusive and time == before_ms)]
    return asked[:LIMIT]


@given(
    st.lists(st.integers(0, 40), max_size=60), st.integers(0, 40), st.integers(0, 41), st.booleans()
)
def test_pages_tell_each_trade_once(
    offsets: list[int], since: int, until: int, inclusive: bool
) -> None:
    trades = sorted((START + offset for offset in offsets), reverse=True)
    before_ms: int | None = START + until
    found: list[int] = []
    while before_ms is not None:
        times = page(trades, before_ms, inclusive)
        try:
            part = told(times, before_ms, START + since, LIMIT)
        except ParseError:
            assert any(times.count(time) >= LIMIT - 1 for time in times)
            return
        found += [time for time in times if part.holds(time)]
        before_ms = part.following
    expected = [time for time in trades if START + since <= time < START + until]
    assert [time for time in found if time >= START + since] == expected


def test_a_server_that_always_answers_the_same_is_found_out() -> None:
    times = [START + n for n in range(LIMIT)]
    with pytest.raises(ParseError):
        told(times, START, START - 1000, LIMIT)
