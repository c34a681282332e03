"""What figures are worth."""

import pytest
from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.figures import Deaf, Hearing, Reading
from bot.wording.coverage import brief_coverage, coverage_note, plus, silence
from bot.wording.text import Moment, Note, Paragraph, plain
from tests.bot.wording.events import NOW, flush, hearing, minutes_ago


def said(reading: Reading, totals: bool = True) -> str:
    return plain(coverage_note(reading, totals).line, "TIME")


def quiet(reading: Reading, of: str = "SOL") -> list[str] | None:
    blocks = silence(reading, of, "5 min")
    if blocks is None:
        return None
    told = []
    for block in blocks:
        assert isinstance(block, Paragraph | Note)
        line = block.lines[0] if isinstance(block, Paragraph) else block.line
        told.append(plain(line, "TIME"))
    return told


def test_sampled_exchanges_make_a_floor() -> None:
    reading = flush()
    assert plus(reading) == "+"
    assert said(reading) == "At least: Binance and OKX publish samples. All 3 exchanges heard."


def test_complete_exchanges_heard_all_the_time_make_no_floor() -> None:
    reading = flush(ears=hearing(sampled=()))
    assert plus(reading) == ""
    assert said(reading) == "All 3 exchanges heard."


def test_who_is_off_is_said_with_since_when() -> None:
    off = Deaf("bybit", minutes_ago(23), None, "closed")
    reading = flush(ears=hearing(deaf=(off,)))
    assert plus(reading) == "+"
    assert said(reading) == (
        "At least: Binance and OKX publish samples. 2 of 3 exchanges heard; Bybit off since TIME."
    )
    assert Moment(minutes_ago(23)) in coverage_note(reading).line


def test_a_gap_that_ended_is_said_with_both_ends() -> None:
    gap = Deaf("bybit", minutes_ago(23), minutes_ago(10), "closed")
    reading = flush(ears=hearing(sampled=(), deaf=(gap,)))
    assert plus(reading) == "+"
    assert said(reading) == ("At least: Bybit off TIME–TIME. 2 of 3 exchanges heard throughout.")


def test_several_gaps_of_one_exchange_are_one_remark() -> None:
    gaps = tuple(Deaf("okx", minutes_ago(n), minutes_ago(n - 1), "closed") for n in (30, 20, 9))
    assert said(flush(ears=hearing(deaf=gaps))).endswith("OKX off 3 times since TIME.")


def test_a_gap_since_yesterday_is_said_with_its_date() -> None:
    off = Deaf("okx", NOW - 22 * HOUR_MS, None, "closed")
    line = coverage_note(flush(ears=hearing(deaf=(off,)), span_ms=24 * HOUR_MS)).line
    assert Moment(NOW - 22 * HOUR_MS, "f") in line


def test_a_sampled_exchange_that_fell_silent_is_still_in_the_total() -> None:
    off = Deaf("okx", minutes_ago(3), None, "closed")
    assert "Binance and OKX publish samples" in said(flush(ears=hearing(deaf=(off,))))


def test_a_young_window_says_when_it_will_be_whole() -> None:
    reading = flush(ears=hearing(since_ms=minutes_ago(4)))
    assert plus(reading) == "+"
    assert said(reading).startswith("Listening for 4 min. The full hour is there at TIME. ")
    assert Moment(minutes_ago(4) + HOUR_MS) in coverage_note(reading).line
    day = flush(ears=hearing(since_ms=minutes_ago(4)), span_ms=24 * HOUR_MS)
    assert "The full 24 h are there at TIME." in said(day)


def test_a_single_order_has_no_window_that_could_be_young() -> None:
    burst = flush(span_ms=15_000, ears=hearing(since_ms=minutes_ago(0)))
    assert said(burst, totals=False).startswith("Binance and OKX publish samples.")


def test_the_moments_of_connecting_are_no_outage() -> None:
    start = minutes_ago(4)
    gap = Deaf("bybit", start, start + 5_000, "starting")
    reading = flush(ears=hearing(since_ms=start, deaf=(gap,)))
    assert said(reading).endswith(
        "At least: Binance and OKX publish samples. All 3 exchanges heard."
    )
    assert plus(reading) == "+"
    slow = Deaf("bybit", start, start + 90_000, "starting")
    assert "Bybit off TIME–TIME" in said(flush(ears=hearing(since_ms=start, deaf=(slow,))))
    late = Deaf("bybit", start + 60_000, start + 65_000, "closed")
    assert "Bybit off 5 s at TIME" in said(flush(ears=hearing(since_ms=start, deaf=(late,))))


def test_orders_of_unknown_size_are_said() -> None:
    reading = flush(ears=hearing(sampled=(), unpriced=2))
    assert plus(reading) == "+"
    assert said(reading).endswith("2 orders of unknown contract size not in it.")


def test_one_exchange_alone_is_named() -> None:
    alone = hearing(sampled=("binance",), heard=("binance",))
    reading = flush(exchange="binance", ears=alone)
    assert said(reading) == "At least: Binance publishes samples. Binance heard throughout."


def test_single_orders_are_not_at_least_anything() -> None:
    assert said(flush(), totals=False).startswith("Binance and OKX publish samples.")


