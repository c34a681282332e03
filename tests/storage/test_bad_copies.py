"""What is no place for a backup, and what is no backup: one sentence, and nothing is changed."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import ConfigError
from storage import back_up, restore
from tests.storage.conftest import Home
from tests.storage.filling import everything_in

MOMENT = "20261125-183000"


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
def backup(filled_folder: Path, tmp_path: Path) -> Path:
    """A sound one, of a small database."""
    return Path(shutil.copy(filled_folder / "backup.db", tmp_path / "backup.db"))


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
