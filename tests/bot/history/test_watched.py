"""Who can be compared, since when, and how much was heard."""

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.history.breaks import ALL, BREAKS, last_break
from bot.history.watched import Watched, watched
from bot.market import Gap
from bot.memory import Span
from tests.bot.history.pasts import NOW, days_ago

THREE = ("binance", "bybit", "okx")


def look(gaps: tuple[Gap, ...] = (), now_ms: int = NOW, **days: float) -> Watched | None:
    spans = {name: Span(days_ago(since), now_ms) for name, since in days.items()}
    return watched(spans, gaps, tuple(days), now_ms)


def off(exchange: str, since: float, until: float | None, filled: bool = False) -> Gap:
    end_ms = None if until is None else days_ago(until)
    return Gap(exchange, "public", days_ago(since), end_ms, "closed", filled=filled)


def test_all_that_were_watched_for_long_are_compared_since_the_latest_of_them() -> None:
    told = look(binance=30, bybit=28, okx=30)
    assert told is not None
    assert (told.exchanges, told.from_ms, told.until_ms) == (THREE, days_ago(28), NOW)
    assert (told.coverage, set(told.unheard)) == (1.0, {0})
    assert len(told.unheard) == 28 * 24 * 60


def test_an_exchange_switched_on_lately_does_not_disturb_the_others() -> None:
    told = look(binance=30, bybit=30, okx=14)
    assert told is not None
    assert (told.exchanges, told.from_ms) == (("binance", "bybit"), days_ago(30))


def test_it_joins_when_it_was_watched_half_as_long_or_for_60_days() -> None:
    told = look(binance=30, bybit=30, okx=15)
    assert told is not None
    assert (told.exchanges, told.from_ms) == (THREE, days_ago(15))


def test_no_more_than_90_days_are_known() -> None:
    told = look(binance=400, bybit=61)
    assert told is not None
    assert (told.exchanges, told.from_ms) == (("binance", "bybit"), days_ago(61))
    alone = look(binance=400)
    assert alone is not None
    assert alone.from_ms == days_ago(90)


def test_alone_an_exchange_has_its_own_baseline() -> None:
    told = look(okx=3)
    assert told is not None
    assert (told.exchanges, told.from_ms) == (("okx",), days_ago(3))


def test_coverage_is_the_mean_of_the_exchanges_and_overlapping_gaps_count_once() -> None:
    gaps = (off("okx", 10, 9.9), off("okx", 9.95, 9.9), off("okx", 5, 4.9))
    told = look(gaps, binance=10, okx=10)
    assert told is not None
    assert round(told.coverage, 6) == 0.99
    assert sum(told.unheard) == 288


def test_a_gap_that_was_filled_is_none_and_an_open_one_lasts_until_now() -> None:
    told = look((off("okx", 3, 2, filled=True), off("okx", 0.25, None)), okx=10)
    assert told is not None
    assert round(told.coverage, 6) == 0.975
    assert told.unheard[-360:] == b"\1" * 360
    assert sum(told.unheard) == 360


def test_one_that_was_deaf_for_long_is_left_out() -> None:
    told = look((off("okx", 5, 4),), binance=10, bybit=10, okx=10)
    assert told is not None
    assert (told.exchanges, told.coverage) == (("binance", "bybit"), 1.0)


def test_when_most_were_deaf_that_is_said_instead() -> None:
    told = look(tuple(off(name, 5, 4) for name in THREE), binance=10, bybit=10, okx=10)
    assert told is not None
    assert (told.exchanges, round(told.coverage, 6)) == (THREE, 0.9)


def test_one_of_sixteen_makes_no_minute_unheard() -> None:
    names = [f"x{number}" for number in range(16)]
    spans = dict.fromkeys(names, Span(days_ago(10), NOW))
    told = watched(spans, [off("x3", 2, 1.9)], names, NOW)
    assert told is not None
    assert sum(told.unheard) == 0
    assert told.coverage < 1


def test_what_was_never_watched_or_since_a_moment_is_not_known() -> None:
    assert watched({}, (), THREE, NOW) is None
    assert watched({"okx": Span(NOW - MINUTE_MS // 2, NOW)}, (), ("okx",), NOW) is None


def test_a_break_in_method_starts_a_new_baseline() -> None:
    gate = next(one for one in BREAKS if one.exchange == "gate")
    now_ms = gate.at_ms + 20 * DAY_MS
    spans = {name: Span(gate.at_ms - 40 * DAY_MS, now_ms) for name in ("gate", "okx")}
    told = watched(spans, (), ("gate", "okx"), now_ms)
    assert told is not None
    assert (told.exchanges, told.from_ms) == (("okx",), gate.at_ms - 40 * DAY_MS)
    alone = watched(spans, (), ("gate",), now_ms)
    assert alone is not None
    assert alone.from_ms == gate.at_ms


def test_a_sum_over_all_exchanges_breaks_with_each_of_them() -> None:
    throttle = BREAKS[0]
    assert (throttle.exchange, throttle.at_ms) == ("binance", 1_619_481_600_000)
    assert last_break(ALL, throttle.at_ms + HOUR_MS) == throttle
    assert last_break("okx", NOW) is None
    assert last_break("binance", throttle.at_ms - 1) is None
