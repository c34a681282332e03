"""Everything that can come in from Discord, and whose it is."""

from typing import Any

from discord import app_commands

from bot.ports import Notifier
from handlers.discord.admission import Admission
from handlers.discord.breakage import Breakage
from handlers.discord.commands import SlashCommands
from handlers.discord.conversation import Conversation
from handlers.discord.departures import Departures
from handlers.discord.place import Interaction
from handlers.discord.presses import Presses
from handlers.discord.respond import Responder
from handlers.discord.setup import Setup
from handlers.discord.setup_acts import Acts

SlashCommand = app_commands.Command[Any, ..., None] | app_commands.Group
Channels = list[tuple[int, int]]
"""Each with the channel it is a thread of, or 0."""


class Doors:
    """Slash commands, presses, what breaks of them, and removals; for one client after another."""

    def __init__(
        self,
        conversation: Conversation,
        notifier: Notifier,
        responder: Responder,
        admission: Admission,
    ) -> None:
        house = conversation.house
        self._slash = SlashCommands(conversation, responder, admission)
        self._setup = Setup(house, Acts(house, notifier), responder, admission)
        self._presses = Presses(conversation, responder, admission, self._setup)
        self._departures = Departures(house)
        self._breakage = Breakage(house, responder)

    def commands(self) -> list[SlashCommand]:
        """Made anew: the library binds each to one client's tree."""
        return [*self._slash.build(), self._setup.command()]

    async def pressed(self, interaction: Interaction) -> None:
        await self._presses.press(interaction)

    async def broke(self, interaction: Interaction, error: BaseException) -> None:
        await self._breakage.of(interaction, error)

    async def removed(self, channels: Channels, reason: str) -> None:
        await self._departures.removed(channels, reason)
