"""The engines, made so that no write is lost, and the two ways to use them: write and read.

SQLite has one writing connection that begins every transaction IMMEDIATE, and readers that cannot
write; PostgreSQL has one engine, and every read before a write locks its row.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import StoreError
from storage.address import Address

T = TypeVar("T")

BUSY_TIMEOUT_MS = 15_000
READERS = 4
TRIES = 4
COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization failure and deadlock: the same transaction again is right."""

TROUBLE = (OperationalError, InterfaceError, NoConnectionFree, OSError)
"""Locked, full, unreachable: the database's state, not our mistake. TimeoutError is an OSError."""

PASSING = ("08", "25006", "40", "53", "55", "57", "58")
"""How PostgreSQL's codes of the same troubles begin; its driver raises them as plain errors."""

log = structlog.get_logger(__name__)

_BOTH = (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", "PRAGMA foreign_keys=ON")
_WRITER = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Database:
    """The engines of one open database. ``owner`` marks the leases of this process."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, owner: int) -> None:
        self._writer = writer
        self._reader = reader
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
        with _named_trouble():
            async with (
                AsyncSession(self._reader, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session

    async def close(self) -> None:
        """Readers first, so that the writer is the one that folds the log into the file."""
        await self._reader.dispose()
        await self._writer.dispose()

    async def _transaction(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        with _named_trouble():
            for _ in range(TRIES - 1):
                try:
                    return await self._once(work)
                except DBAPIError as error:
                    if _code(error) not in COLLISIONS:
                        raise
            return await self._once(work)

    async def _once(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            return await work(session)


@contextmanager
def _named_trouble() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, *TROUBLE) as error:
        if not (isinstance(error, TROUBLE) or _code(error).startswith(PASSING)):
            raise
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(f"the database could not be used: {cause}") from error


def _code(error: BaseException) -> str:
    """PostgreSQL's five characters; none for whatever else failed."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


async def _end_of(task: "asyncio.Task[Any]") -> None:
    """Wait without passing cancellation on; the caller raises it afterwards."""
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    if not task.cancelled() and (error := task.exception()):
        log.warning("a write failed after its caller was cancelled", error=str(error))


def insert_into(
    session: AsyncSession, table: type[SQLModel]
) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, which both databases spell alike."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def sqlite_database(address: Address) -> Database:
    writer = _sqlite_engine(address, "BEGIN IMMEDIATE", (*_BOTH, *_WRITER), 1)
    reader = _sqlite_engine(address, "BEGIN", (*_BOTH, *_READER), READERS)
    return Database(writer, reader, owner=0)


def sqlite_reader(address: Address) -> AsyncEngine:
    """Read-only down to the operating system, beside a running bot."""
    url = address.url.set(
        database=f"file:{address.url.database}", query={"mode": "ro", "uri": "true"}
    )
    return _sqlite_engine(
        Address(url=url, file=address.file, shown=address.shown), "BEGIN", (*_BOTH, *_READER), 1
    )


def sqlite_migrator(address: Address) -> AsyncEngine:
    """Foreign keys off: a batch migration with them on would delete the children."""
    pragmas = (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", "PRAGMA foreign_keys=OFF", *_WRITER)
    return _sqlite_engine(address, "BEGIN IMMEDIATE", pragmas, 1)


def postgresql_engine(address: Address, size: int = 8) -> AsyncEngine:
    return create_async_engine(
        address.url,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": 10,
            "command_timeout": 60,
            "server_settings": {"application_name": "liqwatch"},
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
