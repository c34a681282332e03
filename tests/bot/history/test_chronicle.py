"""The chronicle over a fake archive: what it knows at once, and when it reads."""

import asyncio
import tracemalloc
from collections.abc import Sequence

import msgspec
import pytest

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.errors import StoreError, UserError
from bot.figures import Reading, Split
from bot.history.chronicle import MOST_SCOPES, Chronicle
from bot.market import USD
from bot.memory import Span
from bot.ports import Series
from bot.rules import DEFAULT_FLOOR
from bot.typed.draft import Draft
from bot.typed.relative import taken
from tests.bot.history.pasts import NOW, M, Shelves, days_ago
from tests.clocks import ManualClock
from tests.fakes import a_reading


def shelves(days: float = 8, late: float | None = None) -> Shelves:
    """Two exchanges, $60k an hour each, and $20M a day at 02:10; okx from ``late`` on."""
    spans = {"binance": days, "okx": days if late is None else late}
    told = {name: Span(days_ago(since), NOW) for name, since in spans.items()}
    kept = Shelves(msgspec.json.encode(told).decode())
    for name, since in spans.items():
        for start_ms in range(days_ago(since), NOW, MINUTE_MS):
            kept.put("BTC", name, start_ms, 1_000 * USD)
    for day in range(int(days)):
        at_ms = NOW - (day + 1) * DAY_MS + 130 * MINUTE_MS
        kept.put("BTC", "binance", at_ms, 20 * M)
    return kept


def a_chronicle(
    kept: Shelves,
    leading: Sequence[str] = ("BTC",),
    clock: ManualClock | None = None,
) -> Chronicle:
    clock = clock or ManualClock(NOW)
    names = ("binance", "okx")
    return Chronicle(kept, kept, kept, names, clock, clock, lambda: leading)


def hour(binance: int, okx: int, coin: str | None = "BTC") -> Reading:
    """The hour until now, in dollars."""
    reading = a_reading(coin, long=binance + okx, short=0)
    parts = (Split("binance", binance * USD, 0), Split("okx", okx * USD, 0))
    return msgspec.structs.replace(reading, exchanges=parts, at_ms=NOW)


async def test_before_it_has_read_it_knows_nothing() -> None:
    fresh = a_chronicle(shelves())
    assert fresh.standing(hour(30_000_000, 0)) is None
    assert fresh.normal("BTC", HOUR_MS, NOW) is None
    assert fresh.floor("BTC", HOUR_MS) == DEFAULT_FLOOR
    assert fresh.threshold_for("medium", None, "1h") is None
    assert fresh.sidedness(None, HOUR_MS) is None


async def test_all_coins_and_the_leading_ones_are_known_after_a_look() -> None:
    told = a_chronicle(shelves())
    await told.look()
    for coin in (None, "BTC"):
        found = told.standing(hour(30_000_000, 1_000_000, coin))
        assert found is not None
        assert (found.rank, found.of, found.days, found.coverage) == (1, 9, 8.0, 1.0)
        assert (found.normal, found.exchanges) == (120_000 * USD, ("binance", "okx"))
        assert told.normal(coin, HOUR_MS, NOW) == 120_000 * USD
        assert told.floor(coin, HOUR_MS) in (500_000 * USD, 750_000 * USD)
        assert told.threshold_for("medium", coin, "1h") == 20 * M


async def test_a_new_exchange_is_left_out_of_what_is_compared() -> None:
    told = a_chronicle(shelves(late=2))
    await told.look()
    found = told.standing(hour(10_000_000, 50_000_000))
    assert found is not None
    assert (found.exchanges, found.days) == (("binance",), 8.0)
    assert (found.total, found.rank, found.normal) == (10 * M, 9, 60_000 * USD)
    await told.prepare("BTC", "okx")
    assert told.normal("BTC", HOUR_MS, NOW, "okx") is None, "two days are too few"


