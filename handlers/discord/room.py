"""A channel as the gateway last told it, with the bot in it; kept for one answer only."""

import discord
import msgspec

from handlers.discord.permissions import Channel, Standing, can_mention, standing


class Room(msgspec.Struct, frozen=True):
    """Never stored: after a fresh READY such objects are stale."""

    channel: Channel
    me: discord.Member

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def bot_name(self) -> str:
        return self.me.name

    def standing(self) -> Standing:
        return standing(self.channel, self.me)

    def rings(self, role: discord.Role) -> bool:
        """Whether a mention of the role would be heard."""
        return can_mention(role, self.channel, self.me)


def room_of(guild: discord.Guild | None, channel: int) -> Room | None:
    """None where the bot is no member of the server, or knows no such channel to write in."""
    if guild is None or guild.me is None or guild.unavailable:
        return None
    found = guild.get_channel_or_thread(channel)
    writable = isinstance(found, (discord.TextChannel, discord.Thread, discord.VoiceChannel))
    return Room(found, guild.me) if found is not None and writable else None


def parent_of(guild: discord.Guild | None, channel: int) -> int:
    """The channel of a thread; 0 for what is no thread."""
    thread = guild.get_thread(channel) if guild else None
    return thread.parent_id if thread else 0
