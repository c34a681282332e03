"""The plug is pulled: of the log nothing behind a random byte was written to the disk."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bot.ports import Ledger, Mark
from bot.rules import Notice
from storage import open_storage
from tests.storage.samples import ALICE, NOW, a_rule
from tests.storage.steps import pragma
from tests.torture import TENFOLD

IMAGES = 500 if os.environ.get(TENFOLD) else 10
COMMITS = 60
SECTOR = 512


class Recording(msgspec.Struct, frozen=True):
    """The files as a crash leaves them; ``ends`` is how long the log was after each commit."""

    file: bytes
    log: bytes
    ends: list[int]


@pytest.fixture
async def recorded(tmp_path: Path) -> Recording:
    database = tmp_path / "before" / "liqwatch.db"
    log = database.with_name("liqwatch.db-wal")
    async with open_storage(None, database.parent) as storage:
        await pragma(storage, "wal_autocheckpoint=0")
        ends = []
        for number in range(1, COMMITS + 1):
            await storage.books.keep(lambda ledger: command(ledger, number), mark(number), NOW)  # noqa: B023
            ends.append(log.stat().st_size)
        return Recording(database.read_bytes(), log.read_bytes(), ends)


async def command(ledger: Ledger, number: int) -> None:
    """One commit: a rule, a wish, a notification and the mark, all of the same number."""
    await ledger.add(a_rule(threshold=number), COMMITS)
    await ledger.put(
        ALICE, Notice("x" * random.Random(number).randrange(9_000), NOW), f"{number}", NOW
    )
    await ledger.change(ALICE, lambda chat: replace(chat, role=number))


def mark(number: int) -> Mark:
    return Mark("telegram:1", number)


async def test_only_what_had_not_reached_the_disk_is_lost(
    recorded: Recording, tmp_path: Path
) -> None:
    dice = random.Random(815)
    for image in range(IMAGES):
        folder = tmp_path / f"image {image}"
        cut = dice.randrange(len(recorded.log) + 1)
        write(folder, recorded, cut, dice)
        there = sum(end <= cut for end in recorded.ends)
        async with open_storage(None, folder) as storage:
            assert [r.threshold for r in await storage.rulebook.of(ALICE)] == upto(there)
            assert (await storage.chats.get(ALICE)).role == there
            assert (await storage.outbox.accounts()).created == there
            await storage.notebook.write("goes", "on")
        with closing(sqlite3.connect(folder / "liqwatch.db")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert file.execute("SELECT number FROM mark").fetchall() == [(n,) for n in upto(there)]
        shutil.rmtree(folder)


def upto(there: int) -> list[int]:
    return list(range(1, there + 1))


def write(folder: Path, recorded: Recording, cut: int, dice: random.Random) -> None:
    """The files with the log cut, at times with what a disk makes of the rest of its sector."""
    rest = dice.choice([b"", bytes(SECTOR), dice.randbytes(SECTOR)])
    folder.mkdir()
    (folder / "liqwatch.db").write_bytes(recorded.file)
    (folder / "liqwatch.db-wal").write_bytes(recorded.log[:cut] + rest)