async def test_another_coin_is_read_when_it_was_asked_for() -> None:
    kept = shelves()
    told = a_chronicle(kept)
    await told.look()
    assert told.normal("SOL", HOUR_MS, NOW) is None
    await told.look()
    assert told.normal("SOL", HOUR_MS, NOW) == 0


async def test_no_more_than_a_few_scopes_are_kept_and_the_leading_ones_stay() -> None:
    kept = shelves()
    told = a_chronicle(kept)
    await told.look()
    for number in range(2 * MOST_SCOPES):
        await told.prepare(f"COIN{number}")
    assert told.normal("BTC", HOUR_MS, NOW) is not None
    assert told.normal("COIN0", HOUR_MS, NOW) is None
    assert told.normal(f"COIN{2 * MOST_SCOPES - 1}", HOUR_MS, NOW) == 0
    reads = len(kept.reads)
    await told.look()
    assert len(kept.reads) == reads + 1, "COIN0 alone, for it was asked for"


async def test_it_reads_anew_every_hour_and_not_more_often() -> None:
    kept, clock = shelves(), ManualClock(NOW)
    told = a_chronicle(kept, clock=clock)
    for minutes, reads in ((0, 2), (59, 2), (1, 4), (1, 4)):
        await clock.advance(60 * minutes)
        await told.look()
        assert len(kept.reads) == reads


async def test_it_runs_until_it_is_cancelled() -> None:
    kept = shelves()
    asked = asyncio.Event()
    kept.asked = asked.set
    running = asyncio.create_task(a_chronicle(kept).run())
    async with asyncio.timeout(10):
        await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_what_could_not_be_read_for_hours_is_no_answer_any_more() -> None:
    kept, clock = shelves(), ManualClock(NOW)
    told = a_chronicle(kept, clock=clock)
    await told.look()
    kept.broken = StoreError("database is locked")
    await clock.advance(2 * 3600)
    await told.look()
    assert told.normal("BTC", HOUR_MS, NOW) is not None
    await clock.advance(2 * 3600)
    await told.look()
    assert told.normal("BTC", HOUR_MS, NOW) is None


async def test_an_imported_source_has_a_standing_of_its_own() -> None:
    kept = shelves()
    starts = list(range(days_ago(80), NOW, HOUR_MS))
    kept.imported["coinglass", "BTC", "", HOUR_MS] = Series(
        HOUR_MS, starts, [M] * len(starts), [0] * len(starts)
    )
    told = a_chronicle(kept)
    await told.look()
    (found,) = told.imported(hour(2_000_000, 0))
    assert (found.source, found.rank, found.of) == ("coinglass", 1, 1)
    assert found.days == 80.0
    assert told.imported(hour(2_000_000, 0, None)) == ()
    own, other = await told.chapters("BTC")
    assert (own.source, other.source) == ("", "coinglass")
    assert (other.normal_hour, len(own.hours)) == (M, 5)


async def test_how_often_is_worked_out_beside_the_loop() -> None:
    told = a_chronicle(shelves())
    found = await told.often(Draft("BTC", None, "1h", "total", 10 * M))
    assert found is not None
    assert (found.times, found.days) == (8, 8.0)
    assert await told.often(Draft("BTC", "okx", "1h", "total", 10 * M)) is not None


async def test_a_relative_threshold_becomes_dollars() -> None:
    told = a_chronicle(shelves())
    relative, _ = taken("BTC x10")
    assert relative is not None
    found = await told.resolved(Draft("BTC", None, "1h", "total", M), relative)
    assert (found.amount, found.basis) == (1_200_000 * USD, "10× a normal hour")


async def test_with_too_little_history_it_says_so() -> None:
    told = a_chronicle(shelves(days=3))
    relative, _ = taken("BTC p99")
    assert relative is not None
    with pytest.raises(UserError, match="p99 takes 7 days of history, I have 3 days"):
        await told.resolved(Draft("BTC", None, "1h", "total", M), relative)


async def test_a_scope_of_30_days_takes_a_few_megabytes() -> None:
    kept = shelves(days=30)
    told = a_chronicle(kept, leading=())
    tracemalloc.start()
    await told.look()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 7_000_000
