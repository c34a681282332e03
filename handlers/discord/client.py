"""One connection to Discord: slash commands and presses come in, removals are noticed."""

import sys
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.ports import Notebook
from handlers.discord.doors import Doors
from handlers.discord.place import Interaction
from handlers.discord.sync import sync_when_changed
from handlers.routing.broken import place_of

log = structlog.get_logger()

LONGEST_RATE_LIMIT_S = 30.0
"""The least that the library takes; who waits for an answer would not wait longer."""


class Ears(discord.app_commands.CommandTree[discord.Client]):
    """The library's dispatch of slash commands; what breaks in one is told to its asker."""

    def __init__(self, client: discord.Client, doors: Doors) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self._doors = doors

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await self._doors.broke(interaction, error)


class LiqwatchClient(discord.Client):
    """Lives for one try of the supervisor; hears guilds and interactions, keeps no members.

    ``identifies`` is called before each IDENTIFY and may raise; ``heard`` when Discord has told of
    its servers.
    """

    def __init__(
        self,
        doors: Doors,
        identifies: Callable[[], None],
        heard: Callable[[], None],
        notebook: Notebook,
        trace: aiohttp.TraceConfig,
        proxy: str | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            http_trace=trace,
            proxy=proxy,
        )
        self._doors = doors
        self._identifies = identifies
        self._heard = heard
        self._notebook = notebook
        self._ears = Ears(self, doors)
        for command in doors.commands():
            self._ears.add_command(command)

    async def setup_hook(self) -> None:
        await sync_when_changed(self._ears, self.application_id or 0, self._notebook)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self._identifies()
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_ready(self) -> None:
        self._heard()

    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await self._doors.pressed(interaction)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        lost = [(channel.id, 0) for channel in guild.channels]
        lost += [(thread.id, thread.parent_id) for thread in guild.threads]
        await self._doors.removed(lost, "removed from the server")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._doors.removed([(channel.id, 0)], "the channel was deleted")

    async def on_thread_delete(self, thread: discord.Thread) -> None:
        await self._doors.removed([(thread.id, thread.parent_id)], "the thread was deleted")

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """One press that breaks breaks alone."""
        error = sys.exc_info()[1]
        if error is None:
            return
        if args and isinstance(args[0], discord.Interaction):
            await self._doors.broke(args[0], error)
            return
        kind, at = type(error).__name__, place_of(error)
        log.error("discord: an event broke", of=event_method, error=kind, at=at)
