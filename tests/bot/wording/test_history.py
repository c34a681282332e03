"""What is said of the past: the standard of tone, line by line."""

import pytest

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.history.claim import Claim
from bot.history.known import Chapter, Often, Sidedness
from bot.history.standing import Peak, Standing
from bot.market import USD
from bot.rules import SHARE, WINDOWS, Rule
from bot.wording.history import (
    claim_line,
    common_line,
    gentler_row,
    history_message,
    normal_part,
    often_line,
    often_phrase,
)
from bot.wording.reading import imbalance_message, liqs_message
from bot.wording.rules import saved_message
from tests.bot.wording.events import ME, NOW, TENTH, flush, hearing, lines, minutes_ago

M = 1_000_000 * USD
SIDES = Sidedness(31, 44, 50 * M, HOUR_MS, 92.0)


def standing(
    total: int = 5264 * TENTH, normal: int | None = 98 * TENTH, span_ms: int = HOUR_MS
) -> Standing:
    return Standing(span_ms, total, 1, 61, 92.0, 0.97, NOW - 92 * DAY_MS, 0.9999, normal)


def test_liqs_says_how_many_normal_hours_it_is() -> None:
    assert (
        lines(liqs_message(flush(), (), standing()))[1] == "$526M+ · 87% longs · 54× a normal hour"
    )


@pytest.mark.parametrize(
    ("total", "said"),
    [(5264, "54× a normal hour"), (334, "3.4× a normal hour"), (82, "a normal hour"),
     (191, "a normal hour"), (40, "a quiet hour"), (0, "a quiet hour")],
)  # fmt: skip
def test_a_normal_hour_is_called_normal(total: int, said: str) -> None:
    assert normal_part(standing(total * TENTH)) == said


def test_where_no_normal_is_known_the_orders_are_told_as_before() -> None:
    assert normal_part(None) is None
    assert normal_part(standing(normal=None)) is None
    assert lines(liqs_message(flush(), (), standing(normal=None))) == lines(liqs_message(flush()))
    young = flush(ears=hearing(since_ms=minutes_ago(4)))
    assert lines(liqs_message(young, (), standing())) == lines(liqs_message(young))


def test_other_windows_have_their_own_normal() -> None:
    assert normal_part(standing(span_ms=5 * MINUTE_MS)) == "54× a normal 5 min"
    assert normal_part(standing(span_ms=DAY_MS)) == "54× a normal day"


def test_what_is_common_is_called_common() -> None:
    told = lines(imbalance_message(flush(), (), SIDES))
    assert (
        "Common when it is busy: 7 of 10 hours above $50M are this one-sided. "
        "The size is the news, not the side."
    ) in told


def test_what_is_not_common_not_one_sided_or_not_busy_is_not_called_so() -> None:
    rare = Sidedness(9, 44, 50 * M, HOUR_MS, 92.0)
    assert common_line(flush(), None) is None
    assert common_line(flush(), rare) is None
    assert common_line(flush(long=260, short=260), SIDES) is None
    assert common_line(flush(long=40, short=2), SIDES) is None
    assert lines(imbalance_message(flush(), (), rare)) == lines(imbalance_message(flush()))


def test_nearly_all_is_not_ten_of_ten() -> None:
    line = common_line(flush(), Sidedness(43, 44, 50 * M, HOUR_MS, 92.0))
    assert line is not None
    assert "nearly all hours above $50M" in str(line[0])
    short = common_line(flush(), Sidedness(31, 44, 5 * M, 5 * MINUTE_MS, 92.0))
    assert short is not None
    assert "7 of 10 windows of 5 min above $5M" in str(short[0])


def test_claims() -> None:
    assert claim_line(Claim(1, HOUR_MS, 92, record=True)) == "Largest hour in 92 days"
    assert claim_line(Claim(3, HOUR_MS, 92, record=True)) == "3rd largest hour in 92 days"
    said = claim_line(Claim(1, 4 * HOUR_MS, 9, record=False))
    assert said == "Largest 4 h in the 9 days watched"
    by = claim_line(Claim(1, HOUR_MS, 90, record=True, source="coinglass"))
    assert by == "Largest hour in 90 days, by Coinglass"


