"""Backup and restore: all of one moment, beside a running bot or never, from either database."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.errors import InUseError
from bot.ports import Ledger
from bot.rules import Notice
from storage import back_up, open_report, open_storage, restore
from storage.copying import TABLES
from storage.schema import VERSIONS
from tests.storage.conftest import Home, PostgresServer
from tests.storage.filling import HELD, everything_in, fill
from tests.storage.samples import ALICE, GROUP, NOW, a_rule
from tests.storage.steps import added, ask

MOMENT = "20261125-183000"


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Where a backup is restored: a place of its own, nothing in it yet."""
    if request.param == "sqlite":
        return Home(None, tmp_path / "other")
    server: PostgresServer = request.getfixturevalue("postgres")
    return Home(server.url(server.fresh()), tmp_path / "other")


async def test_no_table_is_forgotten(filled: Home) -> None:
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if filled.url is None
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    there = {name for (name,) in await ask(filled, tables)}
    assert there - {VERSIONS} == {table.name for table in TABLES}


async def test_a_backup_of_either_database_restores_into_either(
    filled: Home, other: Home, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    before = await everything_in(filled.url, filled.data_dir)
    assert all(before.values())
    assert await back_up(filled.url, filled.data_dir, file) == HELD
    restored = await restore(other.url, other.data_dir, file, MOMENT)
    assert (restored.contents, restored.kept) == (HELD, None)
    assert await everything_in(other.url, other.data_dir) == before
    async with open_storage(other.url, other.data_dir) as storage:
        assert (await added(storage, a_rule(threshold=9))).id == 4  # 3 was used, and removed


async def test_a_backup_is_made_beside_a_running_bot_and_is_of_one_moment(
    home: Home, tmp_path: Path
) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        await fill(storage)
        await back_up(home.url, home.data_dir, tmp_path / "first.db")
        before = await everything_in(home.url, home.data_dir)
        await added(storage, a_rule(GROUP))
        assert (await back_up(home.url, home.data_dir, tmp_path / "second.db")).rules == 3
    (tmp_path / "first").mkdir()
    await restore(None, tmp_path / "first", tmp_path / "first.db", MOMENT)
    assert await everything_in(None, tmp_path / "first") == before


async def test_what_changes_while_a_backup_is_made_is_in_it_whole_or_not_at_all(
    home: Home, tmp_path: Path
) -> None:
    async def change(ledger: Ledger) -> None:
        """In the first table that is copied, and in the last."""
        chat = await ledger.change(ALICE, lambda chat: replace(chat, role=chat.role + 1))
        await ledger.put(ALICE, Notice("hello", NOW), f"{chat.role}", NOW)
        await ledger.add(a_rule(threshold=chat.role), 10_000)

    async def keep_changing() -> None:
        while True:
            await storage.books.keep(change, None, NOW)

    async with open_storage(home.url, home.data_dir) as storage:
        changing = asyncio.create_task(keep_changing())
        for number in range(3):
            await back_up(home.url, home.data_dir, tmp_path / f"{number}.db")
        changing.cancel()
        await asyncio.wait([changing])
    seen = [counts(tmp_path / f"{number}.db") for number in range(3)]
    assert all(chats == rules == waiting for chats, rules, waiting in seen)
    assert len(set(seen)) > 1  # it did change


def counts(file: Path) -> tuple[int, int, int]:
    with closing(sqlite3.connect(file)) as connection:
        query = (
            "SELECT (SELECT coalesce(sum(role), 0) FROM chat), (SELECT count(*) FROM rule),"
            " (SELECT count(*) FROM notification)"
        )
        found: tuple[int, int, int] = connection.execute(query).fetchone()
        return found


async def test_a_backup_is_one_file_for_its_owner_alone(filled: Home, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    await back_up(filled.url, filled.data_dir, folder / "it's 100%?#.db")
    (only,) = folder.iterdir()
    assert stat.S_IMODE(only.stat().st_mode) == 0o600
    with closing(sqlite3.connect(only)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
    assert (await restore(None, tmp_path / "there", only, MOMENT)).contents == HELD


async def test_a_restore_takes_the_place_of_all_that_was_there(
    filled: Home, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    await back_up(filled.url, filled.data_dir, file)
    before = await everything_in(filled.url, filled.data_dir)
    async with open_storage(filled.url, filled.data_dir) as storage:
        await added(storage, a_rule(GROUP, threshold=77))
        await storage.notebook.write("later", "gone")
    restored = await restore(filled.url, filled.data_dir, file, MOMENT)
    assert await everything_in(filled.url, filled.data_dir) == before
    if filled.url is None:
        kept = filled.data_dir / f"liqwatch.db.before-restore-{MOMENT}"
        assert restored.kept == kept
        with closing(sqlite3.connect(kept)) as connection:
            assert connection.execute("SELECT value FROM note WHERE name = 'later'").fetchone()


async def test_what_a_killed_bot_left_in_its_log_is_kept_with_what_was_before(
    filled: Home, tmp_path: Path
) -> None:
    if filled.url is not None:
        return
    file, database = tmp_path / "backup.db", tmp_path / "liqwatch.db"
    await back_up(None, tmp_path, file)
    killed = sqlite3.connect(database)
    killed.execute("PRAGMA wal_autocheckpoint=0")
    killed.execute("INSERT INTO note VALUES ('last', 'word')")
    killed.commit()
    images = {log: (tmp_path / f"liqwatch.db{log}").read_bytes() for log in ("", "-wal")}
    killed.close()
    for log, image in images.items():
        (tmp_path / f"liqwatch.db{log}").write_bytes(image)
    restored = await restore(None, tmp_path, file, MOMENT)
    assert restored.kept is not None
    assert await ask(filled, "SELECT value FROM note WHERE name = 'last'") == []
    with closing(sqlite3.connect(restored.kept)) as connection:
        last = connection.execute("SELECT value FROM note WHERE name = 'last'").fetchone()
    assert last == ("word",)


async def test_a_damaged_database_can_be_replaced_and_is_kept_as_it_is(
    filled: Home, tmp_path: Path
) -> None:
    if filled.url is not None:
        return
    file, database = tmp_path / "backup.db", tmp_path / "liqwatch.db"
    await back_up(None, tmp_path, file)
    database.write_bytes(b"ruins" * 1000)
    (tmp_path / "liqwatch.db-wal").write_bytes(b"more ruins")
    restored = await restore(None, tmp_path, file, MOMENT)
    assert restored.kept is not None and restored.kept.read_bytes() == b"ruins" * 1000
    assert restored.kept.with_name(restored.kept.name + "-wal").read_bytes() == b"more ruins"
    async with open_report(None, tmp_path) as report:
        assert (await report.accounts()).created == 6  # of which two are only counted


async def test_a_restore_is_refused_under_a_running_bot(filled: Home, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    await back_up(filled.url, filled.data_dir, file)
    async with open_storage(filled.url, filled.data_dir) as storage:
        await storage.notebook.write("now", "here")
        with pytest.raises(InUseError, match="already running"):
            await restore(filled.url, filled.data_dir, file, MOMENT)
        assert await storage.notebook.read("now") == "here"
