"""Backup and restore: all of it or nothing, beside a running bot or never, either database."""

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from bot.errors import ConfigError, InUseError
from bot.market import Gap
from bot.ports import BadFrame, Chat, Keyboard, Ledger, Mark, PastSum
from bot.rules import Notice
from storage import Storage, back_up, open_report, open_storage, restore
from storage.address import understand
from storage.copying import TABLES, Contents
from storage.engines import postgresql_engine, sqlite_reader
from tests.storage.conftest import Home, PostgresServer
from tests.storage.samples import ALICE, GROUP, NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, ask, wish

MOMENT = "20261125-183000"
HELD = Contents(rules=2, chats=2, notifications=4, open=3)


async def fill(storage: Storage) -> None:
    """Something in every table, a merged notification, and numbers that were used up."""
    for threshold in (1, 2, 3):
        await added(storage, a_rule(threshold=threshold))

    async def remove(ledger: Ledger) -> None:
        await ledger.remove((await ledger.rules(ALICE))[-1].id)

    await storage.books.keep(remove, Mark("telegram:1", 7), NOW)
    await storage.books.failed(Mark("telegram:1", 8), "press", "TimeoutError", NOW)
    await storage.keyboards.keep(Keyboard("telegram", 1, 2, ("off|1", "é|\n")), NOW)
    await wish(storage, Chat(GROUP, "stopped", NOW, "asked to", role=2**60, share=True))
    rules = await storage.rulebook.of(ALICE)
    await storage.outbox.store([an_alert(rule) for rule in rules], [], NOW)
    for number in (1, 2):
        await storage.outbox.put(GROUP, Notice(f"hello {number} 🔻", NOW), f"{number}", NOW)
    gap = Gap("okx", "swap", NOW, None, "closed")
    await storage.outbox.store([], [], NOW, [a_liquidation(n) for n in range(1000)], [gap])
    await storage.listings.save("okx", [], NOW)
    await storage.notebook.write("offset", "5")
    await storage.quarantine.keep([BadFrame("okx", bytes(range(256)), "no price", NOW)])
    await storage.past.add("file", [PastSum("BTC", "okx", NOW, 1, 2**62, -1)])


async def finish(home: Home) -> None:
    """What no book writes on demand: a chain in which a child came before its parent."""
    await ask_changing(
        home,
        "UPDATE notification SET state = 'merged', settled_ms = 5, merged_into = 4 WHERE id = 3",
    )
    await ask_changing(home, "INSERT INTO listing VALUES ('bybit', '[]', 5)")
    await ask_changing(home, "INSERT INTO hour VALUES (0, 'okx', 'BTC', 1, 2, 3, 4, 5, 6, 7)")
    await ask_changing(home, "UPDATE chat SET moved_to = 99 WHERE share")


async def ask_changing(home: Home, statement: str) -> None:
    await ask(home, statement)


_LAST = {
    False: "SELECT seq FROM sqlite_sequence ORDER BY name",
    True: "SELECT last_value FROM pg_sequences ORDER BY sequencename",
}