def test_many_sampled_exchanges_are_counted() -> None:
    names = tuple(f"venue{n}" for n in range(16))
    reading = flush(ears=hearing(sampled=names[:6], heard=names))
    assert said(reading).startswith("At least: 6 of 16 exchanges publish samples.")


def test_nothing_liquidated_is_said_as_such() -> None:
    nothing = flush(long=0, short=0, count=0)
    assert quiet(nothing) == [
        "No SOL liquidation in 5 min on the 3 exchanges heard.",
        "Binance and OKX publish samples.",
    ]
    assert quiet(flush()) is None


def test_nothing_heard_is_never_called_nothing_liquidated() -> None:
    gaps = (
        Deaf("binance", minutes_ago(9), None, "closed"),
        Deaf("okx", minutes_ago(5), None, "closed"),
    )
    deaf = flush(long=0, short=0, count=0, ears=hearing(deaf=gaps, heard=("binance", "okx")))
    assert quiet(deaf) == ["⚠️ I cannot tell: Binance and OKX off since TIME."]
    start = flush(long=0, short=0, count=0, ears=hearing(heard=()))
    assert quiet(start) == ["⚠️ I cannot tell yet: no exchange is connected."]


def test_a_zero_with_somebody_deaf_stays_in_doubt() -> None:
    off = Deaf("okx", minutes_ago(3), None, "closed")
    told = quiet(flush(long=0, short=0, count=0, ears=hearing(deaf=(off,))), "")
    assert told is not None
    assert told[0] == "No liquidation heard in 5 min, but I cannot be sure: OKX off since TIME."


def test_a_zero_just_after_the_start_says_since_when() -> None:
    told = quiet(flush(long=0, short=0, count=0, ears=hearing(since_ms=minutes_ago(4))))
    assert told is not None
    assert told[0] == "Listening for 4 min: nothing so far. The full hour is there at TIME."
    off = Deaf("okx", minutes_ago(3), None, "closed")
    ears = hearing(since_ms=minutes_ago(4), deaf=(off,))
    told = quiet(flush(long=0, short=0, count=0, ears=ears))
    assert told is not None
    assert told[0].endswith("The full hour is there at TIME. OKX off since TIME.")


def test_a_time_in_which_no_process_ran_is_ours_and_said_once() -> None:
    ours = tuple(
        Deaf(name, minutes_ago(23), minutes_ago(20), "Liqwatch was not running", "stopped")
        for name in ("binance", "bybit", "okx")
    )
    assert said(flush(ears=hearing(deaf=ours, sampled=()))) == (
        "At least: I was not running TIME–TIME. All 3 exchanges heard."
    )
    moment = (Deaf("okx", minutes_ago(23), minutes_ago(22.5), "", "stopped"),)
    assert "I was not running for 30 s at TIME. All 3" in said(flush(ears=hearing(deaf=moment)))
    twice = (*ours, Deaf("okx", minutes_ago(9), minutes_ago(8), "", "stopped"))
    assert "I was not running 2 times since TIME. " in said(flush(ears=hearing(deaf=twice)))


def test_an_exchange_that_is_connected_and_tells_nothing_is_not_called_off() -> None:
    odd = Deaf("bybit", minutes_ago(23), None, "no liquidation while the market moves", "mute")
    assert said(flush(ears=hearing(deaf=(odd,)))).endswith("Bybit oddly silent since TIME.")
    torn = Deaf("bybit", minutes_ago(9), minutes_ago(8), "5% of its frames unreadable", "garbled")
    assert said(flush(ears=hearing(deaf=(torn,)))).endswith("Bybit unreadable in part TIME–TIME.")


def test_nothing_heard_while_we_were_away_is_no_calm() -> None:
    ours = Deaf("bybit", minutes_ago(3), minutes_ago(2), "", "stopped")
    (told, *_) = quiet(flush(long=0, short=0, count=0, ears=hearing(deaf=(ours,)))) or [""]
    assert told == (
        "No SOL liquidation heard in 5 min, but I cannot be sure: I was not running TIME–TIME."
    )


OFF = Deaf("bybit", minutes_ago(23), None, "closed")


@pytest.mark.parametrize(
    ("ears", "brief"),
    [
        (hearing(), "3 of 3 exchanges heard, two of them sampled"),
        (hearing(sampled=()), "3 of 3 exchanges heard"),
        (hearing(deaf=(OFF,)), "2 of 3 exchanges heard, two of them sampled"),
        (
            hearing(deaf=(replace(OFF, exchange="okx"),)),
            "2 of 3 exchanges heard, one of them sampled",
        ),
        (hearing(heard=("okx",)), "1 of 1 exchange heard, sampled"),
        (
            hearing(sampled=(), deaf=(Deaf("okx", minutes_ago(9), minutes_ago(4), "", "stopped"),)),
            "3 of 3 exchanges heard; I was not running TIME–TIME",
        ),
        (Hearing((), (), (), 0), "No exchange heard"),
    ],
)
def test_briefly_it_is_said_how_many_were_heard_and_whether_i_ran(
    ears: Hearing, brief: str
) -> None:
    assert plain(brief_coverage(flush(ears=ears)), "TIME") == brief
