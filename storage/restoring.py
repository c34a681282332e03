"""A backup becomes the database: checked first, all of it or nothing, never under a running bot."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import ConfigError
from bot.landmarks import unseen
from storage.address import Address, at_file, understand
from storage.copying import (
    Contents,
    as_one_file,
    contents,
    copy_file,
    copy_tables,
    empty_tables,
    passing_file,
    sync,
)
from storage.database import open_postgresql, prepare_directory
from storage.engines import sqlite_migrator, sqlite_reader
from storage.inspection import has_header, inspect
from storage.lock import WriterLock
from storage.trouble import DAMAGED, copying

LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a file."""


class Restored(msgspec.Struct, frozen=True):
    """``kept`` is where the database is that was there before, None where there was none or, on
    PostgreSQL, where it was emptied."""

    contents: Contents
    kept: Path | None


async def restore(url: str | None, data_dir: Path, file: Path, moment: str) -> Restored:
    """Put what ``file`` holds in the place of the database at ``url``.

    ``moment`` names what was there before. Raises ``ConfigError``; then all is as it was.
    """
    address = understand(url, data_dir)
    _refuse_source(file, address)
    with copying(f"{file}", address.shown):
        if address.file is None:
            return await _into_server(address, file)
        prepare_directory(address.file, make=url is None)
        with _held(address.file):
            return await _into_file(address.file.resolve(), file, moment)


def _refuse_source(file: Path, address: Address) -> None:
    if file.is_dir():
        raise ConfigError(f"{file} is a directory, not a backup.")
    if not file.exists():
        raise ConfigError(f"There is no file {file}.")
    if address.file is not None and address.file.exists() and address.file.samefile(file):
        raise ConfigError(f"{file} is the database itself: name a backup of it.")


@contextmanager
def _held(database: Path) -> Iterator[None]:
    lock = WriterLock(database)
    lock.seize()
    try:
        yield
    finally:
        lock.release()


async def _into_file(database: Path, file: Path, moment: str) -> Restored:
    with passing_file(database) as part:
        await _prepared(file, part)
        held = contents(part)
        kept = await asyncio.to_thread(_take_place, part, database, moment)
    return Restored(held, kept)


async def _into_server(address: Address, file: Path) -> Restored:
    async with AsyncExitStack() as held:
        folder = held.enter_context(TemporaryDirectory(prefix="liqwatch-restore-"))
        part = Path(folder) / "backup.db"
        await _prepared(file, part)
        reader = sqlite_reader(at_file(part))
        held.push_async_callback(reader.dispose)
        database = await open_postgresql(address, unseen, held)

        async def work(session: AsyncSession) -> None:
            target = await session.connection()
            await empty_tables(target)
            async with reader.connect() as source:
                await copy_tables(source, target)

        await database.write(work)
        return Restored(contents(part), None)


async def _prepared(file: Path, part: Path) -> None:
    """A copy of this version that is known to be sound; ``file`` itself is only read."""
    if not has_header(file):
        raise ConfigError(f"{file} is not a database.")
    await asyncio.to_thread(copy_file, file, part)
    engine = sqlite_migrator(at_file(part))
    try:
        await inspect(engine, str(file))
    finally:
        await engine.dispose()
    await asyncio.to_thread(as_one_file, part)


def _take_place(part: Path, database: Path, moment: str) -> Path | None:
    """At every moment there is a whole database under the name, the old one or the new one."""
    kept = None
    if database.exists():
        kept = database.with_name(f"{database.name}.before-restore-{moment}")
        _fold(database, kept)
        _keep(database, kept)
    for log in LOGS:  # empty by now; those of another database would be its ruin
        database.with_name(database.name + log).unlink(missing_ok=True)
    part.replace(database)
    sync(database.parent)
    return kept


def _fold(database: Path, kept: Path) -> None:
    """Its log into the file; beside a damaged file the log is kept as it is."""
    if not has_header(database):  # SQLite would throw the log away
        _set_aside(database, kept)
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        if not error.sqlite_errorname.startswith(DAMAGED):
            raise
        _set_aside(database, kept)
        return
    if busy:
        raise ConfigError(f"Another program reads {database}: close it, and try again.")


def _set_aside(database: Path, kept: Path) -> None:
    for log in LOGS:
        beside = database.with_name(database.name + log)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + log))


def _keep(database: Path, kept: Path) -> None:
    """Under a second name; the first stays until the new database takes it."""
    try:
        os.link(database, kept)
    except FileExistsError:
        raise ConfigError(f"{kept} is there already: try again in a second.") from None
    except OSError:  # not every file system knows a second name
        shutil.copy2(database, kept)
        sync(kept)
