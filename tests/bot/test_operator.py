"""The operator is told of what is wrong with exchanges, and of restarts with alerts waiting."""

import asyncio

from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.errors import StoreError
from bot.operator import Operator
from bot.rules import Destination, Notice, Payload
from tests.clocks import ManualClock
from tests.fakes import FakeDesk, FakeOutbox, a_source

NOW = 1_700_000_000_000
ME = Destination("telegram", 7, direct=True)


class Pages:
    """A notebook in memory."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.notes.get(name)

    async def write(self, name: str, value: str) -> None:
        self.notes[name] = value


class FullOutbox(FakeOutbox):
    """Nothing can be stored while it is full."""

    full = True

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        if self.full:
            raise StoreError("the disk is full")
        await super().put(destination, payload, key, now_ms)


class FullPages(Pages):
    """Nothing can be written."""

    async def write(self, name: str, value: str) -> None:
        raise StoreError("the disk is full")


async def test_a_restart_with_alerts_waiting_is_told_with_how_long_it_took() -> None:
    outbox, pages, clock = FakeOutbox(), Pages(), ManualClock(NOW)
    pages.notes["alive_ms"] = str(NOW - 6 * MINUTE_MS)
    operator = Operator(ME, outbox, pages, FakeDesk(), clock, clock)
    await operator.tell_of_restart(waiting=41)
    notices = [waiting.payload for waiting in outbox.waiting]
    assert notices == [Notice("Back after 6 min. 41 alerts were waiting; they go out now.", NOW)]


async def test_without_an_operator_nothing_is_stored() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    await Operator(None, outbox, Pages(), FakeDesk(), clock, clock).tell("hello")
    assert outbox.waiting == []


async def test_what_is_wrong_with_an_exchange_reaches_the_operator_and_wakes_who_sends() -> None:
    outbox, clock, desk, woken = FakeOutbox(), ManualClock(NOW), FakeDesk("okx"), asyncio.Event()
    desk.statuses = [replace(a_source("okx", "deaf"), since_ms=NOW)]
    operator = Operator(ME, outbox, Pages(), desk, clock, clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(operator.run(woken.set))
        await clock.advance(59)
        assert outbox.waiting == [] and not woken.is_set()
        await clock.advance(5)
        (told,) = (waiting.payload for waiting in outbox.waiting)
        assert isinstance(told, Notice) and told.text.startswith("⚠️ Not hearing OKX since")
        assert woken.is_set()
        task.cancel()


async def test_it_writes_down_that_it_is_alive() -> None:
    pages, clock = Pages(), ManualClock(NOW)
    operator = Operator(ME, FakeOutbox(), pages, FakeDesk(), clock, clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(operator.run(lambda: None))
        await clock.advance(11)
        assert pages.notes["alive_ms"] == str(NOW + 10_000)
        task.cancel()


async def test_a_full_disk_delays_a_notice_and_ends_nothing() -> None:
    outbox, clock = FullOutbox(), ManualClock(NOW)
    operator = Operator(ME, outbox, FullPages(), FakeDesk(), clock, clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(operator.run(lambda: None))
        await operator.tell("Discord has stopped.")
        await operator.tell("So has OKX.")
        await clock.advance(11)
        assert outbox.waiting == []
        outbox.full = False
        await clock.advance(5)
        told = [waiting.payload for waiting in outbox.waiting]
        assert told == [Notice("Discord has stopped.", NOW), Notice("So has OKX.", NOW)]
        task.cancel()
