"""Writes that arrive while another is under way share the next transaction, and its fate."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.delivery.outcomes import Delivered, Refused, Retry
from bot.errors import StoreError
from bot.rules import Destination, Notice
from storage import Storage
from storage.together import Together
from tests.storage.samples import NOW
from tests.storage.steps import claimed


class Disk:
    """Takes what it is given once it is let; ``trouble`` is raised instead."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.begun = asyncio.Event()
        self.free = asyncio.Event()
        self.trouble: Exception | None = None

    async def write(self, items: Sequence[int]) -> None:
        self.begun.set()
        await self.free.wait()
        if self.trouble is not None:
            raise self.trouble
        self.written.append(list(items))


async def busy(disk: Disk, together: Together[int], *items: int) -> list["asyncio.Task[None]"]:
    """The first is being written, the others wait for their turn."""
    tasks = [asyncio.create_task(together.add(item)) for item in items[:1]]
    await disk.begun.wait()
    tasks += [asyncio.create_task(together.add(item)) for item in items[1:]]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_what_arrives_during_a_write_shares_the_next() -> None:
    disk = Disk()
    tasks = await busy(disk, Together(disk.write), 1, 2, 3, 4)
    assert not any(task.done() for task in tasks)
    disk.free.set()
    await asyncio.gather(*tasks)
    assert disk.written == [[1], [2, 3, 4]]


@pytest.mark.parametrize("trouble", [StoreError("locked"), ValueError("a mistake")])
async def test_an_error_reaches_everybody_whose_write_it_was(trouble: Exception) -> None:
    disk = Disk()
    disk.trouble = trouble
    tasks = await busy(disk, Together(disk.write), 1, 2, 3)
    disk.free.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [(type(error), str(error)) for error in found] == [(type(trouble), str(trouble))] * 3
    assert disk.written == []


async def test_after_an_error_the_next_write_is_a_fresh_one() -> None:
    disk = Disk()
    disk.trouble = StoreError("locked")
    disk.free.set()
    together = Together(disk.write)
    with pytest.raises(StoreError):
        await together.add(1)
    disk.trouble = None
    await together.add(2)
    assert disk.written == [[2]]


async def test_who_is_cancelled_takes_nobody_along() -> None:
    disk = Disk()
    writing, leader, follower = await busy(disk, Together(disk.write), 1, 2, 3)
    leader.cancel()
    writing.cancel()
    disk.free.set()
    await follower
    assert [task.cancelled() for task in (writing, leader)] == [True, True]
    assert 3 in disk.written[-1]


async def test_ends_that_come_at_once_are_all_written(storage: Storage) -> None:
    places = [Destination("telegram", chat) for chat in range(1, 31)]
    for place in places:
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW)
    found = await claimed(storage)
    outcomes = [Delivered(7) if one.id % 3 else Retry(5, "429") for one in found]
    ends = zip(found, outcomes, strict=True)
    await asyncio.gather(*(storage.outbox.settle(*end, NOW) for end in ends))
    accounts = await storage.outbox.accounts()
    assert (accounts.sent, accounts.open) == (20, 10)
    assert [one.id % 3 for one in await claimed(storage, NOW + 5_000)] == [0] * 10


async def test_each_of_the_ends_that_come_at_once_counts_as_it_would_alone(
    storage: Storage,
) -> None:
    """One was delivered, one amended meanwhile, one has lost its lease, one is refused."""
    places = [Destination("telegram", chat, direct=True) for chat in (1, 2, 3, 4)]
    for place in places:
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW)
    sent, amended, late, refused = await claimed(storage)
    await storage.outbox.put(places[1], Notice("goodbye", NOW), "greeting", NOW)
    await storage.outbox.settle(late, Retry(0, "429"), NOW)
    (again,) = await claimed(storage)
    await storage.outbox.settle(again, Delivered(5), NOW)
    ends = [(one, Delivered(6)) for one in (sent, amended, late)]
    writes = [storage.outbox.settle(*end, NOW) for end in ends]
    await asyncio.gather(*writes, storage.outbox.settle(refused, Refused("too long"), NOW))
    accounts = await storage.outbox.accounts()
    assert (accounts.sent, accounts.open, accounts.dead) == (2, 1, 1)
    (edit,) = await claimed(storage)
    assert (edit.id, edit.message) == (amended.id, 6)
    assert edit.payload == Notice("goodbye", NOW)
