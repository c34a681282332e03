"""Eight senders at once: no chat is told anything twice at a time, or in another order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.clock import MINUTE_MS
from bot.delivery.outcomes import Delivered, Outcome, Retry
from bot.ports import Notification
from bot.rules import Destination, Notice, Rule
from storage import Storage
from storage.address import understand
from storage.engines import Database, postgresql_engine
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import LEASE, added, claimed, settled, stored
from tests.torture import times

CHATS = 40
SENDERS = 8
A_CHAT = times(4)

PLACES = [
    Destination("telegram", chat, thread)
    for chat in range(1, CHATS + 1)
    for thread in ((0, 5) if chat % 4 == 0 else (0,))
]


class Street:
    """What chats were shown, first deliveries alone, and that nobody spoke to one at a time."""

    def __init__(self) -> None:
        self.shown: dict[Destination, list[int]] = defaultdict(list)
        self.speaking: set[int] = set()
        self.twice = 0
        self._rng = random.Random(11)

    async def call(self, one: Notification) -> Outcome:
        chat = one.destination.chat
        assert chat not in self.speaking, "two calls to a chat at once"
        self.speaking.add(chat)
        try:
            await asyncio.sleep(self._rng.random() / 1000)
            return self._outcome(one)
        finally:
            self.speaking.discard(chat)

    def _outcome(self, one: Notification) -> Outcome:
        luck = self._rng.random()
        if luck < 0.10:
            return Retry(0, "429", limited=True)
        self._show(one)
        # After the second unknown end the next would be the last: that is another test's.
        if luck < 0.15 and one.unknowns < 2:
            return Retry(0, "timeout", unknown=True)
        return Delivered(one.id)

    def _show(self, one: Notification) -> None:
        shown = self.shown[one.destination]
        for payload in (one.payload, *(waiting.alert for waiting in one.merged)):
            number = int(payload.text) if isinstance(payload, Notice) else payload.episode
            if number in shown:
                self.twice += 1
            else:
                shown.append(number)


async def fill(storage: Storage) -> None:
    """In each place notices and alerts, numbered from 0; nobody else stores meanwhile."""
    for number in range(A_CHAT):
        alerts = []
        for which, place in enumerate(PLACES):
            if number % 4 == 1:
                await storage.outbox.put(place, Notice(str(number), NOW), str(number), NOW)
            else:
                rule = Rule(which, place, 1, None, None, "1h", "total", 1)
                alerts.append(an_alert(rule, number))
        await storage.outbox.store(alerts, [], NOW)


async def send(storage: Storage, street: Street, whole: Storage) -> None:
    """One sender, until nothing is open."""
    while (await whole.outbox.accounts()).open:
        for one in await storage.outbox.claim("telegram", NOW, 2, LEASE, set()):
            await storage.outbox.settle(one, await street.call(one), NOW)


async def race(storages: Sequence[Storage]) -> None:
    await fill(storages[0])
    street = Street()
    async with asyncio.TaskGroup() as senders:
        for storage in storages:
            senders.create_task(send(storage, street, storages[0]))
    expected = list(range(A_CHAT))
    assert {place: street.shown[place] for place in PLACES} == dict.fromkeys(PLACES, expected)
    assert street.twice
    accounts = await storages[0].outbox.accounts()
    assert (accounts.dead, accounts.created) == (0, A_CHAT * len(PLACES))


@asynccontextmanager
async def neighbours(home: Home, directory: Path) -> AsyncIterator[list[Storage]]:
    """As many processes as senders, as the database sees them."""
    async with AsyncExitStack() as held:
        storages = []
        for owner in range(1, SENDERS + 1):
            engine = postgresql_engine(understand(home.url, directory), size=2)
            held.push_async_callback(engine.dispose)
            storages.append(Storage(Database(engine, engine, owner)))
        yield storages


async def test_eight_senders_of_one_process_turn_nothing_round(storage: Storage) -> None:
    await race([storage] * SENDERS)


async def test_eight_processes_turn_nothing_round(postgres_home: Home, tmp_path: Path) -> None:
    async with neighbours(postgres_home, tmp_path) as storages:
        await race(storages)


async def test_private_chats_come_before_groups_and_both_before_what_is_late(
    storage: Storage,
) -> None:
    late = Destination("telegram", 9, direct=True)
    for place, age_ms in ((late, 30 * MINUTE_MS + 1), (GROUP, 20_000), (ALICE, 0)):
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW - age_ms)
    assert [one.destination for one in await claimed(storage, limit=1)] == [ALICE]
    assert [one.destination for one in await claimed(storage)] == [GROUP, late]


async def test_a_group_that_has_let_others_go_first_for_20_s_takes_its_turn_by_age(
    storage: Storage,
) -> None:
    for place, age_ms in ((ALICE, 20_000), (GROUP, 20_001), (BOB, 30_000)):
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW - age_ms)
    assert [one.destination for one in await claimed(storage)] == [BOB, GROUP, ALICE]


async def test_who_has_waited_longest_comes_first(storage: Storage) -> None:
    await storage.outbox.put(ALICE, Notice("hello", NOW), "greeting", NOW - 1)
    await storage.outbox.put(BOB, Notice("hello", NOW), "greeting", NOW - 2)
    assert [one.destination for one in await claimed(storage)] == [BOB, ALICE]


async def test_a_chat_that_moved_into_a_busy_one_waits_for_it(storage: Storage) -> None:
    """Its alerts are older: without a look at what is being sent they would be claimed."""
    await stored(storage, an_alert(await added(storage, a_rule(BOB))))
    await storage.outbox.put(ALICE, Notice("hello", NOW), "greeting", NOW)
    his, mine = await claimed(storage)
    await storage.outbox.settle(his, Retry(0, "429"), NOW)
    await storage.books.keep(
        lambda ledger: ledger.move("telegram", BOB.chat, ALICE.chat), None, NOW
    )
    assert await claimed(storage) == []
    await storage.outbox.settle(mine, Delivered(1), NOW)
    assert (await settled(storage, Delivered(2))).id == his.id
