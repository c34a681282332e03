"""What pollers tell reaches storage in batches; what storage cannot take is bounded, and lost."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreError
from bot.structure.facts import Candle, Fact, Measure
from bot.structure.keeper import KEEP_S, Keeper
from bot.structure.source import Told
from tests.bot.structure.keeping import a_fact, minutes
from tests.clocks import ManualClock


class Store:
    """Keeps batches; ``full``: it cannot now. ``gate``: it takes its time."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[Fact], list[Candle]]] = []
        self.full = False
        self.gate: asyncio.Event | None = None

    async def keep(self, facts: Sequence[Fact], candles: Sequence[Candle]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.full:
            raise StoreError("the disk is full")
        self.batches.append((list(facts), list(candles)))

    async def facts(
        self, measure: Measure, coin: str, from_ms: int, to_ms: int, every_ms: int = 0
    ) -> list[Fact]:
        return []

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]:
        return []

    async def thin(self, now_ms: int) -> None: ...

    def values(self) -> list[float]:
        return [fact.value for facts, _ in self.batches for fact in facts]


def told(*values: float) -> Told:
    return Told(tuple(a_fact(Measure.OI, value) for value in values))


async def test_what_was_told_in_five_seconds_is_one_batch() -> None:
    store, clock = Store(), ManualClock()
    keeper = Keeper(store, clock)
    running = asyncio.create_task(keeper.run())
    await clock.advance(1)
    keeper.put(told(1, 2))
    keeper.put(Told(candles=tuple(minutes(2))))
    keeper.put(told(3))
    await clock.advance(KEEP_S)
    await clock.advance(3 * KEEP_S)  # nothing new, nothing written
    assert store.batches == [(list(told(1, 2, 3).facts), minutes(2))]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_while_storage_cannot_write_the_oldest_is_lost_and_it_is_said_once() -> None:
    store, clock = Store(), ManualClock()
    keeper = Keeper(store, clock, most=4)
    store.full = True
    with capture_logs() as logs:
        for value in range(6):
            keeper.put(told(value))
            await keeper.look()
        assert (keeper.waiting, keeper.dropped) == (4, 2)
        store.full = False
        await keeper.look()
    assert store.values() == [2, 3, 4, 5]
    assert [(line["log_level"], line.get("lost")) for line in logs] == [
        ("warning", None),
        ("info", 2),
    ]


async def test_what_comes_while_storage_writes_is_kept_after_it() -> None:
    store, keeper = Store(), Keeper(Store(), ManualClock())
    keeper = Keeper(store, ManualClock())
    store.gate, store.full = asyncio.Event(), True
    keeper.put(told(1))
    looking = asyncio.create_task(keeper.look())
    await asyncio.sleep(0)
    keeper.put(told(2))
    store.gate.set()
    async with asyncio.timeout(5):
        await looking
    store.full = False
    await keeper.look()
    assert store.values() == [1, 2]


async def test_a_look_that_is_cancelled_loses_nothing() -> None:
    store = Store()
    keeper = Keeper(store, ManualClock())
    store.gate = asyncio.Event()
    keeper.put(told(1))
    looking = asyncio.create_task(keeper.look())
    await asyncio.sleep(0)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    store.gate.set()
    await keeper.look()
    assert store.values() == [1]


async def test_more_in_one_answer_than_may_wait_keeps_the_newest() -> None:
    store = Store()
    keeper = Keeper(store, ManualClock(), most=3)
    keeper.put(told(0))
    keeper.put(told(1, 2, 3, 4, 5))
    assert keeper.dropped == 3
    await keeper.look()
    assert store.values() == [3, 4, 5]
