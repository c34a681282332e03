"""What most tests of the books do: store, claim, settle, hear, and look at the rows themselves."""

import sqlite3
from contextlib import closing
from typing import Any

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Outcome
from bot.market import Liquidation
from bot.ports import Chat, Ledger, Notification
from bot.rules import Alert, Rule, RuleState
from storage import Storage
from tests.storage.conftest import Home
from tests.storage.samples import NOW

LEASE = 60_000


async def stored(storage: Storage, *alerts: Alert) -> None:
    await storage.outbox.store(alerts, [], NOW)


async def claimed(storage: Storage, at: int = NOW, limit: int = 100) -> list[Notification]:
    return await storage.outbox.claim("telegram", at, limit, LEASE, set())


async def settled(storage: Storage, outcome: Outcome, at: int = NOW) -> Notification:
    """Claim the only due notification and end it."""
    (one,) = await claimed(storage, at)
    await storage.outbox.settle(one, outcome, at)
    return one


async def added(storage: Storage, rule: Rule, limit: int = 50) -> Rule:
    """The rule as it was saved, with its id."""

    async def work(ledger: Ledger) -> Rule:
        return await ledger.add(rule, limit)

    saved, _ = await storage.books.keep(work, None, NOW)
    return saved


async def wish(storage: Storage, chat: Chat) -> None:
    """A place's whole standing, whatever it was before."""

    async def work(ledger: Ledger) -> None:
        await ledger.change(chat.destination, lambda _: chat)

    await storage.books.keep(work, None, NOW)


async def pragma(storage: Storage, setting: str) -> None:
    """On the writing connection of a SQLite file, from now on."""

    async def work(session: AsyncSession) -> None:
        await (await session.connection()).exec_driver_sql(f"PRAGMA {setting}")

    await storage.books._database.write(work)


async def everything(storage: Storage) -> list[tuple[Rule, RuleState]]:
    """All rules with their states, as the start reads them."""
    return [pair async for batch in storage.rulebook.columns() for pair in batch.pairs()]


async def heard(storage: Storage, *events: Liquidation) -> None:
    await storage.outbox.store([], [], NOW, events)


async def on_tape(storage: Storage, after_ms: int = 0) -> list[Liquidation]:
    return [event async for batch in storage.tape.read(after_ms) for event in batch]


async def ask(home: Home, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement, run beside whatever has the database open."""
    if home.url is None:
        with closing(sqlite3.connect(home.data_dir / "liqwatch.db")) as file, file:
            return file.execute(statement).fetchall()
    connection = await asyncpg.connect(home.url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()
