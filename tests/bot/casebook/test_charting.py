"""What a chart of a flush and of a window shows, and that no trouble of storage is raised."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.casebook.charting import MOST, Charting, bucket_of
from bot.casebook.recorder import Recorder
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, SystemClock
from bot.errors import StoreError
from bot.figures import Deaf
from bot.market import USD
from bot.pictures.chart import Chart
from bot.pictures.studio import Studio
from tests.bot.casebook.kept import (
    PLAN,
    SLOW,
    TWO_WAVES,
    KeptArchive,
    KeptCandles,
    candle,
    kept,
)
from tests.bot.flush.tapes import Plan, at, heard, order
from tests.bot.pictures.test_studio import counting
from tests.clocks import ManualClock
from tests.fakes import a_reading


async def chart_of(plan: Plan, until: str, *deaf: Deaf) -> Chart:
    flush, archive, candles = kept(plan, until)
    charting = Charting(archive, candles, Studio(SystemClock()), ManualClock(at(until)))
    return await charting.flush_chart(replace(flush, deaf=deaf))


async def test_a_flush_is_shown_from_before_its_start_until_a_little_after_its_end() -> None:
    chart = await chart_of(PLAN, "06:00")
    assert (chart.start_ms, chart.end_ms) == (at("01:49"), at("02:59"))
    assert chart.title == "$342M+ liquidated in 40 min · 91% longs"
    assert chart.subtitle == "All coins · F311 · 22 Nov, 02:04–02:44 UTC"
    assert chart.note == "At least: Binance publishes samples. All 3 exchanges heard."
    assert [(mark.word, mark.at_ms) for mark in chart.marks] == [
        ("onset", at("02:04")),
        ("building", at("02:06") + 20_000),
        ("peak", at("02:21")),
        ("over", at("02:44")),
    ]


async def test_one_that_goes_on_is_shown_until_now() -> None:
    chart = await chart_of(PLAN, "02:33")
    assert chart.end_ms == at("02:33")
    assert chart.subtitle == "All coins · F311 · since 22 Nov, 02:04 UTC"
    assert [mark.word for mark in chart.marks] == ["onset", "building"]


async def test_its_running_total_is_that_of_its_words_and_stands_still_between_waves() -> None:
    chart = await chart_of(TWO_WAVES, "06:30")
    flush, _, _ = kept(TWO_WAVES, "06:30")
    assert chart.subtitle.endswith("· 2 waves")
    assert chart.totals[-1] == flush.total / USD
    ends = {
        bucket.start_ms + chart.bucket_ms: total
        for bucket, total in zip(chart.buckets, chart.totals, strict=True)
    }
    assert ends[at("02:00")] == 0
    between = [total for end, total in ends.items() if at("02:48") <= end <= at("05:09")]
    assert set(between) == {flush.first.total / USD}
    assert all(earlier <= later for earlier, later in pairwise(chart.totals))


@pytest.mark.parametrize(
    ("plan", "until"), [(PLAN, "02:07"), (TWO_WAVES, "06:30"), (SLOW, "10:40")]
)
async def test_its_bars_hold_every_minute_that_is_shown(plan: Plan, until: str) -> None:
    chart = await chart_of(plan, until)
    _, archive, _ = kept(plan, until)
    shown = [
        float(each.notional or 0)
        for each in archive.orders
        if chart.start_ms <= each.time_ms < chart.end_ms
    ]
    assert sum(b.long + b.short for b in chart.buckets) == pytest.approx(sum(shown))
    assert len(chart.buckets) == (chart.end_ms - chart.start_ms) // chart.bucket_ms
    assert all(bucket.start_ms % chart.bucket_ms == 0 for bucket in chart.buckets)


@given(st.integers(1, 400 * 24 * 60))
def test_bars_are_many_enough_and_not_too_many(minutes: int) -> None:
    bucket_ms = bucket_of(minutes * MINUTE_MS)
    bars = minutes * MINUTE_MS / bucket_ms
    if minutes <= 90 * 24 * 60:
        assert bars <= MOST
    if minutes >= 40:
        assert bars >= 40


async def test_what_was_not_heard_is_a_hole_also_where_it_has_not_ended() -> None:
    gone = Deaf("lighter", at("01:00"), at("02:10"), "closed")
    still = Deaf("okx", at("02:41"), None, "closed")
    past = Deaf("bybit", at("01:00"), at("01:20"), "closed")
    chart = await chart_of(PLAN, "06:00", gone, still, past)
    assert [(hole.who, hole.start_ms, hole.end_ms) for hole in chart.holes] == [
        ("Lighter", at("01:49"), at("02:10")),
        ("OKX", at("02:41"), at("02:59")),
    ]
    assert chart.floor


async def test_the_newest_minutes_are_those_of_memory() -> None:
    flush, archive, candles = kept(PLAN, "02:33")
    recorder = Recorder(at("02:30"))
    recorder.hear(heard(order(at("02:33") + 1_000, 50.0)))
    clock = ManualClock(at("02:33") + 2_000)
    charting = Charting(archive, candles, Studio(clock), clock, recorder)
    chart = await charting.flush_chart(flush)
    assert chart.buckets[-1].start_ms == at("02:33")
    assert chart.buckets[-1].long == 50e6
    assert chart.buckets[-5].long == 9e6  # before memory begins: as it was stored


async def test_prices_are_of_the_source_that_tells_most_of_them() -> None:
    flush, archive, _ = kept(PLAN, "02:33")
    told = [candle(at("02:00"), 91_000.0, "okx")]
    told += [candle(at(f"02:0{minute}"), 91_480.0 + minute, "bybit") for minute in range(5)]
    charting = Charting(archive, KeptCandles(told), Studio(SystemClock()), ManualClock(at("02:33")))
    chart = await charting.flush_chart(flush)
    assert [(point.at_ms, point.price) for point in chart.prices] == [
        (at(f"02:0{minute + 1}"), 91_480.0 + minute) for minute in range(5)
    ]


async def test_where_no_candle_is_known_orders_tell_the_price() -> None:
    flush, archive, _ = kept(PLAN, "02:33")
    recorder = Recorder(at("02:30"))
    recorder.hear(heard(order(at("02:32"), 5.0, price=88_888.0)))
    clock = ManualClock(at("02:33"))
    charting = Charting(archive, KeptCandles(), Studio(clock), clock, recorder)
    chart = await charting.flush_chart(flush)
    assert [point.price for point in chart.prices] == [88_888.0]


async def reading_chart(**changes: object) -> Chart:
    _, archive, candles = kept(PLAN, "02:33")
    charting = Charting(archive, candles, Studio(SystemClock()), ManualClock(at("02:33")))
    reading = a_reading(window="15m", long=130_000_000, short=9_000_000)
    return await charting.reading_chart(
        replace(reading, **{"at_ms": at("02:32") + 40_000} | changes)
    )


async def test_a_window_is_shown_as_it_is() -> None:
    chart = await reading_chart()
    assert (chart.start_ms, chart.end_ms) == (at("02:17"), at("02:33"))
    assert chart.title == "$139M+ liquidated in 15 min · 94% longs"
    assert chart.subtitle == "All coins · until 22 Nov, 02:33 UTC"
    assert (chart.marks, chart.totals[-1]) == ((), 139e6)


async def test_a_short_window_stands_in_a_quarter_of_an_hour() -> None:
    chart = await reading_chart(span_ms=5 * MINUTE_MS)
    assert chart.end_ms - chart.start_ms == 16 * MINUTE_MS
    assert [mark.word for mark in chart.marks] == ["5 min"]
    assert chart.totals[8] == 0 and chart.totals[-1] == 139e6


async def test_a_window_in_which_nothing_was_heard_says_so() -> None:
    chart = await reading_chart(coin="XRP", long=0, short=0, count=0)
    assert chart.title == "No liquidation heard in 15 min"
    assert chart.subtitle.startswith("XRP · ")
    assert sum(bucket.long + bucket.short for bucket in chart.buckets) == 0


async def test_a_window_of_one_exchange_holds_no_other() -> None:
    chart = await reading_chart(exchange="okx")
    _, archive, _ = kept(PLAN, "02:33")
    theirs = [
        float(each.notional or 0)
        for each in archive.orders
        if each.exchange == "okx" and at("02:17") <= each.time_ms < at("02:33")
    ]
    assert sum(b.long + b.short for b in chart.buckets) == pytest.approx(sum(theirs))
    assert chart.subtitle.startswith("All coins on OKX")
    assert chart.note == "At least: OKX publishes samples. OKX heard throughout."


async def test_charts_of_the_same_minute_are_one_picture(tmp_path: object) -> None:
    flush, archive, candles = kept(PLAN, "06:00")
    clock = ManualClock(at("06:00"))
    studio = Studio(SystemClock(), counting(f"{tmp_path}/count"))
    charting = Charting(archive, candles, studio, clock)
    first = await charting.of_flush(flush)
    await clock.advance(50)
    assert first is not None
    assert await charting.of_flush(flush) is first


async def test_without_storage_there_is_no_picture_and_no_error() -> None:
    flush, archive, candles = kept(PLAN, "06:00")
    archive.error = StoreError("the disk is full")
    charting = Charting(archive, candles, Studio(SystemClock()), ManualClock(at("06:00")))
    assert await charting.of_flush(flush) is None
    assert await charting.of_reading(a_reading()) is None


async def test_minutes_that_are_kept_no_more_are_not_shown_as_calm() -> None:
    flush, _, candles = kept(PLAN, "06:00")
    clock = ManualClock(at("06:00") + 100 * DAY_MS)
    charting = Charting(KeptArchive([]), candles, Studio(clock), clock)
    assert await charting.of_flush(flush) is None


async def test_a_coins_flush_is_about_that_coin() -> None:
    flush, archive, candles = kept(PLAN, "06:00")
    charting = Charting(archive, candles, Studio(SystemClock()), ManualClock(at("06:00")))
    chart = await charting.flush_chart(replace(flush, coin="ETH"))
    assert chart.subtitle.startswith("ETH · F311")
    assert (chart.priced, chart.prices) == ("ETH", ())
    assert max(bucket.long for bucket in chart.buckets) < 9e6
    assert chart.end_ms - chart.start_ms < 2 * HOUR_MS
