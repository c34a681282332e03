"""The one scale of severity."""

import msgspec
import pytest

from bot.flush.flush import Severity
from bot.flush.severity import severity
from bot.history.standing import Standing
from bot.market import USD

HOUR = 500_000_000 * USD
BAR = 5_000_000 * USD
FIRST = Standing(3_600_000, HOUR, 1, 61, 92.0, 0.97, 0, 99.9)


@pytest.mark.parametrize(
    ("rank", "days", "is_"),
    [
        (1, 92.0, Severity.SEVERE),
        (2, 92.0, Severity.MAJOR),
        (4, 92.0, Severity.NOTABLE),
        (20, 92.0, Severity.MINOR),
        (1, 9.0, Severity.NOTABLE),
        (1, 6.9, Severity.MINOR),
    ],
)
def test_by_rank_it_is_once_in_so_many_days(rank: int, days: float, is_: Severity) -> None:
    standing = msgspec.structs.replace(FIRST, rank=rank, days=days)
    assert severity(HOUR, 0, BAR, standing, None) is is_


def test_a_rank_among_days_that_were_badly_heard_says_nothing() -> None:
    deaf = msgspec.structs.replace(FIRST, coverage=0.94)
    assert severity(BAR, 0, BAR, deaf, None) is Severity.MINOR


@pytest.mark.parametrize(
    ("share", "is_"),
    [
        (0.0055, Severity.SEVERE),
        (0.002, Severity.MAJOR),
        (0.0005, Severity.NOTABLE),
        (0.0004, Severity.MINOR),
    ],
)
def test_by_the_liquidated_share_of_open_interest(share: float, is_: Severity) -> None:
    assert severity(HOUR, 0, BAR, None, share) is is_


def test_the_higher_of_rank_and_share_decides() -> None:
    assert severity(HOUR, 0, BAR, FIRST, 0.0001) is Severity.SEVERE


def test_multiples_of_a_normal_hour_decide_only_where_nothing_better_is_known() -> None:
    usual = HOUR // 60 // 50
    assert severity(HOUR, usual, BAR, None, None) is Severity.MAJOR
    assert severity(HOUR, usual, BAR, None, 0.0001) is Severity.MINOR


def test_without_a_baseline_it_goes_by_the_bar() -> None:
    assert severity(100 * BAR, 0, BAR, None, None) is Severity.SEVERE
    assert severity(9 * BAR, 0, BAR, None, None) is Severity.MINOR
