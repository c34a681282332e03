"""One interaction that was sent to the bot, and what the bot made of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from tests.doubles.discord_objects import EPHEMERAL, Json


@dataclass
class Exchanged:
    """One interaction and what came back for it."""

    id: int
    token: str
    channel: int
    user: int
    callbacks: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)
    followups: list[Json] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def first(self) -> Json:
        return self.callbacks[0]

    @property
    def ephemeral(self) -> bool:
        return bool(self.first.get("data", {}).get("flags", 0) & EPHEMERAL)

    async def answered(self, edits: int = 0, followups: int = 0) -> Self:
        """Wait for the first answer, and for as many edits and follow-ups."""
        async with asyncio.timeout(5):
            while not (
                self.callbacks and len(self.edits) >= edits and len(self.followups) >= followups
            ):
                self.changed.clear()
                await self.changed.wait()
        return self
