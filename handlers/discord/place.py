"""Who asks, where, and with what right, read from an interaction.

A slash command is always about its author: rules made by one go to him by direct message, also
where he could manage the server. A server's own alerts are made by ``/setup`` and belong to a
channel; a press on one of them is about that channel.
"""

from collections.abc import Collection, Mapping

import discord

from bot.ports import Mark
from bot.rules import Destination
from handlers.talk import Request

PLATFORM = "discord"
Interaction = discord.Interaction[discord.Client]


def person(interaction: Interaction) -> Destination:
    """The asker's direct messages."""
    return Destination(PLATFORM, interaction.user.id, direct=True)


def place(interaction: Interaction) -> Destination:
    """The channel or thread in which it was asked."""
    channel = interaction.channel
    if channel is None or interaction.guild_id is None:
        return person(interaction)
    return of_channel(channel.id, channel.parent_id if isinstance(channel, discord.Thread) else 0)


def of_channel(channel: int, parent: int = 0) -> Destination:
    """``parent`` is the channel of a thread, 0 for what is no thread."""
    if parent:
        return Destination(PLATFORM, parent, thread=channel)
    return Destination(PLATFORM, channel)


def seen_by_one(interaction: Interaction) -> bool:
    """Whether the pressed message is shown to its reader alone."""
    message = interaction.message
    return interaction.guild_id is None or (message is not None and message.flags.ephemeral)


def pressed_place(interaction: Interaction) -> Destination:
    """Whose message was pressed: an answer is its asker's, an alert in a channel the channel's."""
    message = interaction.message
    answer = message is not None and message.interaction_metadata is not None
    return person(interaction) if answer or seen_by_one(interaction) else place(interaction)


def manages(interaction: Interaction) -> bool:
    """Whether the author may manage the server, as Discord says with this very interaction."""
    rights = interaction.permissions
    return interaction.guild_id is None or rights.manage_guild or rights.administrator


def asked(
    interaction: Interaction,
    within: Collection[int],
    form: str = "",
    options: Mapping[str, str] | None = None,
    private: bool = True,
) -> Request:
    """A filled form; ``within``: the servers by which its author may be allowed."""

    async def may_manage() -> bool:
        return manages(interaction)

    return Request(
        person(interaction),
        interaction.user.id,
        form=form,
        options=options,
        private=private,
        elsewhere=interaction.guild_id is not None,
        place=interaction.channel_id or 0,
        within=within,
        mark=mark_of(interaction),
        may_manage=may_manage,
    )


def pressed(interaction: Interaction, within: Collection[int]) -> Request:
    """A pressed button, or a menu that was used."""

    async def may_manage() -> bool:
        return manages(interaction)

    about = pressed_place(interaction)
    message = interaction.message
    return Request(
        about,
        interaction.user.id,
        private=seen_by_one(interaction),
        pressed=True,
        elsewhere=about.direct and interaction.guild_id is not None,
        place=interaction.channel_id or 0,
        message=message.id if message is not None else 0,
        within=within,
        mark=mark_of(interaction),
        may_manage=may_manage,
    )


def mark_of(interaction: Interaction) -> Mark:
    """The gateway may hand out the same interaction again, after a RESUME."""
    return Mark(f"{PLATFORM}:{interaction.application_id}", interaction.id)
