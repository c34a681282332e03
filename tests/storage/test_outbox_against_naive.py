"""Whatever happens in whatever order: the stored outbox is in each row what a naive one is."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.delivery.outcomes import (
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    Retry,
    Unauthorized,
)
from bot.ports import Chat, Found, Notification
from bot.rules import Destination, Notice, Rule
from storage import Storage, open_storage
from storage.pruning import KEPT_MS
from tests.storage.conftest import Home, PostgresServer
from tests.storage.naive_outbox import NaiveOutbox
from tests.storage.naive_rows import Row
from tests.storage.samples import NOW, an_alert
from tests.storage.steps import ask, wish
from tests.torture import times

LEASE = 20_000
HARMLESS_S = 15

places = st.builds(
    lambda chat, thread: Destination("telegram", chat, thread, direct=chat == 3),
    st.integers(1, 3),
    st.sampled_from([0, 0, 7]),
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Delivered, st.integers(1, 3)),
    st.builds(Retry, st.integers(0, 12), st.just("429"), limited=st.just(True)),
    st.builds(
        Retry,
        st.integers(0, 12),
        st.just("cut"),
        unknown=st.just(True),
        platform_wide=st.booleans(),
        harmless_s=st.sampled_from([0, HARMLESS_S]),
    ),
    st.builds(Moved, st.integers(1, 4)),
    st.just(Unauthorized("401")),
    st.builds(Gone, st.just("blocked"), st.booleans()),
    st.just(Refused("too long")),
)
stored = st.tuples(st.just("store"), places, st.integers(1, 5), st.integers(1, 2))
claim = st.tuples(st.just("claim"), st.integers(1, 3), st.sets(st.integers(1, 3), max_size=1))
settle = st.tuples(st.just("settle"), st.integers(0, 5), outcomes)
steps = st.one_of(
    stored,
    stored,
    st.tuples(st.just("put"), places, st.integers(1, 2)),
    claim,
    claim,
    settle,
    settle,
    st.tuples(st.just("settle_again"), st.integers(0, 5), outcomes),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 10, 21, 31 * 60])),
    st.tuples(
        st.just("wish"),
        places,
        st.sampled_from(["active", "active", "stopped", "gone"]),
        st.sampled_from([0, 10]),
    ),
    st.tuples(st.just("recover")),
    st.tuples(st.just("prune")),
)
scripts = st.lists(steps, min_size=10, max_size=40)


class Pair:
    """A stored outbox and a naive one that are told the same."""

    def __init__(self, storage: Storage, home: Home) -> None:
        self.storage, self.home = storage, home
        self.naive = NaiveOutbox()
        self.now = NOW
        self.in_flight: list[tuple[Notification, Notification]] = []
        self.ended: list[tuple[Notification, Notification]] = []
        self.numbers: dict[int, int] = {}

    async def play(self, step: tuple[object, ...]) -> None:
        name, *arguments = step
        await getattr(self, str(name))(*arguments)
        stored = await ask(
            self.home,
            "SELECT id, key, chat, thread, state, attempts, unknowns, doubt_ms, amended, message,"
            " reason, merged_into, not_before_ms FROM notification ORDER BY id",
        )
        kept = [row for row in self.naive.rows if not row.pruned]
        self.numbers = {row[0]: its.number for row, its in zip(stored, kept, strict=True)}
        assert [self._seen(*row) for row in stored] == [_told(row) for row in kept]
        accounts = await self.storage.outbox.accounts()
        assert accounts == self.naive.accounts()
        assert accounts.whole

    async def store(self, place: Destination, episode: int, value: int) -> None:
        number = 10 * place.chat + place.thread
        alert = an_alert(Rule(number, place, 1, None, None, "1h", "total", 1), episode, value=value)
        await self.storage.outbox.store([alert], [], self.now)
        self.naive.store(place, alert, alert.key, self.now)

    async def put(self, place: Destination, key: int) -> None:
        notice = Notice("Back.", self.now)
        await self.storage.outbox.put(place, notice, str(key), self.now)
        whole = f"{key}@telegram:{place.chat}:{place.thread}"
        self.naive.store(place, notice, whole, self.now)

    async def claim(self, limit: int, busy: set[int]) -> None:
        found = await self.storage.outbox.claim("telegram", self.now, limit, LEASE, busy)
        expected = self.naive.claim(self.now, limit, LEASE, busy)
        assert [replace(one, id=self.numbers[one.id]) for one in found] == expected
        self.in_flight += zip(found, expected, strict=True)

    async def settle(self, which: int, outcome: Outcome) -> None:
        if self.in_flight:
            pair = self.in_flight.pop(which % len(self.in_flight))
            self.ended.append(pair)
            await self._settle(pair, outcome)

    async def settle_again(self, which: int, outcome: Outcome) -> None:
        """As after a commit whose answer was lost."""
        if self.ended:
            await self._settle(self.ended[which % len(self.ended)], outcome)

    async def _settle(self, pair: tuple[Notification, Notification], outcome: Outcome) -> None:
        await self.storage.outbox.settle(pair[0], outcome, self.now)
        self.naive.settle(pair[1], outcome, self.now)

    async def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    async def wish(self, place: Destination, state: str, muted_s: int) -> None:
        chat = Chat(place, state=state, muted_until_ms=self.now + muted_s * 1000)
        await wish(self.storage, chat)
        self.naive.wish(chat)

    async def recover(self) -> None:
        found = await self.storage.outbox.recover(self.now, {"telegram": HARMLESS_S * 1000})
        waiting, unclear = self.naive.recover(self.now, HARMLESS_S * 1000)
        assert found == Found(waiting, unclear, found.up_to, self.now, found.first)
        fates = await self.storage.outbox.fates(found)
        assert fates.whole and fates.created == waiting

    async def prune(self) -> None:
        """What ended before this is a month old now."""
        self.now += KEPT_MS + 1
        await self.storage.outbox.thin(self.now)
        self.naive.prune()

    async def drain(self) -> None:
        """Once everything is delivered or dead, nothing may be left open."""
        for _ in range(60):
            if not self.naive.accounts().open:
                return
            await self.play(("wait", 60))
            await self.play(("claim", 9, set()))
            while self.in_flight:
                await self.play(("settle", 0, Delivered(9)))
        raise AssertionError("something stays open for ever")

    def _seen(self, number: int, *columns: object) -> tuple[object, ...]:
        key, chat, thread, state, attempts, unknowns, doubt, amended, message, reason, *end = (
            columns
        )
        head, since = end
        return (
            self.numbers[number],
            *(key, chat, thread, state, attempts, unknowns, doubt, bool(amended), message, reason),
            None if head is None else self.numbers[int(str(head))],
            since if state in ("queued", "sending") else None,
        )


def _told(row: Row) -> tuple[object, ...]:
    return (
        row.number,
        *(row.key, row.place.chat, row.place.thread, row.state, row.attempts, row.unknowns),
        *(row.doubt_ms, row.amended, row.message, row.reason),
        row.head.number if row.head else None,
        row.since_ms if row.is_open else None,
    )


async def play(home: Home, script: list[tuple[object, ...]]) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        pair = Pair(storage, home)
        for step in script:
            await pair.play(step)
        await pair.drain()


@settings(max_examples=times(6), deadline=None)
@given(script=scripts)
def test_the_outbox_is_a_naive_one_on_sqlite(
    sqlite_template: Path, script: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "liqwatch.db")
        asyncio.run(play(Home(None, Path(place)), script))


@settings(max_examples=times(3), deadline=None)
@given(script=scripts)
def test_the_outbox_is_a_naive_one_on_postgresql(
    postgres: PostgresServer, postgres_schema: Home, script: list[tuple[object, ...]]
) -> None:
    postgres.empty(postgres_schema)
    asyncio.run(play(postgres_schema, script))
