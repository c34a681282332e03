"""One writing process at a time on PostgreSQL, whatever becomes of the connection that says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import InUseError, StoreError
from storage import Storage, open_report, open_storage
from storage.presence import WRITER
from tests.storage.conftest import Home, PostgresServer

HOLDER = (
    "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    " WHERE locktype = 'advisory' AND datname = current_database() AND granted"
    " AND classid = $1 AND objid = $2"
)

UNTIL_SOMEBODY_WAITS = """
DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$
"""


@pytest.fixture
def home(postgres_home: Home, tmp_path: Path) -> Home:
    return Home(postgres_home.url, tmp_path)


@asynccontextmanager
async def another(home: Home) -> AsyncIterator[Storage]:
    """A second process, as far as the server can tell."""
    async with open_storage(home.url, home.data_dir) as storage:
        yield storage


async def cut(home: Home) -> None:
    """End the connection that holds the lock, and wait until it is gone."""
    assert home.url
    connection = await asyncpg.connect(home.url)
    pid = await connection.fetchval(HOLDER, *WRITER.values())
    assert await connection.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    await connection.close()


async def test_a_second_process_is_refused_before_it_touches_anything(home: Home) -> None:
    async with another(home) as storage:
        with pytest.raises(InUseError, match=r"already running on PostgreSQL at .*: stop it first"):
            async with another(home):
                pass
        await storage.notebook.write("offset", "1")


async def test_reports_read_beside_a_running_bot(home: Home) -> None:
    async with another(home), open_report(home.url, home.data_dir) as report:
        assert (await report.accounts()).whole


async def test_a_lock_that_was_lost_is_taken_again_with_the_next_write(home: Home) -> None:
    async with another(home) as storage:
        for value in ("1", "2"):
            await cut(home)
            await storage.notebook.write("offset", value)
            assert await storage.notebook.read("offset") == value
        with pytest.raises(InUseError):
            async with another(home):
                pass


async def test_a_server_that_was_restarted_is_written_to_again_by_the_same_process_alone(
    home: Home, postgres: PostgresServer
) -> None:
    async with another(home) as storage:
        await storage.notebook.write("offset", "1")
        await asyncio.to_thread(postgres.restart)
        await storage.notebook.write("offset", "2")
        with pytest.raises(InUseError):
            async with another(home):
                pass
        assert await storage.notebook.read("offset") == "2"


async def test_many_writes_that_find_it_lost_at_once_take_it_once(home: Home) -> None:
    async with another(home) as storage:
        await cut(home)
        names = [f"note {n}" for n in range(30)]
        await asyncio.gather(*(storage.notebook.write(name, "kept") for name in names))
        assert {await storage.notebook.read(name) for name in names} == {"kept"}


async def test_who_lost_the_lock_to_another_writes_nothing_until_that_one_stops(home: Home) -> None:
    async with another(home) as first:
        await first.notebook.write("offset", "first")
        await cut(home)
        async with another(home) as second:
            with pytest.raises(StoreError, match="another Liqwatch has taken over the database"):
                await first.notebook.write("offset", "first again")
            assert await second.notebook.read("offset") == "first"
            await second.notebook.write("offset", "second")
        await first.notebook.write("last", "first")
        assert await first.notebook.read("offset") == "second"


async def test_what_had_begun_when_the_lock_was_lost_ends_before_another_begins(home: Home) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow(_: AsyncSession) -> None:
        begun.set()
        await end.wait()

    async def take_over() -> bool:
        async with another(home):
            return writing.done()

    async with another(home) as first:
        writing = asyncio.create_task(first.notebook._database.write(slow))
        await begun.wait()
        await cut(home)
        taking = asyncio.create_task(take_over())
        await waits_for_a_lock(home)
        end.set()
        assert await taking
        await writing


async def waits_for_a_lock(home: Home) -> None:
    assert home.url
    connection = await asyncpg.connect(home.url)
    await connection.execute(UNTIL_SOMEBODY_WAITS, timeout=10)
    await connection.close()
