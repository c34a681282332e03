"""Relative thresholds in dollars, against counting."""

from math import ceil

import pytest

from bot.errors import UserError
from bot.history.known import Resolved
from bot.history.resolving import digits, of_interest, resolved
from bot.market import USD
from bot.typed.draft import Draft
from bot.typed.relative import taken
from tests.bot.history.pasts import NOW, M, a_baseline, naive_windows, quiet_days

PAST = quiet_days(
    9, at_1_02_00=30_000_000, at_3_02_00=12_000_000, at_4_09_00=20_000_000, at_8_09_00=15_000_000
)
HOUR = 60_000 * USD
"""A quiet hour."""


def dollars(typed: str, metric: str = "total", past: list[int] | None = None) -> Resolved:
    relative, _ = taken(typed)
    assert relative is not None
    draft = Draft("BTC", None, "1h", metric, M)
    return resolved(a_baseline(past or PAST), draft, relative, NOW)


def test_a_percentile_is_of_all_windows() -> None:
    windows = sorted(naive_windows(PAST, 60))
    expected = windows[ceil(0.99 * len(windows)) - 1]
    assert dollars("p99") == Resolved(digits(expected), "p99 of 9 days")
    assert dollars("p50", "long").amount == HOUR


def test_a_rank_is_that_of_the_events_of_so_many_days() -> None:
    assert dollars("rank 1") == Resolved(digits(30 * M + HOUR), "largest of 9 days")
    assert dollars("rank 3") == Resolved(digits(15 * M + HOUR), "3rd largest of 9 days")
    assert dollars("rank 1/7d") == Resolved(digits(20 * M + HOUR), "largest of 7 days")


def test_a_multiple_is_of_a_normal_window() -> None:
    assert dollars("x10") == Resolved(600_000 * USD, "10× a normal hour")
    assert dollars("x2.5", "long") == Resolved(150_000 * USD, "2.5× a normal hour")


def test_a_frequency_is_the_amount_that_fires_so_often() -> None:
    daily = quiet_days(9, **{f"at_{day}_02_00": 8_000_000 for day in range(9)})
    assert dollars("about once a day", past=daily) == Resolved(7_500_000 * USD, _a_day())


def _a_day() -> str:
    return "about once a day in 9 days"


@pytest.mark.parametrize("typed", ["rank 3/40d", "rank 1/10d"])
def test_a_rank_of_more_days_than_there_are_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="days of history, I have 9 days: type an amount"):
        dollars(typed)


def test_where_most_windows_are_empty_a_multiple_says_nothing() -> None:
    with pytest.raises(UserError, match=r"x10 would be \$0 here"):
        dollars("x10", past=[0] * len(PAST))


def test_open_interest_is_asked_for_and_not_remembered() -> None:
    relative, _ = taken("0.5% oi")
    assert relative is not None
    draft = Draft("BTC", None, "1h", "total", M)
    found = of_interest(36_123_456_789.0, draft, relative)
    assert found == Resolved(181 * M, "0.5% of open interest")
    with pytest.raises(UserError, match="I do not know the open interest of BTC"):
        of_interest(None, draft, relative)
    with pytest.raises(UserError, match="name one, such as BTC"):
        of_interest(1.0, Draft(None, None, "1h", "total", M), relative)


def test_three_digits_are_enough() -> None:
    assert digits(123_456) == 123_000
    assert digits(999_600) == 1_000_000
    assert digits(12) == 12
