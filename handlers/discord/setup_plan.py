"""What ``/setup`` is about to do: each of its components stands for a verb and the whole plan."""

from typing import Self

import msgspec

from bot.rules import Destination
from handlers.discord.place import of_channel

PREFIX = "setup|"


class Plan(msgspec.Struct, frozen=True):
    """``parent`` is 0 unless ``channel`` is a thread; ``role`` 0 mentions nobody."""

    channel: int
    parent: int = 0
    preset: str = ""
    role: int = 0
    share: bool = False

    @property
    def destination(self) -> Destination:
        return of_channel(self.channel, self.parent)

    def action(self, verb: str) -> str:
        """What is stored behind a component."""
        parts = (verb, self.channel, self.parent, self.preset, self.role, int(self.share))
        return PREFIX + "|".join(str(part) for part in parts)

    @classmethod
    def read(cls, action: str) -> tuple[str, Self]:
        """The verb and the plan of an action that was stored."""
        verb, channel, parent, preset, role, share = action.removeprefix(PREFIX).split("|")
        return verb, cls(int(channel), int(parent), preset, int(role), share == "1")