def often(times: int, largest: int = 5264 * TENTH, daily: int | None = None) -> Often:
    return Often(times, 92.4, largest, HOUR_MS, daily)


def rule(threshold: int, metric: str = "total", window: str = "1h") -> Rule:
    return Rule(7, ME, 42, "BTC", None, window, metric, threshold)


def test_a_saved_rule_says_how_often_it_would_have_fired() -> None:
    told = lines(saved_message(rule(50 * M, "long"), 14 * TENTH, often(5)))
    assert told == [
        "Set: BTC longs > $50M in 1 h.",
        "Now $1.4M, $48.6M away. 5 times in the last 92 days.",
    ]


def test_a_relative_one_says_what_its_dollars_stand_for() -> None:
    told = lines(saved_message(rule(150 * M), 82 * TENTH, often(12), "p99 of 92 days"))
    assert told == [
        "Set: BTC > $150M in 1 h (p99 of 92 days).",
        "Now $8.2M, $142M away. 12 times in the last 92 days.",
    ]


def test_one_that_will_hardly_ever_fire_is_told_so() -> None:
    assert often_line(often(0), "total") == (
        "It has not happened in the 92 days I know; the largest hour was $526M."
    )
    assert often_line(often(0, largest=SHARE * 87 // 100), "imbalance") == (
        "It has not happened in the 92 days I know; the most one-sided hour was 87%."
    )
    assert often_line(often(0, largest=0), "total") == "It has not happened in the 92 days I know."
    assert often_phrase(often(0)) == "not once in the 92 days I know"


def test_one_that_will_never_stop_gets_a_gentler_one_offered() -> None:
    loud = rule(100_000 * USD, window="5m")
    told = saved_message(loud, 0, Often(3_700, 92.4, 9 * M, WINDOWS["5m"], 2 * M))
    assert lines(told)[1].endswith("That is about 40 times a day.")
    assert [(b.label, b.action) for b in told.buttons[0]] == [
        ("$2M: once a day", "instead|7|BTC 5m > $2M"),
        ("Keep it", "rule|7"),
    ]
    assert gentler_row(rule(3 * M), Often(3_700, 92.4, 9 * M, HOUR_MS, 2 * M)) == ()


def test_once_and_twice_are_words() -> None:
    assert often_line(often(1), "total") == "Once in the last 92 days."
    assert often_line(often(2), "total") == "Twice in the last 92 days."
    assert often_line(Often(3, 6.9, M, HOUR_MS), "total") is None
    assert often_line(None, "total") is None


def chapter(days: float = 92.4, source: str = "") -> Chapter:
    hour = Peak(5264 * TENTH, 4581 * TENTH, 683 * TENTH, NOW)
    day = Peak(8040 * TENTH, 6512 * TENTH, 1528 * TENTH, NOW)
    return Chapter(
        None, days, 0.97, NOW - 92 * DAY_MS, ("binance", "bybit", "okx"),
        (hour,), (day,), 98 * TENTH, 2380 * TENTH, source,
    )  # fmt: skip


def test_history_tells_the_largest_with_their_split_and_what_is_normal() -> None:
    assert lines(history_message(None, [chapter()])) == [
        "History · all coins",
        "92 days watched since TIME, 97% of the time heard.",
        "Normal: hour $9.8M · day $238M",
        "Largest hours",
        "$526M · 87% longs · until TIME",
        "Largest days",
        "$804M · 81% longs · until TIME",
        "At least: what was heard on the same 3 exchanges. Each line is another event.",
    ]


def test_an_imported_source_stands_apart_under_its_name() -> None:
    told = lines(history_message("BTC", [chapter(3.2), chapter(source="coinglass")]))
    assert told[:5] == [
        "History · BTC",
        "Watched for 3 days. I say what is normal and what is large from day 7 on.",
        "Coinglass, counted by itself: 92 days since TIME, 97% of it there.",
        "Normal: hour $9.8M · day $238M",
        "Largest hours, by Coinglass",
    ]


def test_without_any_history_that_is_said() -> None:
    told = history_message("BTC", [])
    assert lines(told)[1].startswith("Watched for less than a day.")
    assert [button.label for button in told.buttons[0]] == ["All", "• BTC", "ETH", "SOL"]
