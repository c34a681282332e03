"""What follows when the bot was removed from a server or a channel was deleted."""

from collections.abc import Sequence

import structlog

from handlers.answers.standing import given_up
from handlers.discord.place import of_channel
from handlers.talk import House

log = structlog.get_logger()


class Departures:
    """Heard while connected only; what was missed shows at the next delivery."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def removed(self, channels: Sequence[tuple[int, int]], reason: str) -> None:
        """Channels that have alerts are gone until ``/setup`` is used there again."""
        for channel, parent in channels:
            destination = of_channel(channel, parent)
            if await self._house.rulebook.of(destination):
                await given_up(destination, self._house, reason)
                log.info("discord: a channel is gone", reason=reason)
