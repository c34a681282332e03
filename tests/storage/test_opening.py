"""What can keep a database from opening: one sentence that says what to do, and no password."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from bot.errors import ConfigError
from storage import open_report, open_storage
from storage.schema import shipped
from tests.storage.conftest import Home, PostgresServer
from tests.storage.samples import ALICE, NOW, a_rule, an_alert
from tests.storage.steps import added

SECRET = "hunter2-is-secret"


async def why_not(url: str | None, data_dir: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        async with open_storage(url, data_dir):
            pass
    sentence = str(refused.value)
    assert SECRET not in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


async def test_a_missing_data_directory_is_made(tmp_path: Path) -> None:
    async with open_storage(None, tmp_path / "new" / "place"):
        pass
    assert (tmp_path / "new" / "place" / "liqwatch.db").exists()


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
async def test_an_sqlite_url_names_the_file(tmp_path: Path, scheme: str) -> None:
    async with open_storage(f"{scheme}:///{tmp_path}/mine.db", tmp_path / "unused"):
        pass
    assert (tmp_path / "mine.db").exists()
    assert not (tmp_path / "unused").exists()


async def test_the_folder_whose_disk_may_fill_is_the_one_of_the_file_itself(
    tmp_path: Path, postgres_home: Home
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "disk" / "real.db")
    for url, folder in (
        (None, tmp_path / "data"),
        (f"sqlite:///{tmp_path}/disk/mine.db", tmp_path / "disk"),
        (f"sqlite:///{tmp_path}/link.db", tmp_path / "disk"),
        (postgres_home.url, None),
    ):
        async with open_storage(url, tmp_path / "data") as storage:
            assert storage.folder == folder


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_each_spelling_of_postgresql_is_understood(
    postgres_home: Home, tmp_path: Path, scheme: str
) -> None:
    assert postgres_home.url
    url = postgres_home.url.replace("postgresql", scheme, 1)
    async with open_storage(url, tmp_path) as storage:
        await storage.notebook.write("offset", "5")
    async with open_report(url, tmp_path) as report:
        assert (await report.accounts()).open == 0


async def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sentence = await why_not(None, tmp_path / "file" / "data")
    assert str(tmp_path / "file" / "data") in sentence


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place nobody may write to")
async def test_a_data_directory_that_cannot_be_written_is_named() -> None:
    assert "write in /proc" in await why_not(None, Path("/proc"))


async def test_a_missing_directory_in_the_url_is_not_made(tmp_path: Path) -> None:
    sentence = await why_not(f"sqlite:///{tmp_path}/typo/mine.db", tmp_path)
    assert "no directory" in sentence
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        f"mysql://bob:{SECRET}@db/liqwatch",
        f"postgresql://bob:{SECRET}@db:port/liqwatch",
        f"postgresql://bob:{SECRET}@db",
        f"postgresql:/bob:{SECRET}@db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/file.db",
    ],
)
async def test_a_url_that_is_not_understood_is_answered_with_one_that_is(
    tmp_path: Path, url: str
) -> None:
    sentence = await why_not(url, tmp_path)
    assert "DATABASE_URL" in sentence
    assert "sqlite:///" in sentence or "postgresql://" in sentence


async def test_a_postgresql_that_nobody_runs_is_named(tmp_path: Path) -> None:
    url = f"postgresql://bob:{SECRET}@127.0.0.1:1/liqwatch"
    sentence = await why_not(url, tmp_path)
    assert "127.0.0.1:1/liqwatch" in sentence and "nothing listens there" in sentence


async def test_a_wrong_option_in_the_url_is_named(tmp_path: Path) -> None:
    url = f"postgresql://bob:{SECRET}@127.0.0.1:1/liqwatch?colour=blue"
    assert "option" in await why_not(url, tmp_path)


async def test_a_wrong_password_is_said(guarded: str, tmp_path: Path) -> None:
    assert "refused the password" in await why_not(guarded, tmp_path)


async def test_a_database_that_does_not_exist_is_said(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    assert "does not exist" in await why_not(postgres.url("nowhere", password=SECRET), tmp_path)


@pytest.fixture(scope="session")
def guarded(postgres: PostgresServer) -> str:
    """A user who is asked for a password, with a wrong one."""
    postgres.run("CREATE USER guarded PASSWORD 'the right one'")
    rules = postgres.directory / "data" / "pg_hba.conf"
    rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
    postgres.run("SELECT pg_reload_conf()")
    return postgres.url("postgres", user="guarded", password=SECRET)


async def test_a_database_of_a_newer_version_is_not_touched(home: Home, tmp_path: Path) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        await added(storage, a_rule(), 5)
    ours = ScriptDirectory.from_config(shipped()).get_current_head()
    assert ours
    await _age(home, ours, "9999")
    try:
        sentence = await why_not(home.url, home.data_dir)
    finally:
        await _age(home, "9999", ours)
    assert "newer Liqwatch" in sentence and "9999" in sentence
    async with open_storage(home.url, home.data_dir) as storage:
        assert len(await storage.rulebook.of(ALICE)) == 1


async def _age(home: Home, was: str, now: str) -> None:
    change = f"UPDATE alembic_version SET version_num = '{now}' WHERE version_num = '{was}'"  # noqa: S608
    if home.url is not None:
        connection = await asyncpg.connect(home.url)
        await connection.execute(change)
        await connection.close()
    else:
        with closing(sqlite3.connect(home.data_dir / "liqwatch.db")) as file:
            file.execute(change)
            file.commit()


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "liqwatch.db"
    file.write_text("my shopping list, much longer than a header " * 100)
    before = file.read_bytes()
    assert "is not a database" in await why_not(None, tmp_path)
    assert file.read_bytes() == before


async def test_a_directory_in_the_files_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "liqwatch.db").mkdir()
    assert "is a directory" in await why_not(None, tmp_path)


async def test_a_second_writer_is_refused_and_the_first_goes_on(home: Home) -> None:
    async with open_storage(home.url, home.data_dir) as first:
        assert "already running" in await why_not(home.url, home.data_dir)
        await first.notebook.write("offset", "1")
    async with open_storage(home.url, home.data_dir) as second:
        assert await second.notebook.read("offset") == "1"


async def test_a_second_writer_is_known_by_any_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    async with open_storage(None, tmp_path / "data"):
        assert "already running" in await why_not(None, tmp_path / "link")


WRITER = """
import asyncio, sys
from pathlib import Path
from bot.market import USD
from storage import open_storage
from tests.storage.samples import a_rule
from tests.storage.steps import added

