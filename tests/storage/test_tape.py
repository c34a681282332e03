"""The tape: what was heard comes back as it came, with what it caused, and is thinned by age."""

import asyncio
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.testing import capture_logs

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from bot.market import USD, Gap, Liquidation, Side
from bot.ports import Tape
from bot.rules import RuleState
from storage import Storage, open_storage
from storage.address import understand
from storage.engines import Database, postgresql_engine
from storage.pages import PAGE, pack, pages_of, unpack, write_pages
from storage.tape import EVENTS_MS, PIECE, SUMS_MS
from tests.storage.conftest import Home
from tests.storage.samples import NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, ask, claimed, everything, heard, on_tape

MINUTE = NOW // MINUTE_MS * MINUTE_MS
HOUR = NOW // HOUR_MS * HOUR_MS


async def test_what_was_heard_comes_back_exactly_and_in_the_order_of_writing(
    storage: Storage,
) -> None:
    first = [
        a_liquidation(1, side=Side.SHORT, exchange="okx", coin="ΑΩ"),
        a_liquidation(2, usd=None),
        a_liquidation(3, usd="49999999999.12345678", time_ms=NOW - HOUR_MS),
    ]
    second = [a_liquidation(4, time_ms=NOW - DAY_MS, received_ms=NOW - SECOND_MS)]
    await heard(storage, *first)
    await heard(storage, *second)
    assert await on_tape(storage) == [*first, *second]


async def test_true_twins_are_two(storage: Storage) -> None:
    twin = a_liquidation()
    await heard(storage, twin, twin)
    assert await on_tape(storage) == [twin, twin]
    assert await storage.tape.sums("bybit", MINUTE, MINUTE + MINUTE_MS) == {
        "BTC": (2 * 1250 * USD + USD, 0)
    }


async def test_only_what_was_received_later_is_read(storage: Storage) -> None:
    tape: Tape = storage.tape
    events = [a_liquidation(n, received_ms=NOW + n) for n in range(10)]
    await heard(storage, *events[:4])
    await heard(storage, *events[4:8])
    await heard(storage, *events[8:])
    assert [event async for batch in tape.read(NOW + 5) for event in batch] == events[6:]
    assert await on_tape(storage, NOW + 9) == []


async def test_a_write_of_more_than_a_page_keeps_its_order(storage: Storage) -> None:
    events = [a_liquidation(n, received_ms=NOW - n) for n in range(2 * PAGE + 1)]
    await heard(storage, *events)
    batches = [batch async for batch in storage.tape.read(0)]
    assert [event for batch in batches for event in batch] == events
    assert max(map(len, batches)) < 3 * PAGE


async def test_a_tape_of_many_short_rows_is_read_in_order(storage: Storage) -> None:
    events = [a_liquidation(n, received_ms=NOW + n) for n in range(150)]
    for event in events:
        await heard(storage, event)
    assert await on_tape(storage, NOW + 9) == events[10:]


async def test_alerts_states_events_and_gaps_are_stored_together(storage: Storage) -> None:
    rule = await added(storage, a_rule(), 5)
    state = RuleState(rule.id, armed=False, episode=1, level=1)
    event, gap = a_liquidation(), Gap("okx", "swap", NOW, None, "closed")
    await storage.outbox.store([an_alert(rule)], [state], NOW, [event], [gap])
    assert [one.payload for one in await claimed(storage)] == [an_alert(rule)]
    assert await everything(storage) == [(rule, state)]
    assert await on_tape(storage) == [event]
    assert await storage.tape.gaps(0) == [gap]


