"""What ``/setup`` is about to do: small enough to ride in each of its components' ids."""

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
        """At most 80 of the 100 characters of an id."""
        parts = (verb, self.channel, self.parent, self.preset, self.role, int(self.share))
        return PREFIX + "|".join(str(part) for part in parts)

    @classmethod
    def read(cls, custom_id: str) -> tuple[str, Self] | None:
        """The verb and the plan of an id; None where it is none of ours."""
        parts = custom_id.removeprefix(PREFIX).split("|")
        if not custom_id.startswith(PREFIX) or len(parts) != 6:
            return None
        verb, channel, parent, preset, role, share = parts
        if not all(number.isascii() and number.isdigit() for number in (channel, parent, role)):
            return None
        return verb, cls(int(channel), int(parent), preset, int(role), share == "1")
