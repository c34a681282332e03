"""Who cannot be reached any more, and who can be again."""

from collections.abc import Sequence

import structlog

from bot.errors import StoreError
from handlers.answers.standing import found_again, given_up
from handlers.discord.place import Interaction, of_channel, person
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


async def returned(interaction: Interaction, house: House) -> None:
    """Who asks by direct message can be written to there; elsewhere that is yet to be proved."""
    if interaction.guild_id is not None:
        return
    try:
        await found_again(person(interaction), house)
    except StoreError as error:
        log.warning("discord: a person could not be taken up again", reason=str(error))
