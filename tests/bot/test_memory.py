"""What a process knows of the one before it."""

from collections.abc import AsyncIterator
from decimal import Decimal

import msgspec

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.engine.engine import Engine
from bot.exchanges.dialect import Publication
from bot.market import USD, Gap, Liquidation, Side
from bot.memory import NEW, STOPPED, WATCHED, Diary, Memory, recollect, restore

NOW = 1_795_313_040_000
BOTH = ("binance", "okx")


class Notes:
    """Fulfils ``Notebook``."""

    def __init__(self, **spans: tuple[int, int]) -> None:
        told = {name: {"since_ms": a, "until_ms": b} for name, (a, b) in spans.items()}
        self.pages = {WATCHED: msgspec.json.encode(told).decode()} if told else {}
        self.writes = 0

    async def read(self, name: str) -> str | None:
        return self.pages.get(name)

    async def write(self, name: str, value: str) -> None:
        self.pages[name] = value
        self.writes += 1


class Kept:
    """Fulfils ``Tape``."""

    def __init__(self, *events: Liquidation, gaps: tuple[Gap, ...] = ()) -> None:
        self.events = events
        self.known = gaps

    async def read(self, after_ms: int) -> AsyncIterator[list[Liquidation]]:
        yield [event for event in self.events if event.received_ms > after_ms]

    async def gaps(self, after_ms: int) -> list[Gap]:
        return [gap for gap in self.known if gap.end_ms is None or gap.end_ms > after_ms]

    async def sums(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        return {}

    async def thin(self, now_ms: int) -> None:
        return None


def order(minutes_ago: float, exchange: str = "okx", usd: int = 1) -> Liquidation:
    at_ms = NOW - round(minutes_ago * MINUTE_MS)
    return Liquidation(
        exchange, "X", "BTC", Side.LONG, Decimal(1), Decimal(usd), Decimal(usd), at_ms, at_ms
    )


async def known(tape: Kept, notes: Notes, *exchanges: str) -> Memory:
    return await recollect(tape, notes, exchanges or BOTH, NOW)


async def test_a_first_start_remembers_nothing() -> None:
    memory = await known(Kept(), Notes())
    assert (memory.since_ms, memory.gaps, memory.fresh) == (NOW, [], [])


async def test_the_time_without_a_process_is_a_gap_of_every_exchange_still_to_be_stored() -> None:
    notes = Notes(binance=(NOW - HOUR_MS, NOW - 5_000), okx=(NOW - HOUR_MS, NOW - 5_000))
    memory = await known(Kept(), notes)
    assert memory.since_ms == NOW - HOUR_MS
    away = [Gap(n, "process", NOW - 5_000, NOW, STOPPED, "stopped") for n in BOTH]
    assert memory.gaps == memory.fresh == away


async def test_a_gap_that_was_open_when_the_process_ended_ends_with_it() -> None:
    lost = Gap("okx", "public", NOW - 60_000, None, "closed")
    notes = Notes(binance=(NOW - HOUR_MS, NOW - 5_000), okx=(NOW - HOUR_MS, NOW - 5_000))
    memory = await known(Kept(gaps=(lost,)), notes)
    ended = msgspec.structs.replace(lost, end_ms=NOW - 5_000)
    assert ended in memory.gaps and ended in memory.fresh


async def test_what_is_stored_already_is_not_stored_again() -> None:
    over = Gap("okx", "public", NOW - 60_000, NOW - 50_000, "closed")
    memory = await known(Kept(gaps=(over,)), Notes(okx=(NOW - HOUR_MS, NOW)), "okx")
    assert (memory.gaps, memory.fresh) == ([over], [])


async def test_an_exchange_that_is_new_was_not_watched_before() -> None:
    memory = await known(Kept(), Notes(okx=(NOW - HOUR_MS, NOW)))
    assert memory.gaps == [Gap("binance", "process", NOW - HOUR_MS, NOW, NEW, "unwatched")]


async def test_an_exchange_that_is_not_watched_any_more_is_not_remembered() -> None:
    gap = Gap("okx", "public", NOW - 60_000, NOW - 50_000, "closed")
    notes = Notes(binance=(NOW - HOUR_MS, NOW), okx=(NOW - 2 * HOUR_MS, NOW))
    tape = Kept(order(5), order(4, "binance"), gaps=(gap,))
    memory = await known(tape, notes, "binance")
    assert (memory.since_ms, memory.gaps) == (NOW - HOUR_MS, [])
    engine = Engine({"binance": Publication("complete")}, memory.since_ms)
    assert await restore(tape, memory, engine, [], ["binance"]) == 1
    assert engine.windows.sums(None, None, "1h").count == 1


async def test_after_more_than_a_day_it_is_a_new_start() -> None:
    memory = await known(Kept(), Notes(okx=(NOW - 3 * DAY_MS, NOW - DAY_MS - 1)), "okx")
    assert memory.since_ms == NOW
    assert memory.gaps == []


async def test_what_history_must_know_of_it_is_the_whole_time_without_a_process() -> None:
    memory = await known(Kept(), Notes(okx=(NOW - 9 * DAY_MS, NOW - 3 * DAY_MS)), "okx")
    [gap] = memory.fresh
    assert (gap.start_ms, gap.end_ms, gap.kind) == (NOW - 3 * DAY_MS, NOW, "stopped")


async def test_a_note_that_cannot_be_read_is_a_new_start_too() -> None:
    notes = Notes()
    notes.pages[WATCHED] = "{"
    assert (await known(Kept(), notes)).since_ms == NOW


async def test_the_windows_become_what_they_were() -> None:
    tape = Kept(order(70, usd=1), order(20, usd=2), order(3, "binance", usd=4))
    memory = await known(tape, Notes(binance=(NOW - DAY_MS, NOW), okx=(NOW - DAY_MS, NOW)))
    engine = Engine({name: Publication("complete") for name in BOTH}, memory.since_ms)
    assert await restore(tape, memory, engine, [], BOTH) == 3
    engine.windows.advance(NOW)
    sums = {name: engine.windows.sums(None, None, name).total // USD for name in ("5m", "1h", "4h")}
    assert sums == {"5m": 4, "1h": 6, "4h": 7}
    assert engine.windows.sums(None, "okx", "1h").total == 2 * USD


async def test_the_diary_is_written_every_two_seconds_and_keeps_the_first_day() -> None:
    notes = Notes(okx=(NOW - DAY_MS, NOW))
    diary = Diary(notes, await known(Kept(), notes), BOTH, NOW)
    for after_ms in (1_000, 2_000, 3_000, 3_500):
        await diary.kept(NOW + after_ms)
    assert notes.writes == 2
    memory = await recollect(Kept(), notes, BOTH, NOW + 4_000)
    assert {name: span.since_ms for name, span in memory.spans.items()} == {
        "okx": NOW - DAY_MS,
        "binance": NOW,
    }
    assert {span.until_ms for span in memory.spans.values()} == {NOW + 3_000}


async def test_the_diary_goes_on_when_the_clock_is_set_back() -> None:
    notes = Notes(okx=(NOW - DAY_MS, NOW))
    diary = Diary(notes, await known(Kept(), notes), BOTH, NOW)
    await diary.kept(NOW + HOUR_MS)
    await diary.kept(NOW)
    assert notes.writes == 2
