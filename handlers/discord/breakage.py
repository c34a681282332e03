"""A command or a press that broke: a line in the log, a sentence for its asker, and a record."""

import asyncio

import discord
import structlog
from discord import app_commands

from bot.errors import StoreError
from handlers.discord.place import Interaction, mark_of
from handlers.discord.respond import Responder
from handlers.routing.broken import place_of
from handlers.talk import House

KINDS = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.component: "press",
}
"""What somebody waits for; else it was a completion while he types, and he types on."""

log = structlog.get_logger()


class Breakage:
    """Its effect, if it had one, is on disk; asked again it is tried again."""

    def __init__(self, house: House, responder: Responder) -> None:
        self._house = house
        self._responder = responder

    async def of(self, interaction: Interaction, error: BaseException) -> None:
        """Nothing that was said, and no error's own words, are kept."""
        cause = cause_of(error)
        kind, name = KINDS.get(interaction.type, ""), type(cause).__name__
        log.error(
            "discord: an interaction was given up",
            kind=kind or interaction.type.name,
            error=name,
            at=place_of(cause),
        )
        if not kind:
            return
        async with asyncio.TaskGroup() as group:  # a slow disk must not cost the three seconds
            group.create_task(self._recorded(interaction, kind, name), name="discord: a record")
            group.create_task(self._responder.apologise(interaction), name="discord: an apology")

    async def _recorded(self, interaction: Interaction, kind: str, error: str) -> None:
        try:
            await self._house.failed(mark_of(interaction), kind, error)
        except StoreError as trouble:
            log.error("a failure could not be recorded", reason=str(trouble))


def cause_of(error: BaseException) -> BaseException:
    """What was raised first, out of the library's wrapping and a group's."""
    if isinstance(error, app_commands.CommandInvokeError):
        return cause_of(error.original)
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return cause_of(error.exceptions[0])
    return error
