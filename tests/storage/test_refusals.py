"""A file that can grow no more, is held by others or may not be written: said, never half done."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.errors import ConfigError, StoreError
from bot.ports import Chat, Ledger, Mark
from bot.rules import Destination, Notice, Rule
from storage import Storage, open_storage
from tests.storage.samples import ALICE, NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, claimed, heard, on_tape, pragma
from tests.torture import TENFOLD

HELD_S = 10.0 if os.environ.get(TENFOLD) else 1.0
PEOPLE = [Destination("telegram", 7_000_000_100 + n, direct=True) for n in range(10)]


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(None, tmp_path) as opened:
        yield opened


async def save(storage: Storage, number: int, words: str = "") -> Rule:
    """A command with everything that a command may do."""

    async def work(ledger: Ledger) -> Rule:
        await ledger.change(ALICE, lambda chat: replace(chat, role=chat.role + 1, reason=words))
        await ledger.put(ALICE, Notice("hello", NOW), f"{number}", NOW)
        return await ledger.add(a_rule(threshold=number), 1_000)

    rule, _ = await storage.books.keep(work, Mark("telegram:1", number), NOW)
    return rule


async def test_when_the_disk_is_full_nothing_is_called_saved_and_it_goes_on(
    storage: Storage,
) -> None:
    saved = await save(storage, 1)
    await storage.outbox.store([an_alert(saved)], [], NOW)
    await pragma(storage, "max_page_count=1")  # as many as there are now
    kept = await fill(storage)
    with pytest.raises(StoreError, match="the disk is full"):
        await save(storage, 900, "x" * 100_000)
    with pytest.raises(StoreError, match="the disk is full"):
        await heard(storage, *(a_liquidation(n, coin=f"COIN{n}") for n in range(2_000)))
    # What is queued is still sent: to settle it takes no room.
    assert len(await claimed(storage)) == 1
    await pragma(storage, "max_page_count=1000000")
    kept.append(await save(storage, 900))
    assert await storage.rulebook.of(ALICE) == [saved, *kept]
    assert (await storage.chats.get(ALICE)).role == len(kept) + 1
    assert await on_tape(storage) == []


async def fill(storage: Storage) -> list[Rule]:
    """Commands until the disk is full: those that were answered with "saved"."""
    saved = []
    for number in range(2, 500):
        try:
            saved.append(await save(storage, number))
        except StoreError:
            return saved
    raise AssertionError("there was room for everything")


HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO note VALUES ('held', 'by another')")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.commit()
"""


@contextmanager
def held(file: Path, seconds: float) -> Iterator[None]:
    """By another process, for so long."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLDER, str(file), str(seconds)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.kill()


async def test_a_file_that_another_process_holds_for_a_while_is_waited_for(
    storage: Storage, tmp_path: Path
) -> None:
    with held(tmp_path / "liqwatch.db", HELD_S):
        begun = time.monotonic()
        rules = await asyncio.gather(*(added(storage, a_rule(place)) for place in PEOPLE))
        assert time.monotonic() - begun > HELD_S / 2
    assert len({rule.id for rule in rules}) == len(PEOPLE)
    assert await storage.notebook.read("held") == "by another"


async def test_who_holds_it_too_long_is_named_and_nobody_reads_that_it_is_locked(
    storage: Storage, tmp_path: Path
) -> None:
    await pragma(storage, "busy_timeout=50")
    with held(tmp_path / "liqwatch.db", 600):
        writes = [added(storage, a_rule(place)) for place in PEOPLE]
        ended = await asyncio.gather(
            *writes, heard(storage, a_liquidation()), return_exceptions=True
        )
        said = {str(end) for end in ended}
        assert all(isinstance(end, StoreError) for end in ended)
        assert said == {"the database could not be used: another program holds it"}
        # Whoever only asks waits for nobody.
        assert await storage.chats.get(ALICE) == Chat(ALICE)
    assert await storage.rulebook.of(PEOPLE[0]) == []
    await asyncio.gather(*(added(storage, a_rule(place)) for place in PEOPLE))
    await heard(storage, a_liquidation())
    assert await on_tape(storage) == [a_liquidation()]


async def test_a_file_that_may_be_written_no_more_is_said_and_nothing_is_saved(
    tmp_path: Path,
) -> None:
    async with open_storage(None, tmp_path) as storage:
        await pragma(storage, "query_only=ON")
        for writing in (save(storage, 1), heard(storage, a_liquidation())):
            with pytest.raises(StoreError, match="it may not be written"):
                await writing
    async with open_storage(None, tmp_path) as storage:
        assert await storage.rulebook.of(ALICE) == []
        await save(storage, 1)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A directory in which this process has no more rights than anybody."""
    root, nobody = 0, 65_534
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        mine = os.getuid()
        if mine == root:
            os.chown(place, nobody, nobody)
            os.setresuid(nobody, nobody, root)
        try:
            yield place
        finally:
            os.setresuid(mine, mine, mine)
            place.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the rights of files")
@pytest.mark.parametrize(
    ("file", "directory", "why"),
    [
        (0o400, 0o700, "may not be written"),
        (0o000, 0o700, "may not be written"),
        (0o600, 0o500, "cannot write in"),
    ],
)
async def test_files_that_may_only_be_read_end_a_start_with_a_sentence(
    unprivileged: Path, file: int, directory: int, why: str
) -> None:
    async with open_storage(None, unprivileged) as storage:
        await added(storage, a_rule())
    allow(unprivileged, file, directory)
    with pytest.raises(ConfigError, match=why) as refused:
        async with open_storage(None, unprivileged):
            pass
    assert str(refused.value).endswith(".")
    allow(unprivileged, 0o600, 0o700)
    async with open_storage(None, unprivileged) as storage:
        assert len(await storage.rulebook.of(ALICE)) == 1


def allow(place: Path, file: int, directory: int) -> None:
    place.chmod(0o700)
    (place / "liqwatch.db.lock").unlink(missing_ok=True)
    (place / "liqwatch.db").chmod(file)
    place.chmod(directory)


async def test_another_program_may_look_on(storage: Storage, tmp_path: Path) -> None:
    await save(storage, 1)
    with closing(sqlite3.connect(tmp_path / "liqwatch.db")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM rule").fetchone() == (1,)
        await save(storage, 2)
        assert reader.execute("SELECT count(*) FROM rule").fetchone() == (1,)
