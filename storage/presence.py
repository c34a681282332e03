"""One writing process at a time on PostgreSQL: a lock that lives and dies with a connection.

A connection of its own holds two locks for as long as the process lives: the writer's, which there
is once in a database, and one by the process's own number, by which others see that it lives. Each
transaction first takes its share of a third, the writing lock, and then makes sure that the process
still has its number. Whoever becomes the writer waits for the whole writing lock, so a predecessor
that lost its connection finishes what it had begun, and begins nothing more.
"""

import asyncio
from contextlib import AsyncExitStack

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import InUseError, StoreError
from storage.trouble import code_of

WRITER = {"room": 0x11C3A7, "which": 1}
WRITING = {"room": 0x11C3A7, "which": 2}
"""The numbers of our locks; they are known within one database only."""

PATIENCE_MS = 2_000
"""So long a start waits for the writer's lock: a server needs a moment to miss who was killed."""

AGAIN_MS = 300
LAST_MS = 10_000
"""So long a new writer waits for the last transaction of its predecessor."""

KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""A machine that vanished without a word holds the lock for a minute then, not for two hours."""

_CONFIRM = text(
    "SELECT pg_advisory_xact_lock_shared(:room, :which), pg_try_advisory_xact_lock_shared(:owner)"
)

LOCK_NOT_AVAILABLE = "55P03"

log = structlog.get_logger()


class AbsentError(StoreError):
    """The connection that held the lock is gone; ``holding`` is which one it was."""

    def __init__(self, presence: "Presence", holding: int) -> None:
        super().__init__("the database could not be used: the connection to it was lost")
        self.presence = presence
        self.holding = holding


class Presence:
    """Held from ``seize`` to ``release``, and taken again when its connection breaks.

    ``engine`` is its own, with one connection; ``owner`` the number of this process.
    """

    def __init__(self, engine: AsyncEngine, shown: str, owner: int) -> None:
        self._engine = engine
        self._shown = shown
        self._owner = owner
        self._connection: AsyncConnection | None = None
        self._holding = 0
        self._taking = asyncio.Lock()

    async def seize(self) -> None:
        """Raise ``InUseError`` when another process writes to this database."""
        await self._take(PATIENCE_MS)

    async def confirm(self, session: AsyncSession) -> None:
        """First of all in a transaction: nobody else writes until it ends.

        Raises ``AbsentError`` when the connection that held the lock is gone.
        """
        holding = self._holding
        numbers = {**WRITING, "owner": self._owner}
        shared = (await (await session.connection()).execute(_CONFIRM, numbers)).one()
        # That our own number can be shared shows that nobody holds it any more.
        if shared[1]:
            raise AbsentError(self, holding)

    async def retake(self, holding: int) -> None:
        """After that one was lost. Raises ``StoreError`` while another process is the writer."""
        async with self._taking:
            if self._holding != holding:
                return  # another transaction was quicker
            await self._drop()
            try:
                await self._take(AGAIN_MS)
            except InUseError:
                raise StoreError(
                    "another Liqwatch has taken over the database: this one writes nothing more "
                    "until that one stops"
                ) from None
            log.warning("the connection that holds the database was lost; it is held again")

    async def release(self) -> None:
        await self._drop()
        await self._engine.dispose()

    async def _take(self, patience_ms: int) -> None:
        async with AsyncExitStack() as undo:
            connection = await self._engine.connect()
            undo.push_async_callback(_end, connection)
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await self._lock(connection, patience_ms)
            undo.pop_all()
        self._connection = connection
        self._holding += 1

    async def _lock(self, connection: AsyncConnection, patience_ms: int) -> None:
        if not await _locked(connection, WRITER, patience_ms):
            raise InUseError(
                f"Another Liqwatch is already running on {self._shown}: stop it first, or choose "
                "another database."
            )
        await connection.execute(text("SELECT pg_advisory_lock(:owner)"), {"owner": self._owner})
        if not await _locked(connection, WRITING, LAST_MS):
            raise InUseError(
                f"{self._shown} is still being written by a Liqwatch that does not end: stop it."
            )
        await connection.execute(text("SELECT pg_advisory_unlock(:room, :which)"), WRITING)

    async def _drop(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await _end(connection)


async def _locked(connection: AsyncConnection, lock: dict[str, int], patience_ms: int) -> bool:
    await connection.execute(text(f"SET lock_timeout = {patience_ms}"))
    try:
        await connection.execute(text("SELECT pg_advisory_lock(:room, :which)"), lock)
    except DBAPIError as error:
        if code_of(error) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


async def _end(connection: AsyncConnection) -> None:
    """Of the session on the server too: what it held is free."""
    await connection.invalidate()
    await connection.close()
