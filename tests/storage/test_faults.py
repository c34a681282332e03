"""A full disk, a restarted server, a process that died: nothing is half done; it goes on."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import HOUR_MS
from bot.errors import StoreError
from bot.market import USD, Gap
from bot.rules import RuleState
from storage import Storage, open_storage
from storage.address import understand
from storage.engines import Database, postgresql_engine
from storage.pages import PAGE
from tests.storage.conftest import Home
from tests.storage.samples import NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, heard, on_tape

LEASE = 60_000

T = TypeVar("T")


async def sending(storage: Storage) -> None:
    """Leave one notification as a process leaves it that dies during the call."""
    rule = await added(storage, a_rule(), 5)
    await storage.outbox.store([an_alert(rule)], [], NOW)
    assert len(await storage.outbox.claim("telegram", NOW, 9, LEASE, set())) == 1


async def test_what_was_being_sent_goes_back_into_the_queue_after_a_start(home: Home) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        await sending(storage)
    async with open_storage(home.url, home.data_dir) as storage:
        assert (await storage.outbox.recover(NOW + 1)).unclear == 1
        (again,) = await storage.outbox.claim("telegram", NOW + 1, 9, LEASE, set())
        assert (again.attempts, again.unknowns) == (1, 1)


async def test_a_message_that_dies_with_its_process_three_times_is_given_up(home: Home) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        await sending(storage)
        assert (await storage.outbox.recover(NOW)).unclear == 1
        for expected in (1, 0):
            assert len(await storage.outbox.claim("telegram", NOW, 9, LEASE, set())) == 1
            assert (await storage.outbox.recover(NOW)).unclear == expected
        assert (await storage.outbox.accounts()).dead == 1


async def test_a_start_leaves_what_a_living_process_is_sending(
    postgres_home: Home, tmp_path: Path
) -> None:
    assert postgres_home.url
    async with open_storage(postgres_home.url, tmp_path) as storage:
        await sending(storage)
    living = await asyncpg.connect(postgres_home.url)
    await living.execute("SELECT pg_advisory_lock(815)")
    await living.execute("UPDATE notification SET lease_owner = 815")
    async with open_storage(postgres_home.url, tmp_path) as storage:
        assert (await storage.outbox.recover(NOW)).unclear == 0
        assert await storage.outbox.claim("telegram", NOW, 9, LEASE, set()) == []
    await living.close()
    async with open_storage(postgres_home.url, tmp_path) as storage:
        assert (await storage.outbox.recover(NOW)).unclear == 1


async def test_connections_that_a_server_cut_are_replaced(
    postgres_home: Home, tmp_path: Path
) -> None:
    assert postgres_home.url
    async with open_storage(postgres_home.url, tmp_path) as storage:
        await storage.notebook.write("offset", "1")
        other = await asyncpg.connect(postgres_home.url)
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await other.close()
        await storage.notebook.write("offset", "2")
        assert await storage.notebook.read("offset") == "2"


@pytest.mark.parametrize("code", ["08006", "25006", "40001", "53100", "55P03", "57P01", "58030"])
async def test_trouble_of_a_server_is_named_and_passes(
    postgres_home: Home, tmp_path: Path, code: str
) -> None:
    async def fail(session: AsyncSession) -> None:
        raised = f"DO $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{code}'; END $$"
        await (await session.connection()).execute(text(raised))

    assert postgres_home.url
    engine = postgresql_engine(understand(postgres_home.url, tmp_path))
    database = Database(engine, engine, owner=1)
    with pytest.raises(StoreError, match="trouble"):
        await database.write(fail)
    await database.close()


async def test_a_server_that_stops_during_a_statement_is_named(
    postgres_home: Home, tmp_path: Path
) -> None:
    async def cut_off(session: AsyncSession) -> None:
        connection = await session.connection()
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert postgres_home.url
    engine = postgresql_engine(understand(postgres_home.url, tmp_path))
    database = Database(engine, engine, owner=1)
    with pytest.raises(StoreError, match="could not be used"):
        await database.write(cut_off)
    await database.close()


class CutOff(Database):
    """Its first commit succeeds, and its answer is lost."""

    lost = False

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        done = await super().write(work)
        if not self.lost:
            self.lost = True
            raise StoreError("the database could not be used: connection reset")
        return done


async def test_what_was_heard_counts_once_when_the_answer_to_its_commit_is_lost(
    postgres_home: Home, tmp_path: Path
) -> None:
    engine = postgresql_engine(understand(postgres_home.url, tmp_path))
    storage = Storage(CutOff(engine, engine, owner=1))
    events = [a_liquidation(n, usd="1") for n in range(PAGE + 3)]
    with pytest.raises(StoreError):
        await heard(storage, *events[:-1])
    await heard(storage, *events)
    await heard(storage, a_liquidation(PAGE + 3, usd="1"))
    assert await on_tape(storage) == [*events, a_liquidation(PAGE + 3, usd="1")]
    sums = await storage.tape.sums("bybit", NOW - HOUR_MS, NOW + HOUR_MS)
    assert sums == {"BTC": ((PAGE + 4) * USD, 0)}
    await engine.dispose()


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may grow beyond ``room`` bytes."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
async def test_a_full_disk_is_said_changes_nothing_and_passes(tmp_path: Path) -> None:
    async with open_storage(None, tmp_path) as storage:
        await storage.notebook.write("kept", "yes")
        with full_disk(1_000_000), pytest.raises(StoreError):
            await storage.notebook.write("large", "x" * 3_000_000)
        assert await storage.notebook.read("large") is None
        await storage.notebook.write("large", "x" * 3_000_000)
        assert await storage.notebook.read("kept") == "yes"
    async with open_storage(None, tmp_path) as storage:
        assert len(await storage.notebook.read("large") or "") == 3_000_000


async def nothing_of_it(storage: Storage) -> bool:
    sums = await storage.tape.sums("bybit", NOW - HOUR_MS, NOW + HOUR_MS)
    gaps, alerts = await storage.tape.gaps(0), await storage.outbox.accounts()
    return not (await on_tape(storage) or sums or gaps or alerts.created)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
async def test_on_a_full_disk_no_part_of_what_was_heard_is_stored(tmp_path: Path) -> None:
    # What is on the tape fits, the many minutes behind it do not.
    events = [a_liquidation(n, coin=f"COIN{n}") for n in range(20_000)]
    gap = Gap("okx", "swap", NOW, None, "closed")
    async with open_storage(None, tmp_path) as storage:
        rule = await added(storage, a_rule(), 5)
        whole = ([an_alert(rule)], [RuleState(rule.id, False, 1, 1)], NOW, events, [gap])
        with full_disk(600_000), pytest.raises(StoreError):
            await storage.outbox.store(*whole)
        assert await nothing_of_it(storage)
        await storage.outbox.store(*whole)
        assert await on_tape(storage) == events
        sums = await storage.tape.sums("bybit", NOW - HOUR_MS, NOW + HOUR_MS)
        assert len(sums) == len(events)
