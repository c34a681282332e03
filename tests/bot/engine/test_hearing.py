"""What a figure is worth: who was heard, since when, and what the beginning is."""

import msgspec

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.engine.hearing import Ears
from bot.exchanges.dialect import Publication
from bot.figures import Deaf
from bot.market import Gap, GapKind

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


def spans(place: Ears, exchange: str = "okx") -> list[tuple[str, int, int | None]]:
    """Kind, and minutes since the start."""
    told = place.gaps(exchange, 24 * 60 * MINUTE_MS, START + 60 * MINUTE_MS)
    return [
        (gap.kind, minutes(gap.from_ms), None if gap.to_ms is None else minutes(gap.to_ms))
        for gap in told
    ]


def minutes(at_ms: int) -> int:
    return (at_ms - START) // MINUTE_MS


def gap(kind: GapKind, start: float, end: float | None, stream: str = "all") -> Gap:
    begin = START + round(start * MINUTE_MS)
    return Gap(
        "okx", stream, begin, None if end is None else START + round(end * MINUTE_MS), "x", kind
    )


def test_the_moment_of_connecting_belongs_to_the_time_in_which_no_process_ran() -> None:
    place = ears()
    place.note(gap("stopped", 5, 9, "process"))
    place.note(gap("off", 9, 9.5))
    assert spans(place) == [("stopped", 5, 9)]
    place.note(gap("off", 20, None))
    assert spans(place) == [("stopped", 5, 9), ("off", 20, None)]


def test_an_exchange_that_stays_off_after_a_start_is_off_and_not_us() -> None:
    place = ears()
    place.note(gap("stopped", 5, 9, "process"))
    place.note(gap("off", 9, None))
    assert spans(place) == [("stopped", 5, 9), ("off", 9, None)]


def test_an_exchange_that_was_off_before_the_process_ended_was_off() -> None:
    place = ears()
    place.note(gap("off", 3, 5))
    place.note(gap("stopped", 5, 6, "process"))
    assert spans(place) == [("off", 3, 5), ("stopped", 5, 6)]


def test_what_a_history_tells_takes_its_part_out_of_a_gap() -> None:
    place = ears()
    place.note(gap("off", 3, 9))
    place.note(msgspec.structs.replace(gap("off", 4, 7), filled=True))
    assert spans(place) == [("off", 3, 4), ("off", 7, 9)]
    assert place.coverage("okx", 60 * MINUTE_MS, START + 60 * MINUTE_MS) == 1 - 3 / 60
    place.note(msgspec.structs.replace(gap("off", 3, 9), filled=True))
    assert spans(place) == []
    assert place.complete("okx", 5 * MINUTE_MS, START + 10 * MINUTE_MS)


def test_gaps_of_two_kinds_at_once_count_once() -> None:
    place = ears()
    place.note(gap("mute", 0, 30, "liquidations"))
    place.note(gap("off", 10, 40))
    assert place.coverage("okx", 60 * MINUTE_MS, START + 60 * MINUTE_MS) == 1 - 40 / 60


def test_an_exchange_that_was_never_there_does_not_hide_the_others_after_a_restart() -> None:
    place = ears()
    place.note(gap("off", 0, 600))
    place.note(gap("stopped", 600, 601, "process"))
    place.note(gap("off", 601, None))
    assert place.complete(None, HOUR_MS, START + 662 * MINUTE_MS)
    assert "okx" not in place.hearing(None, HOUR_MS, START + 662 * MINUTE_MS).heard


def test_a_silence_whose_reason_changes_is_one_however_often() -> None:
    place = ears()
    for minute in range(2 * 24 * 60):
        place.note(gap("off", minute, None))
        place.note(gap("off", minute, minute + 1))
    place.note(gap("off", 2 * 24 * 60, None))
    now_ms = START + (2 * 24 * 60 + 1) * MINUTE_MS
    assert len(place.gaps("okx", HOUR_MS, now_ms)) == 1
    assert place.complete(None, HOUR_MS, now_ms), "never there: no figure held it"
    assert place.coverage("okx", 24 * HOUR_MS, now_ms) == 0