async def test_the_same_write_after_an_unclear_end_is_not_counted_twice(storage: Storage) -> None:
    events = [a_liquidation(n) for n in range(PAGE + 5)]
    for _ in range(2):
        await heard(storage, *events)
    assert len(await on_tape(storage)) == len(events)
    assert await storage.tape.sums("bybit", MINUTE, MINUTE + MINUTE_MS) == {
        "BTC": (len(events) * (1250 * USD + USD // 2), 0)
    }


async def test_a_restart_reads_what_was_written(home: Home) -> None:
    events = [a_liquidation(n) for n in range(3)]
    async with open_storage(home.url, home.data_dir) as storage:
        await heard(storage, *events)
    async with open_storage(home.url, home.data_dir) as storage:
        assert await on_tape(storage) == events
        await heard(storage, a_liquidation(3))
        sums = await storage.tape.sums("bybit", MINUTE, MINUTE + MINUTE_MS)
        assert sums == {"BTC": (4 * 1250 * USD + 2 * USD, 0)}


async def test_a_row_that_cannot_be_read_is_logged_and_left_out(
    storage: Storage, home: Home
) -> None:
    events = [a_liquidation(n) for n in range(7)]
    for event in events:
        await heard(storage, event)
    # Not zlib's, nothing, cut short: what a failing disk leaves; another shape: a later version's.
    for row, broken in ((2, "789c01"), (3, "c1"), (4, ""), (5, "91a3425443"), (6, "78")):
        blob = f"'\\x{broken}'::bytea" if home.url else f"x'{broken}'"
        await ask(home, f"UPDATE tape SET events = {blob} WHERE id = {row}")  # noqa: S608
    with capture_logs() as logs:
        assert await on_tape(storage) == [events[0], events[6]]
    assert [line["row"] for line in logs] == [2, 3, 4, 5, 6]
    assert {line["from_ms"] for line in logs} == {NOW + 40}


def test_events_are_packed_small_alone_and_together() -> None:
    alone = [a_liquidation()]
    together: list[Liquidation] = [a_liquidation(n, time_ms=NOW + n) for n in range(1_000)]
    assert unpack(pack(alone)) == alone
    assert unpack(pack(together)) == together
    assert len(pack(alone)) < 100
    assert len(pack(together)) < 30_000


async def test_events_are_forgotten_after_48_hours_and_not_before(storage: Storage) -> None:
    old, young = a_liquidation(1), a_liquidation(2, received_ms=NOW + 41)
    await heard(storage, old)
    await heard(storage, young)
    await storage.tape.thin(NOW + 40 + EVENTS_MS)
    assert await on_tape(storage) == [old, young]
    await storage.tape.thin(NOW + 41 + EVENTS_MS)
    assert await on_tape(storage) == [young]
    assert await storage.tape.sums("bybit", MINUTE, MINUTE + MINUTE_MS) == {"BTC": (2501 * USD, 0)}


async def test_more_than_a_piece_is_thinned_at_once(storage: Storage) -> None:
    events = [
        a_liquidation(n, coin=f"C{n % 30}", time_ms=HOUR + n // 30 * MINUTE_MS)
        for n in range(2 * PIECE + 1)
    ]
    await heard(storage, *events)
    gaps = [Gap("okx", "swap", NOW + n, NOW + n + 1, "") for n in range(PIECE + 1)]
    await storage.outbox.store([], [], NOW, gaps=gaps)
    before = await storage.tape.sums("bybit", HOUR, HOUR + HOUR_MS)
    assert len(before) == 30
    await storage.tape.thin(HOUR + HOUR_MS + SUMS_MS)
    assert await storage.tape.sums("bybit", HOUR, HOUR + HOUR_MS) == before
    assert await storage.tape.sums("bybit", HOUR, HOUR + MINUTE_MS) == {}
    assert await storage.tape.gaps(0) == []
    assert await on_tape(storage) == []


async def test_minutes_become_hours_after_90_days_and_sums_over_whole_hours_stay(
    storage: Storage,
) -> None:
    for minute in range(120):
        side = Side(minute % 2)
        await heard(storage, a_liquidation(minute, side=side, time_ms=HOUR + minute * MINUTE_MS))
    first, both = (HOUR, HOUR + HOUR_MS), (HOUR, HOUR + 2 * HOUR_MS)
    thirty = 30 * 1250 * USD + 15 * USD
    await storage.tape.thin(HOUR + SUMS_MS + 2 * HOUR_MS - 1)
    assert await storage.tape.sums("bybit", *first) == {"BTC": (thirty, thirty)}
    assert await storage.tape.sums("bybit", *both) == {"BTC": (2 * thirty, 2 * thirty)}
    # The second hour is not 90 days old yet: it is still known by the minute.
    quarter = (HOUR + HOUR_MS, HOUR + HOUR_MS + 15 * MINUTE_MS)
    assert await storage.tape.sums("bybit", *quarter) == {
        "BTC": (8 * 1250 * USD + 4 * USD, 7 * 1250 * USD + 7 * USD // 2)
    }
    # What is told late of an hour that was folded is added to it.
    await heard(storage, a_liquidation(500, time_ms=HOUR, usd="1"))
    await storage.tape.thin(HOUR + SUMS_MS + 3 * HOUR_MS)
    assert await storage.tape.sums("bybit", *first) == {"BTC": (thirty + USD, thirty)}


async def test_what_another_process_adds_to_a_minute_while_it_is_folded_is_in_the_hour(
    postgres_home: Home, tmp_path: Path
) -> None:
    engine = postgresql_engine(understand(postgres_home.url, tmp_path))
    storage = Storage(Database(engine, engine, owner=1))
    await heard(storage, a_liquidation(1))

    async def add(session: AsyncSession) -> "asyncio.Task[None]":
        await write_pages(session, await pages_of([a_liquidation(2)]))
        folding = asyncio.create_task(storage.tape.thin(HOUR + HOUR_MS + SUMS_MS))
        async with asyncio.timeout(10):
            while not await ask(postgres_home, "SELECT 1 FROM pg_locks WHERE NOT granted"):
                continue
        return folding

    await (await Database(engine, engine, owner=2).write(add))
    assert await ask(postgres_home, "SELECT longs FROM hour") == [(2,)]
    assert await ask(postgres_home, "SELECT longs FROM minute") == []
    await engine.dispose()


async def test_what_has_no_known_worth_is_in_no_sum(storage: Storage) -> None:
    await heard(storage, a_liquidation(1, usd=None), a_liquidation(2, usd="7", coin="ETH"))
    await heard(storage, a_liquidation(3, usd="9", exchange="okx"))
    sums = await storage.tape.sums("bybit", MINUTE, MINUTE + MINUTE_MS)
    assert sums == {"ETH": (7 * USD, 0)}


async def test_sums_beyond_64_bits_stay_exact(storage: Storage) -> None:
    largest = "49999999999.99999999"
    for round_ in range(2):
        events = [a_liquidation(10 * round_ + n, usd=largest, side=Side.SHORT) for n in range(4)]
        await heard(storage, *events)
    exact = 8 * (50_000_000_000 * USD - 1)
    assert exact > 2**63
    assert await storage.tape.sums("bybit", HOUR, HOUR + HOUR_MS) == {"BTC": (0, exact)}
    await storage.tape.thin(NOW + SUMS_MS + HOUR_MS)
    assert await storage.tape.sums("bybit", HOUR, HOUR + HOUR_MS) == {"BTC": (0, exact)}
