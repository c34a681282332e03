"""A backup: one SQLite file with all of a database at one moment, made beside a running bot."""

import asyncio
import os
from pathlib import Path

from bot.errors import ConfigError
from storage.address import Address, at_file, understand
from storage.copying import (
    Contents,
    as_one_file,
    contents,
    copy_file,
    copy_tables,
    is_sound,
    lock_tables,
    passing_file,
    sync,
)
from storage.engines import postgresql_engine, sqlite_migrator, sqlite_reader
from storage.inspection import refuse_nothing
from storage.schema import migrate, refuse_newer, refuse_other, shipped
from storage.trouble import copying, opening


async def back_up(url: str | None, data_dir: Path, file: Path) -> Contents:
    """Write the database at ``url`` into ``file``, which must not be there yet.

    ``file`` appears when it is whole, on disk and checked. Raises ``ConfigError``.
    """
    address = understand(url, data_dir)
    _refuse_target(file)
    with copying(address.shown, f"{file}"), passing_file(file) as part:
        if address.file is None:
            await _from_server(address, part)
        else:
            await _from_file(address, address.file, part)
        await asyncio.to_thread(as_one_file, part)
        if not await asyncio.to_thread(is_sound, part):
            raise ConfigError(f"{address.shown} is damaged: no backup was made.")
        held = await asyncio.to_thread(contents, part)
        _publish(part, file)
    return held


def _refuse_target(file: Path) -> None:
    if file.is_dir():
        raise ConfigError(f"{file} is a directory: name a file in it.")
    if os.path.lexists(file):
        raise ConfigError(
            f"{file} is there already, and I write over nothing: choose another name."
        )
    if not file.parent.is_dir():
        raise ConfigError(f"There is no directory {file.parent}: make it, or choose another.")


async def _from_file(address: Address, database: Path, part: Path) -> None:
    refuse_nothing(database)
    engine = sqlite_reader(address)
    try:
        with opening(address):
            await refuse_newer(engine, address.shown)
    finally:
        await engine.dispose()
    await asyncio.to_thread(copy_file, database, part)


async def _from_server(address: Address, part: Path) -> None:
    source = postgresql_engine(address, size=1)
    target = sqlite_migrator(at_file(part))
    try:
        with opening(address):
            await refuse_other(source, address.shown)
        await migrate(target, shipped(), str(part))
        async with source.connect() as here, target.begin() as there:
            await here.execution_options(isolation_level="REPEATABLE READ")
            await lock_tables(here)
            await copy_tables(here, there)
    finally:
        await target.dispose()
        await source.dispose()


def _publish(part: Path, file: Path) -> None:
    try:
        os.link(part, file)  # unlike a rename it never takes the place of another file
    except FileExistsError:
        raise ConfigError(f"{file} is there already, and I write over nothing.") from None
    except OSError:  # not every file system knows a second name
        _refuse_target(file)
        part.rename(file)
    sync(file.parent)