async def main():
    async with open_storage(sys.argv[2] or None, Path(sys.argv[1])) as storage:
        for number in range(1, 10_000):
            await added(storage, a_rule(threshold=number), 10_000)
            sys.stdout.write(f"saved {number}\\n")
            sys.stdout.flush()

asyncio.run(main())
"""


async def test_what_was_answered_is_there_after_kill_9_and_the_lock_is_not(home: Home) -> None:
    with subprocess.Popen(  # noqa: ASYNC220, S603
        [sys.executable, "-c", WRITER, str(home.data_dir), home.url or ""],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as writer:
        assert writer.stdout is not None
        lines = [next(writer.stdout) for _ in range(25)]
        assert "already running" in await why_not(home.url, home.data_dir)
        writer.kill()
        lines += writer.stdout.read().splitlines()
    answered = {int(line.split()[1]) for line in lines if line.startswith("saved ")}
    async with open_storage(home.url, home.data_dir) as storage:
        kept = {rule.threshold for rule in await storage.rulebook.of(ALICE)}
    assert len(answered) >= 20
    assert answered <= kept


async def test_a_report_reads_beside_a_running_bot_and_without_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no database"):
        async with open_report(None, tmp_path):
            pass
    async with open_storage(None, tmp_path) as storage:
        rule = await added(storage, a_rule(), 5)
        await storage.outbox.store([an_alert(rule)], [], NOW)
        async with open_report(None, tmp_path) as report:
            assert (await report.accounts()).open == 1
    async with open_report(None, tmp_path) as report:
        assert (await report.accounts()).created == 1
