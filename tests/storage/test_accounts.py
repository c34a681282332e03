"""Whatever happens to notifications, in whatever order: created = sent + merged + dead + open."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry
from bot.ports import Chat, Notification
from bot.rules import Destination, Rule
from storage import Storage, open_storage
from tests.storage.conftest import Home
from tests.storage.samples import NOW, an_alert
from tests.storage.steps import wish

LEASE = 10_000

chats = st.integers(1, 3)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.just(Delivered(message=1)),
    st.builds(Retry, st.integers(0, 20), st.just("cut"), unknown=st.booleans()),
    st.builds(Moved, chats),
    st.just(Gone("blocked")),
    st.just(Refused("too long")),
)
steps = st.one_of(
    st.tuples(st.just("store"), chats, st.integers(1, 4), st.integers(1, 3)),
    st.tuples(st.just("claim"), st.integers(1, 3)),
    st.tuples(st.just("settle"), st.integers(0, 5), outcomes),
    st.tuples(st.just("wait"), st.integers(1, 15)),
    st.tuples(st.just("chat"), chats, st.sampled_from(["active", "stopped", "gone"])),
    st.tuples(st.just("recover")),
)


class Model:
    """Plays steps against a storage and keeps its own count of what was ever created."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.now = NOW
        self.keys: set[str] = set()
        self.in_flight: list[Notification] = []
        self.leases: dict[int, int] = {}

    async def play(self, step: tuple[object, ...]) -> None:
        name, *arguments = step
        await getattr(self, str(name))(*arguments)
        accounts = await self.storage.outbox.accounts()
        assert accounts.created == len(self.keys)
        assert accounts.created == accounts.sent + accounts.merged + accounts.dead + accounts.open

    async def store(self, chat: int, episode: int, value: int) -> None:
        rule = Rule(chat, Destination("telegram", chat), 1, None, None, "1h", "total", 1)
        alert = an_alert(rule, episode, value=value)
        await self.storage.outbox.store([alert], [], self.now)
        self.keys.add(alert.key)

    async def claim(self, limit: int) -> None:
        found = await self.storage.outbox.claim("telegram", self.now, limit, LEASE, set())
        assert len(found) <= limit
        assert len({one.destination.chat for one in found}) == len(found)
        for one in found:
            assert self.leases.get(one.id, 0) <= self.now, "claimed under a living lease"
            self.leases[one.id] = self.now + LEASE
        self.in_flight += found

    async def settle(self, which: int, outcome: Outcome) -> None:
        if self.in_flight:
            one = self.in_flight.pop(which % len(self.in_flight))
            self.leases.pop(one.id, None)
            await self.storage.outbox.settle(one, outcome, self.now)

    async def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    async def chat(self, chat: int, state: str) -> None:
        await wish(self.storage, Chat(Destination("telegram", chat), state=state))

    async def recover(self) -> None:
        await self.storage.outbox.recover(self.now)
        self.leases.clear()

    async def drain(self) -> None:
        """Once everything is delivered or dead, nothing may be left open."""
        for _ in range(40):
            if not (await self.storage.outbox.accounts()).open:
                return
            self.now += 60_000
            found = await self.storage.outbox.claim("telegram", self.now, 9, LEASE, set())
            for one in found:
                await self.storage.outbox.settle(one, Delivered(message=2), self.now)
        raise AssertionError("something stays open for ever")


async def play(home: Home, script: list[tuple[object, ...]]) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        model = Model(storage)
        for step in script:
            await model.play(step)
        await model.drain()


@settings(max_examples=20, deadline=None)
@given(script=st.lists(steps, min_size=8, max_size=30))
def test_no_order_of_things_breaks_the_accounts(
    sqlite_template: Path, script: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "liqwatch.db")
        asyncio.run(play(Home(None, Path(place)), script))


def test_both_databases_keep_the_same_accounts(home: Home) -> None:
    script: list[tuple[object, ...]] = [
        *(("store", chat, episode, 1) for chat in (1, 2, 3) for episode in (1, 2)),
        ("claim", 3),
        ("store", 1, 1, 2),
        ("settle", 0, Delivered(message=1)),
        ("settle", 0, Retry(5, "cut", unknown=True)),
        ("claim", 3),
        ("settle", 0, Moved(2)),
        ("settle", 0, Gone("blocked")),
        ("recover",),
        ("claim", 3),
        ("wait", 11),
        ("claim", 3),
        ("chat", 2, "stopped"),
        ("settle", 0, Refused("too long")),
    ]
    asyncio.run(play(home, script))