async def everything_in(url: str | None, data_dir: Path) -> dict[str, list[object]]:
    """Every row of every table, and the next numbers."""
    address = understand(url, data_dir)
    engine = sqlite_reader(address) if address.file else postgresql_engine(address, 1)
    async with engine.connect() as connection:
        found: dict[str, list[object]] = {}
        for table in TABLES:
            rows = await connection.execute(table.select().order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
        found["last numbers"] = list(
            (await connection.execute(text(_LAST[address.file is None]))).scalars()
        )
    await engine.dispose()
    return found


@pytest.fixture
async def filled(home: Home) -> Home:
    async with open_storage(home.url, home.data_dir) as storage:
        await fill(storage)
    await finish(home)
    return home


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Where a backup is restored: a place of its own, nothing in it yet."""
    if request.param == "sqlite":
        return Home(None, tmp_path / "other")
    server: PostgresServer = request.getfixturevalue("postgres")
    return Home(server.url(server.fresh()), tmp_path / "other")


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
        assert (await report.accounts()).created == 4


async def test_a_restore_is_refused_under_a_running_bot(filled: Home, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    await back_up(filled.url, filled.data_dir, file)
    async with open_storage(filled.url, filled.data_dir) as storage:
        await storage.notebook.write("now", "here")
        with pytest.raises(InUseError, match="already running"):
            await restore(filled.url, filled.data_dir, file, MOMENT)
        assert await storage.notebook.read("now") == "here"


async def why_no_backup(home: Home, file: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        await back_up(home.url, home.data_dir, file)
    return one_sentence(refused.value)


def one_sentence(error: ConfigError) -> str:
    sentence = str(error)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


async def test_nothing_is_ever_written_over_by_a_backup(filled: Home, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    file.write_text("dear to somebody")
    assert "there already" in await why_no_backup(filled, file)
    assert file.read_text() == "dear to somebody"
    if filled.url is None:
        assert "there already" in await why_no_backup(filled, tmp_path / "liqwatch.db")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert "there already" in await why_no_backup(filled, tmp_path / "dangling")


async def test_a_place_for_a_backup_that_cannot_be_is_said(filled: Home, tmp_path: Path) -> None:
    assert "is a directory" in await why_no_backup(filled, tmp_path)
    assert "no directory" in await why_no_backup(filled, tmp_path / "typo" / "backup.db")
    assert "/proc" in await why_no_backup(filled, Path("/proc/backup.db"))


async def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    assert "start the bot once" in await why_no_backup(Home(None, tmp_path), tmp_path / "b.db")
    assert names_in(tmp_path) == []


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def cut(file: Path, share: float) -> None:
    os.truncate(file, int(file.stat().st_size * share))


async def test_of_a_damaged_database_no_backup_is_made(filled: Home, tmp_path: Path) -> None:
    if filled.url is not None:
        return
    database = tmp_path / "liqwatch.db"
    with database.open("r+b") as opened:
        opened.seek(8 * 4096)
        opened.write(os.urandom(3 * 4096))
    assert "is damaged" in await why_no_backup(filled, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


@pytest.fixture
async def backup(sqlite_template: Path, tmp_path: Path) -> Path:
    """A sound one, of a small database."""
    async with open_storage(None, tmp_path / "source") as storage:
        await fill(storage)
    await back_up(None, tmp_path / "source", tmp_path / "backup.db")
    return tmp_path / "backup.db"


async def why_not(home: Home, file: Path) -> str:
    """Why it is no backup; what is there stays as it was."""
    before = await everything_in(home.url, home.data_dir)
    with pytest.raises(ConfigError) as refused:
        await restore(home.url, home.data_dir, file, MOMENT)
    assert await everything_in(home.url, home.data_dir) == before
    assert not list(home.data_dir.glob("*before*"))
    assert not list(home.data_dir.glob(".*part*"))
    return one_sentence(refused.value)


async def test_what_is_no_backup_is_said_and_changes_nothing(
    filled: Home, backup: Path, tmp_path: Path
) -> None:
    text_file, empty = tmp_path / "list.txt", tmp_path / "empty.db"
    text_file.write_text("my shopping list " * 1000)
    empty.write_bytes(b"")
    assert "no file" in await why_not(filled, tmp_path / "typo.db")
    assert "is a directory" in await why_not(filled, tmp_path)
    assert "is not a database" in await why_not(filled, text_file)
    assert "is not a database" in await why_not(filled, empty)
    if filled.url is None:
        assert "the database itself" in await why_not(filled, tmp_path / "liqwatch.db")
        (tmp_path / "alias.db").hardlink_to(tmp_path / "liqwatch.db")
        assert "the database itself" in await why_not(filled, tmp_path / "alias.db")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
async def test_a_backup_that_was_cut_is_damaged(filled: Home, backup: Path, share: float) -> None:
    cut(backup, share)
    assert "is damaged" in await why_not(filled, backup)


async def test_a_backup_with_a_rotten_page_is_damaged(filled: Home, backup: Path) -> None:
    with backup.open("r+b") as opened:
        opened.seek(8 * 4096)
        opened.write(os.urandom(3 * 4096))
    assert "is damaged" in await why_not(filled, backup)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer Liqwatch"),
        ("DELETE FROM alembic_version", "not one of Liqwatch"),
        ("DROP TABLE alembic_version", "not one of Liqwatch"),
        ("DROP TABLE keyboard", "not one of Liqwatch"),
        ("ALTER TABLE chat DROP COLUMN role", "not one of Liqwatch"),
        ("UPDATE notification SET merged_into = 815 WHERE id = 1", "belong to none"),
        ("UPDATE notification SET state = 'lost' WHERE id = 1", "do not add up"),
    ],
)
async def test_a_database_that_is_not_ours_or_not_whole_is_refused(
    filled: Home, backup: Path, change: str, sentence: str
) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute(change)
        connection.commit()
    assert sentence in await why_not(filled, backup)
