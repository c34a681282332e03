"""The engines, made so that no write is lost, and the two ways to use them: write and read.

SQLite has one writing connection that begins every transaction IMMEDIATE, and readers that cannot
write; PostgreSQL has one engine, and every read before a write locks its row.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

import structlog
from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.landmarks import Passing, unseen
from storage.address import Address
from storage.presence import AbsentError, Presence
from storage.trouble import code_of, using

T = TypeVar("T")

BUSY_TIMEOUT_MS = 15_000
READERS = 4
TRIES = 4
COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization failure and deadlock: the same transaction again is right."""

log = structlog.get_logger(__name__)

_BOTH = (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", "PRAGMA foreign_keys=ON")
_WRITER = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Database:
    """The engines of one open database. ``owner`` marks the leases of this process.

    Without a ``presence`` something else keeps a second writer away.
    """

    def __init__(
        self,
        writer: AsyncEngine,
        reader: AsyncEngine,
        owner: int,
        passing: Passing = unseen,
        presence: Presence | None = None,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._passing = passing
        self._presence = presence
        self.owner = owner

    @property
    def on_postgresql(self) -> bool:
        return self._writer.dialect.name == "postgresql"

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction that is on disk when this returns.

        ``work`` may run again after a collision with another process. A cancelled caller waits
        for the transaction's end: half of one never stays behind. Raises ``StoreError``.
        """
        task = asyncio.create_task(self._transaction(work), name="storage write")
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await _end_of(task)
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent view that waits for no writer. Raises ``StoreError``."""
        with using():
            session = AsyncSession(self._reader, expire_on_commit=False)
            try:
                yield session
            finally:
                await _closed(session)

    async def close(self) -> None:
        """Readers first, so that the writer is the one that folds the log into the file."""
        await self._reader.dispose()
        await self._writer.dispose()

    async def _transaction(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        with using():
            for _ in range(TRIES - 1):
                try:
                    return await self._once(work)
                except AbsentError as lost:
                    await lost.presence.retake(lost.holding)
                except DBAPIError as error:
                    if code_of(error) not in COLLISIONS:
                        raise
            return await self._once(work)

    async def _once(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with AsyncSession(self._writer, expire_on_commit=False) as session:
            async with session.begin():
                if self._presence is not None:
                    await self._presence.confirm(session)
                result = await work(session)
                await session.flush()
                self._passing("write begun")
            self._passing("write committed")
            return result


async def _closed(session: AsyncSession) -> None:
    """Whole, also for a reader who is cancelled: else its connection goes back half reset."""
    closing = asyncio.create_task(session.close(), name="close")
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await _end_of(closing)
        raise


async def _end_of(task: "asyncio.Task[Any]") -> None:
    """Wait without passing cancellation on; the caller raises it afterwards."""
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    if not task.cancelled() and (error := task.exception()):
        log.warning("storage failed after its caller was cancelled", error=str(error))


async def replace_rows(
    session: AsyncSession, table: type[SQLModel], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert, or take the place of the row of the same key; the caller commits."""
    if not rows:
        return
    key = [column.name for column in table.metadata.tables[str(table.__tablename__)].primary_key]
    new = insert_into(session, table)
    values = {name: new.excluded[name] for name in rows[0] if name not in key}
    replacing = new.on_conflict_do_update(index_elements=key, set_=values)
    await (await session.connection()).execute(replacing, list(rows))


def insert_into(
    session: AsyncSession, table: type[SQLModel]
) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, which both databases spell alike."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def sqlite_database(address: Address, passing: Passing = unseen) -> Database:
    writer = _sqlite_engine(address, "BEGIN IMMEDIATE", (*_BOTH, *_WRITER), 1)
    reader = _sqlite_engine(address, "BEGIN", (*_BOTH, *_READER), READERS)
    return Database(writer, reader, 0, passing)


def sqlite_reader(address: Address) -> AsyncEngine:
    """Read-only down to the operating system, beside a running bot."""
    name = quote(str(address.url.database))
    url = address.url.set(database=f"file:{name}", query={"mode": "ro", "uri": "true"})
    return _sqlite_engine(
        Address(url=url, file=address.file, shown=address.shown), "BEGIN", (*_BOTH, *_READER), 1
    )


def sqlite_migrator(address: Address) -> AsyncEngine:
    """Foreign keys off: a batch migration with them on would delete the children."""
    pragmas = (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", "PRAGMA foreign_keys=OFF", *_WRITER)
    return _sqlite_engine(address, "BEGIN IMMEDIATE", pragmas, 1)


def postgresql_engine(
    address: Address, size: int = 8, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncEngine:
    return create_async_engine(
        address.url,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": 10,
            "command_timeout": 60,
            "server_settings": {"application_name": "liqwatch", **settings},
        },
    )


def _sqlite_engine(
    address: Address, begin: str, pragmas: tuple[str, ...], size: int
) -> AsyncEngine:
    engine = create_async_engine(
        address.url, pool_size=size, max_overflow=0, pool_timeout=60, hide_parameters=True
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver would begin on its own, late and deferred: two readers that both go on to
        # write then overwrite each other or fail at once, whatever the busy timeout.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
