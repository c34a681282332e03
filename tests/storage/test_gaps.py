"""The gap ledger: each gap once, as it was last told, and none opens again."""

from msgspec.structs import replace

from bot.market import Gap
from storage import Storage, open_storage
from storage.tape import SUMS_MS
from tests.storage.conftest import Home
from tests.storage.samples import NOW

OPEN = Gap("okx", "swap", NOW, None, "connection closed")
ENDED = Gap("okx", "swap", NOW, NOW + 60_000, "connection closed")
FILLED = Gap("okx", "swap", NOW, NOW + 60_000, "connection closed", filled=True)


async def told(storage: Storage, *gaps: Gap) -> list[Gap]:
    await storage.outbox.store([], [], NOW, gaps=gaps)
    return await storage.tape.gaps(0)


async def test_a_gap_is_told_open_ended_and_filled_and_stays_one(storage: Storage) -> None:
    for telling in (OPEN, ENDED, FILLED):
        assert await told(storage, telling) == [telling]


async def test_all_tellings_may_come_in_one_write(storage: Storage) -> None:
    assert await told(storage, OPEN, ENDED, FILLED) == [FILLED]


async def test_an_ended_gap_never_opens_again(storage: Storage) -> None:
    assert await told(storage, FILLED) == [FILLED]
    assert await told(storage, replace(OPEN, reason="again")) == [FILLED]


async def test_a_later_telling_of_its_end_kind_and_reason_counts(storage: Storage) -> None:
    await told(storage, ENDED)
    longer = replace(ENDED, end_ms=NOW + 90_000, kind="mute", reason="silent while prices move")
    assert await told(storage, longer) == [longer]


async def test_streams_exchanges_and_starts_are_apart_and_come_oldest_first(
    storage: Storage,
) -> None:
    gaps = [
        Gap("okx", "swap", NOW - 1, NOW, "", kind="garbled"),
        replace(OPEN, exchange="bybit"),
        OPEN,
        replace(OPEN, stream="futures"),
    ]
    assert await told(storage, *reversed(gaps)) == [gaps[0], gaps[1], gaps[3], gaps[2]]


async def test_only_gaps_that_ended_later_or_are_open_are_read(storage: Storage) -> None:
    early = replace(ENDED, stream="early", end_ms=NOW + 5)
    await told(storage, early, ENDED, replace(OPEN, exchange="gate"))
    found = await storage.tape.gaps(NOW + 5)
    assert [(gap.exchange, gap.stream) for gap in found] == [("gate", "swap"), ("okx", "swap")]


async def test_a_reason_may_hold_whatever_an_exchange_sent(storage: Storage) -> None:
    odd = replace(OPEN, reason="bye\0\ud800 ✓")
    assert [gap.reason for gap in await told(storage, odd)] == ["bye\ufffd? ✓"]


async def test_gaps_outlive_a_restart(home: Home) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        await told(storage, OPEN)
    async with open_storage(home.url, home.data_dir) as storage:
        assert await told(storage, ENDED) == [ENDED]


async def test_gaps_are_forgotten_90_days_after_their_end_open_ones_never(
    storage: Storage,
) -> None:
    still = replace(OPEN, exchange="gate")
    await told(storage, still, ENDED)
    await storage.tape.thin(NOW + 60_000 + SUMS_MS)
    assert await storage.tape.gaps(0) == [still, ENDED]
    await storage.tape.thin(NOW + 60_001 + SUMS_MS)
    assert await storage.tape.gaps(0) == [still]
