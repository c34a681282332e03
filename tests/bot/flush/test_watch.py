"""What comes after: its end, further waves, looks back, and what was not heard meanwhile."""

import pytest

from bot.clock import HOUR_MS, SECOND_MS
from bot.events import Recalled, Tick
from bot.flush.flush import Stage
from bot.flush.followups import followups
from bot.market import USD, Gap
from tests.bot.flush.story import listener, market, news_of, opening, pass_to
from tests.bot.flush.tapes import at, heard, order, tape

MILLION = 1_000_000 * USD
CALM = (0.05, 0.05)


def test_what_is_told_late_at_the_end_begins_no_wave_within_a_quarter_of_an_hour() -> None:
    flushes = listener()
    opening(flushes)
    pass_to(flushes, "02:21")
    now_ms = at("02:21") + 10 * SECOND_MS
    late = order(at("02:20") + 30 * SECOND_MS, 40, received_ms=now_ms)
    assert not flushes.handle(heard(late, order(now_ms, 40)))
    assert [news.what for news in flushes.handle(heard(order(at("02:22"), 40)))] == ["entered"] * 2


def test_what_the_exchange_recalls_later_is_added_to_the_wave_that_it_belongs_to() -> None:
    flushes = listener()
    opening(flushes)
    pass_to(flushes, "04:00")
    within = order(at("02:04") + 5, 20, coin="ETH", exchange="okx", received_ms=at("04:00"))
    after = order(at("02:30"), 20, coin="ETH", exchange="okx", received_ms=at("04:00"))
    flushes.handle(Recalled("okx", (within, after), at("04:00")))
    flush = next(flush for flush in flushes.flushes() if flush.coin is None)
    assert flush.stage is Stage.OVER
    assert flush.total == 32 * MILLION
    assert flush.first.worst_minute.total == 26 * MILLION
    assert flush.first.worst_minute.at_ms == at("02:05")
    assert [split.name for split in flush.first.coins] == ["ETH", "BTC"]
    assert flush.first.exchanges[0].name == "okx"
    assert flush.first.largest is not None
    assert flush.first.largest.coin == "ETH"


@pytest.mark.parametrize(("seconds", "doubt"), [(59, False), (60, True)])
def test_a_short_reconnect_makes_nothing_uncertain(seconds: int, doubt: bool) -> None:
    flushes = listener()
    opening(flushes)
    pass_to(flushes, "03:00")
    ended_ms = at("03:00") + seconds * SECOND_MS
    flushes.handle(Gap("bybit", "all", at("03:00"), None, "closed"))
    flushes.handle(Gap("bybit", "all", at("03:00"), ended_ms, "closed"))
    closed = [told.flush for told in pass_to(flushes, "11:00") if told.flush.stage is Stage.CLOSED]
    assert [flush.uncertain for flush in closed] == [doubt, doubt]
    assert all(flush.deaf for flush in closed)


def test_an_outage_before_the_calm_makes_it_no_less_certain() -> None:
    flushes = listener()
    opening(flushes)
    flushes.handle(Gap("bybit", "all", at("02:05") + 30 * SECOND_MS, None, "closed"))
    pass_to(flushes, "02:06")
    ended_ms = at("02:06") + 50 * SECOND_MS
    flushes.handle(Gap("bybit", "all", at("02:05") + 30 * SECOND_MS, ended_ms, "closed"))
    closed = [told.flush for told in pass_to(flushes, "11:00") if told.flush.stage is Stage.CLOSED]
    assert [flush.uncertain for flush in closed] == [False, False]


def test_an_exchange_that_was_a_small_part_of_it_leaves_no_doubt() -> None:
    flushes = listener()
    opening(flushes)
    flushes.handle(Gap("okx", "all", at("02:06"), None, "closed"))
    closed = [told.flush for told in pass_to(flushes, "11:00") if told.flush.stage is Stage.CLOSED]
    assert [flush.uncertain for flush in closed] == [False, False]


def test_a_third_wave_begins_and_ends_without_a_stage_of_its_own() -> None:
    plan = [("02:00", *CALM), ("02:04", 10, 0)]
    for hour in (3, 4):
        plan += [(f"{hour:02}:00", *CALM), (f"{hour:02}:30", 10, 0)]
    plan += [("05:00", *CALM)]
    told = market(news_of(tape(plan, "14:00")))
    assert [news.what for news in told if news.what not in ("grew", "followup")] == [
        *["entered"] * 5,
        "entered",
        "wave ended",
        "wave began",
        "wave ended",
        "entered",
    ]
    assert len(told[-1].flush.waves) == 3
    assert told[-1].flush.entered_ms(Stage.CLOSED) == at("13:00")


def test_the_all_clear_waits_for_a_cascade_that_is_being_weighed() -> None:
    plan = [("02:00", *CALM), ("02:04", 40, 1), ("02:20", *CALM), ("10:17", 1, 0), ("10:18", 6, 0)]
    told = market(news_of(tape([*plan, ("10:24", *CALM)], "11:00")))
    assert told[-1].flush.entered_ms(Stage.CLOSED) == at("10:39")
    assert len(told[-1].flush.waves) == 1


def test_time_that_jumps_ends_it_where_it_ended() -> None:
    flushes = listener()
    opening(flushes)
    told = [news for news in flushes.handle(Tick(at("14:00"))) if news.flush.coin is None]
    assert [news.flush.stage for news in told] == [Stage.CLOSED]
    assert told[0].flush.entered_ms(Stage.OVER) == at("02:21")
    assert told[0].flush.last.end_ms == at("02:06")
    assert flushes.flushes() == []


def test_the_looks_back_are_known_from_the_flush() -> None:
    flushes = listener()
    assert followups(opening(flushes)) == ()
    pass_to(flushes, "03:00")
    looks = followups(flushes.flushes()[0])
    assert [(look.due_ms, look.last) for look in looks] == [
        (at("03:06"), False),
        (at("06:06"), False),
        (at("10:06"), True),
    ]


def test_a_look_back_is_told_once() -> None:
    flushes = listener()
    opening(flushes)
    told = [news.after_ms for news in pass_to(flushes, "12:00") if news.what == "followup"]
    assert sorted(told) == [HOUR_MS, HOUR_MS, 4 * HOUR_MS, 4 * HOUR_MS]
