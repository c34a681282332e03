"""One interaction that was sent to the bot, and what the bot made of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from tests.doubles.discord_files import kept, show
from tests.doubles.discord_objects import EPHEMERAL, Json, message, new_id


@dataclass
class Exchanged:
    """One interaction and what came back for it; ``shown`` is the message as it reads now."""

    id: int
    token: str
    channel: int
    user: int
    payload: Json = field(default_factory=dict)
    callbacks: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)
    followups: list[Json] = field(default_factory=list)
    shown: Json = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def first(self) -> Json:
        return self.callbacks[0]

    @property
    def ephemeral(self) -> bool:
        return bool(self.first.get("data", {}).get("flags", 0) & EPHEMERAL)

    @property
    def told(self) -> Json:
        """What its asker reads in the end: an edit, a follow-up, or the first answer."""
        later = self.edits + self.followups
        first: Json = self.first.get("data", {})
        return later[-1] if later else first

    def call_back(self, said: Json) -> Json:
        """Take the first answer; the message that shows it."""
        self.callbacks.append(said)
        under = self.payload.get("message", {})
        flags = said.get("data", {}).get("flags", under.get("flags", 0))
        number = int(under["id"]) if said["type"] in (6, 7) else new_id()
        data = {"flags": flags, **(said.get("data") or {})}
        self.shown = under if said["type"] == 6 else self._message(number, data)
        self.changed.set()
        return self.shown

    def edit(self, said: Json) -> Json:
        """Take an edit of what was shown first."""
        self.edits.append(said)
        data = {"flags": self.shown.get("flags", 0), **said}
        self.shown = self._message(int(self.shown["id"]), data)
        self.changed.set()
        return self.shown

    def follow_up(self, said: Json) -> Json:
        """Take one more message."""
        self.followups.append(said)
        self.changed.set()
        return self._message(new_id(), said)

    async def answered(self, edits: int = 0, followups: int = 0) -> Self:
        """Wait for the first answer, and for as many edits and follow-ups."""
        async with asyncio.timeout(5):
            while not (
                self.callbacks and len(self.edits) >= edits and len(self.followups) >= followups
            ):
                self.changed.clear()
                await self.changed.wait()
        return self

    def _message(self, number: int, said: Json) -> Json:
        return show(message(number, self.channel, said, self.user), kept(said, []))
