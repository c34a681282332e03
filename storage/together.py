"""One transaction for all who want to write at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.errors import StoreError

T = TypeVar("T")


class Group(Generic[T]):
    """What is written together, and how that went."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self.written = False
        self.trouble: StoreError | None = None


class Together(Generic[T]):
    """What arrives while a write is under way shares the next one.

    ``write`` must bear being given the same items again: a caller that is cancelled during the
    write leaves it to the others to find out how it went.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._next: Group[T] = Group()

    async def add(self, item: T) -> None:
        """Return when it is on disk. Raises what the write raised, ``StoreError`` among others."""
        group = self._next
        group.items.append(item)
        async with self._turn:
            if group is self._next:
                self._next = Group()
            if not group.written and group.trouble is None:
                await self._try(group)
        if group.trouble is not None:
            raise StoreError(str(group.trouble)) from group.trouble

    async def _try(self, group: Group[T]) -> None:
        try:
            await self._write(group.items)
        except StoreError as error:
            group.trouble = error
        else:
            group.written = True
