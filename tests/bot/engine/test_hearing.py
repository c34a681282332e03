"""What a figure is worth: who was heard, since when, and what the beginning is."""

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.engine.hearing import Ears
from bot.exchanges.dialect import Publication
from bot.figures import Deaf
from bot.market import Gap

START = 1_700_000_000_000


def ears() -> Ears:
    return Ears({name: Publication("complete") for name in ("binance", "bybit", "okx")}, START)


def silence(place: Ears, exchange: str, start_ms: int, end_ms: int | None, why: str) -> None:
    place.note(Gap(exchange, "one", start_ms, None, why))
    if end_ms is not None:
        place.note(Gap(exchange, "one", start_ms, end_ms, why))


def test_connecting_at_the_start_is_no_gap_but_the_beginning_of_the_figures() -> None:
    place = ears()
    silence(place, "binance", START, START + SECOND_MS, "starting")
    silence(place, "bybit", START, START + 3 * SECOND_MS, "starting")
    hearing = place.hearing(None, HOUR_MS, START + 10 * MINUTE_MS)
    assert hearing.deaf == ()
    assert hearing.since_ms == START + 3 * SECOND_MS
    assert hearing.heard == ("binance", "bybit", "okx")


def test_a_feed_that_begins_after_the_engine_did_was_not_lost_either() -> None:
    place = ears()
    silence(place, "binance", START + 40, START + SECOND_MS, "starting")
    silence(place, "bybit", START + 50, START + 3 * SECOND_MS, "starting")
    silence(place, "bybit", START + 5 * SECOND_MS, START + 7 * SECOND_MS, "lost")
    hearing = place.hearing(None, HOUR_MS, START + 10 * MINUTE_MS)
    assert hearing.deaf == (Deaf("bybit", START + 5 * SECOND_MS, START + 7 * SECOND_MS, "lost"),)
    assert hearing.since_ms == START + 3 * SECOND_MS


def test_an_exchange_that_comes_late_is_said_and_does_not_hide_the_others_figures() -> None:
    place = ears()
    silence(place, "bybit", START, START + 20 * MINUTE_MS, "starting")
    hearing = place.hearing(None, HOUR_MS, START + 30 * MINUTE_MS)
    assert hearing.since_ms == START
    assert hearing.deaf == (Deaf("bybit", START, START + 20 * MINUTE_MS, "starting"),)


def test_a_later_gap_stays_a_gap() -> None:
    place = ears()
    silence(place, "okx", START, START + SECOND_MS, "starting")
    silence(place, "okx", START + 5 * MINUTE_MS, START + 6 * MINUTE_MS, "lost")
    hearing = place.hearing(None, HOUR_MS, START + 10 * MINUTE_MS)
    gap = Deaf("okx", START + 5 * MINUTE_MS, START + 6 * MINUTE_MS, "lost")
    assert hearing.deaf == (gap,)


def test_one_that_was_never_heard_is_listed_and_not_counted_as_heard() -> None:
    place = ears()
    silence(place, "binance", START, None, "blocked")
    hearing = place.hearing(None, HOUR_MS, START + 2 * HOUR_MS)
    assert hearing.heard == ("bybit", "okx")
    assert hearing.deaf == (Deaf("binance", START, None, "blocked"),)
    assert hearing.since_ms == START
