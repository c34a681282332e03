"""Writes down what is told: one batch after the other, and each until storage has it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.story.batch import Batch

PAUSE_S = 1.0

log = structlog.get_logger()


class Store(Protocol):
    """As much of ``bot.ports.Flushbook`` as is needed."""

    async def store(self, batch: Batch, now_ms: int) -> None: ...


class Scribe:
    """``stored`` is called after posts were committed: there is something to deliver.

    What a cancelled caller left behind is kept and written before anything else.
    """

    def __init__(self, store: Store, real: Clock, stored: Callable[[], None]) -> None:
        self._store = store
        self._real = real
        self._stored = stored
        self._waiting: list[Batch] = []
        self._writing = asyncio.Lock()

    async def write(self, *batches: Batch) -> None:
        """In the order in which they were handed over; returns when all of it is stored."""
        self._waiting += filled(batches)
        async with self._writing:
            while self._waiting:
                await self._until_stored(self._waiting[0])
                del self._waiting[0]

    async def _until_stored(self, batch: Batch) -> None:
        while True:
            try:
                await self._store.store(batch, self._real.now_ms())
            except StoreError as error:
                log.error("a story waits for storage", reason=str(error), posts=len(batch.posts))
                await self._real.sleep(PAUSE_S)
            else:
                break
        if batch.posts:
            self._stored()


def filled(batches: Iterable[Batch]) -> list[Batch]:
    """Those that hold anything."""
    return [batch for batch in batches if batch]
