"""Opens the database and hands out its books."""

import os
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import ConfigError
from bot.landmarks import Passing, unseen
from storage.address import Address, understand
from storage.archive import StoredArchive
from storage.books import StoredBooks
from storage.chats import StoredChats
from storage.engines import (
    Database,
    postgresql_engine,
    sqlite_database,
    sqlite_migrator,
    sqlite_reader,
)
from storage.facts import StoredFacts
from storage.flushbook import StoredFlushbook
from storage.inspection import refuse_nothing
from storage.keyboards import StoredKeyboards
from storage.listings import StoredListings
from storage.lock import WriterLock
from storage.notebook import StoredNotebook
from storage.outbox import StoredOutbox
from storage.past import StoredPast
from storage.pictures import StoredPictures
from storage.presence import KEEPALIVE, Presence
from storage.quarantine import StoredQuarantine
from storage.report import StoredReport
from storage.rulebook import StoredRulebook
from storage.schema import migrate, refuse_other, shipped
from storage.tape import StoredTape
from storage.trouble import opening

SOUND_SQLITE = (3, 51, 3)
"""Older libraries can damage a log that two connections fold at once; here one alone does."""

log = structlog.get_logger()


class Storage:
    """The books of one open database; ``folder`` holds its file, None: it is on a server."""

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self.folder = folder
        self.books = StoredBooks(database)
        self.keyboards = StoredKeyboards(database)
        self.rulebook = StoredRulebook(database)
        self.outbox = StoredOutbox(database)
        self.chats = StoredChats(database)
        self.listings = StoredListings(database)
        self.notebook = StoredNotebook(database)
        self.tape = StoredTape(database)
        self.quarantine = StoredQuarantine(database)
        self.past = StoredPast(database)
        self.archive = StoredArchive(database)
        self.facts = StoredFacts(database)
        self.flushes = StoredFlushbook(database)
        self.pictures = StoredPictures(database)


@asynccontextmanager
async def open_storage(
    url: str | None, data_dir: Path, passing: Passing = unseen
) -> AsyncIterator[Storage]:
    """Open, and bring to this version, the database at ``url``; closed with the block.

    None: the file ``liqwatch.db`` in ``data_dir``, which is made where it is missing. Raises
    ``ConfigError`` for whatever keeps it from opening.
    """
    address = understand(url, data_dir)
    async with AsyncExitStack() as held:
        if address.file is None:
            database = await open_postgresql(address, passing, held)
        else:
            prepare_directory(address.file, make=url is None)
            database = await _open_sqlite(address, address.file, passing, held)
        # SQLite writes beside the file itself, by whatever name that is reached.
        yield Storage(database, address.file.resolve().parent if address.file else None)


@asynccontextmanager
async def open_report(url: str | None, data_dir: Path) -> AsyncIterator[StoredReport]:
    """A read-only look, beside a running bot or without one. Raises ``ConfigError``."""
    address = understand(url, data_dir)
    if address.file is not None:
        refuse_nothing(address.file)
    engine = sqlite_reader(address) if address.file else postgresql_engine(address, size=1)
    try:
        with opening(address):
            await refuse_other(engine, address.shown)
            yield StoredReport(Database(engine, engine, owner=0))
    finally:
        await engine.dispose()


async def _open_sqlite(
    address: Address, file: Path, passing: Passing, held: AsyncExitStack
) -> Database:
    if sqlite3.sqlite_version_info < SOUND_SQLITE:
        log.warning("old SQLite library", version=sqlite3.sqlite_version, advised="3.51.3")
    lock = WriterLock(file)
    lock.seize()
    held.callback(lock.release)
    with opening(address):
        await _migrate(sqlite_migrator(address), address)
    database = sqlite_database(address, passing)
    held.push_async_callback(database.close)
    return database


async def open_postgresql(address: Address, passing: Passing, held: AsyncExitStack) -> Database:
    """As its one writer, brought to this version; it ends with ``held``."""
    owner = secrets.randbits(62)
    own = postgresql_engine(address, size=1, settings=KEEPALIVE)
    presence = Presence(own, address.shown, owner)
    held.push_async_callback(presence.release)
    with opening(address):
        await presence.seize()
        await _migrate(postgresql_engine(address, size=1), address)
    engine = postgresql_engine(address)
    held.push_async_callback(engine.dispose)
    return Database(engine, engine, owner, passing, presence)


async def _migrate(engine: AsyncEngine, address: Address) -> None:
    try:
        await migrate(engine, shipped(), address.shown)
    finally:
        await engine.dispose()


def prepare_directory(file: Path, make: bool) -> None:
    """Of a SQLite file. Raises ``ConfigError``."""
    directory = file.parent
    try:
        if make:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"I cannot make the data directory {directory} ({error.strerror}): make it for this "
            "user, or choose another."
        ) from None
    if not directory.is_dir():
        raise ConfigError(f"There is no directory {directory}: make it, or correct DATABASE_URL.")
    if file.is_dir():
        raise ConfigError(f"{file} is a directory, not a database file: correct DATABASE_URL.")
    # SQLite would open it all the same, and refuse each write.
    if file.exists() and not os.access(file, os.W_OK):
        raise ConfigError(
            f"{file} may not be written: give this user the right to, or choose another."
        )
