"""Scenario tapes, each with the story that is told of it."""

from textwrap import dedent

from bot.events import Event
from bot.market import Gap
from tests.bot.flush.story import log, news_of
from tests.bot.flush.tapes import at, heard, moment, order, tape, ticked

CALM = (0.05, 0.05)


def story(text: str) -> str:
    return dedent(text).strip()


def sorted_in(events: list[Event], gaps: tuple[Gap, ...]) -> list[Event]:
    """The tape with gaps at their moments, and nothing of the exchange within them."""
    start, ends = gaps[0].start_ms, gaps[-1].end_ms
    kept = [
        event
        for event in events
        if getattr(event, "exchange", "") != gaps[0].exchange
        or moment(event) < start
        or (ends is not None and moment(event) >= ends)
    ]
    return sorted([*kept, *gaps], key=moment)


def test_a_news_spike_is_told_within_seconds_and_followed_for_eight_hours() -> None:
    events = tape([("02:00", *CALM), ("02:04", 20, 1), ("02:09", 6, 1), ("02:15", *CALM)], "10:30")
    assert log(news_of(events)) == story(
        """
        02:05:01 all onset $26M 95% longs
        02:05:10 all building $26M 95% longs
        02:13:00 all peak $133M 93% longs
        02:29:00 all fading $148M 92% longs
        02:30:00 all over $147M 93% longs
        03:15:00 all 1 h after $147M 93% longs
        06:15:00 all 4 h after $147M 93% longs
        10:15:00 all closed $147M 93% longs
        """
    )


def test_a_slow_grind_is_one_flush_until_no_minute_reaches_the_bar() -> None:
    events = tape([("02:00", *CALM), ("02:04", 5.5, 0.5), ("03:20", 0.5, 0.1)], "11:30")
    assert log(news_of(events)) == story(
        """
        02:05:43 all onset $12M 93% longs
        02:06:20 all building $15M 92% longs
        03:23:00 all peak $458M 92% longs
        03:35:00 all over $456M 92% longs
        04:20:00 all 1 h after $456M 92% longs
        07:20:00 all 4 h after $456M 92% longs
        11:20:00 all closed $456M 92% longs
        """
    )


def test_a_second_cascade_becomes_a_second_wave_once_it_is_a_quarter_of_the_first() -> None:
    first = [("02:00", *CALM), ("02:04", 20, 1), ("02:20", *CALM)]
    events = tape([*first, ("04:08", 9, 1), ("04:30", *CALM)], "12:40")
    assert log(news_of(events)) == story(
        """
        02:05:01 all onset $26M 95% longs
        02:05:10 all building $26M 95% longs
        02:23:00 all peak $336M 95% longs
        02:34:00 all fading $337M 95% longs
        02:35:00 all over $336M 95% longs
        03:20:00 all 1 h after $336M 95% longs
        04:16:15 all second wave $85M 90% longs
        04:45:00 all wave ended $220M 90% longs
        05:30:00 all 1 h after $220M 90% longs
        08:30:00 all 4 h after $220M 90% longs
        12:30:00 all closed $220M 90% longs
        """
    )


def test_a_smaller_cascade_in_the_watch_is_not_told() -> None:
    first = [("02:00", *CALM), ("02:04", 5, 20), ("02:20", *CALM)]
    events = tape([*first, ("04:08", 2, 6), ("04:12", *CALM)], "10:30")
    assert log(news_of(events)) == story(
        """
        02:05:00 all onset $30M 83% shorts
        02:05:10 all building $31M 80% shorts
        02:23:00 all peak $400M 80% shorts
        02:34:00 all fading $401M 80% shorts
        02:35:00 all over $400M 80% shorts
        03:20:00 all 1 h after $400M 80% shorts
        06:20:00 all 4 h after $400M 80% shorts
        10:20:00 all closed $400M 80% shorts
        """
    )


def test_a_smaller_cascade_to_a_new_low_is_a_second_wave() -> None:
    first = [("02:00", *CALM), ("02:04", 20, 1), ("02:20", *CALM)]
    events = tape([*first, ("04:08", 6, 0), ("04:12", *CALM)], "04:30", recovers=0)
    assert log(news_of(events)) == story(
        """
        02:05:01 all onset $26M 95% longs
        02:05:10 all building $26M 95% longs
        02:23:00 all peak $336M 95% longs
        02:34:00 all fading $337M 95% longs
        02:35:00 all over $336M 95% longs
        03:20:00 all 1 h after $336M 95% longs
        04:09:42 all second wave $12M 100% longs
        04:27:00 all wave ended $24M 100% longs
        """
    )


def test_one_giant_order_is_no_flush() -> None:
    giant: list[Event] = [heard(order(at("02:04"), 180, exchange="binance"))]
    assert log(news_of(ticked(giant, "03:00")), coins=True) == ""


def test_a_short_squeeze_that_flips_is_two_flushes_each_with_its_watch() -> None:
    events = tape([("02:00", *CALM), ("02:04", 1, 12), ("02:20", 15, 2), ("02:40", *CALM)], "11:00")
    assert log(news_of(events)) == story(
        """
        02:05:15 all onset $20M 92% shorts
        02:05:20 all building $20M 92% shorts
        02:21:14 all onset $25M 90% longs
        02:21:20 all building $26M 88% longs
        02:35:00 all over $208M 92% shorts
        02:43:00 all peak $340M 88% longs
        02:54:00 all fading $341M 88% longs
        02:55:00 all over $340M 88% longs
        03:20:00 all 1 h after $208M 92% shorts
        03:40:00 all 1 h after $340M 88% longs
        06:20:00 all 4 h after $208M 92% shorts
        06:40:00 all 4 h after $340M 88% longs
        10:20:00 all closed $208M 92% shorts
        10:40:00 all closed $340M 88% longs
        """
    )


def test_a_feed_that_dies_at_the_peak_leaves_no_all_clear() -> None:
    events = tape([("02:00", *CALM), ("02:04", 20, 1), ("02:12", *CALM)], "10:30")
    dead = (Gap("bybit", "all", at("02:12"), None, "closed by the exchange"),)
    events = sorted_in(events, dead)
    assert log(news_of(events)) == story(
        """
        02:05:01 all onset $26M 95% longs
        02:05:10 all building $26M 95% longs
        02:15:00 all peak $168M 95% longs uncertain
        02:27:00 all over $168M 95% longs uncertain
        03:12:00 all 1 h after $168M 95% longs uncertain
        06:12:00 all 4 h after $168M 95% longs uncertain
        10:12:00 all closed $168M 95% longs uncertain
        """
    )


def test_a_feed_that_dies_and_returns_in_the_watch_leaves_no_all_clear_either() -> None:
    events = tape([("02:00", *CALM), ("02:04", 20, 1), ("02:12", *CALM)], "10:30")
    gap = Gap("bybit", "all", at("05:10"), None, "closed by the exchange")
    ended = Gap("bybit", "all", at("05:10"), at("05:52"), "closed by the exchange")
    told = log(news_of(sorted_in(events, (gap, ended)))).splitlines()
    assert [line for line in told if "uncertain" in line] == [
        "06:12:00 all 4 h after $168M 95% longs uncertain",
        "10:12:00 all closed $168M 95% longs uncertain",
    ]


def test_a_quiet_week_raises_nothing() -> None:
    plan = [(f"{hour}:00", 0.15 if hour % 7 else 1.2, 0.1) for hour in range(7 * 24)]
    assert log(news_of(tape(plan, f"{7 * 24}:00", seed=3)), coins=True) == ""
