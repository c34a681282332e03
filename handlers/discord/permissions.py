"""What the bot may do in a channel, what it lacks there, and how that is mended."""

from collections.abc import Sequence

import discord
import msgspec

Channel = discord.abc.GuildChannel | discord.Thread


class Ability(msgspec.Struct, frozen=True):
    """``name`` is Discord's own word for the permission, ``does`` ours."""

    flag: str
    name: str
    does: str
    optional: bool = False


THREADS = Ability("send_messages_in_threads", "Send Messages in Threads", "use threads", True)
ABILITIES = (
    Ability("view_channel", "View Channel", "see it"),
    Ability("send_messages", "Send Messages", "write"),
    Ability("embed_links", "Embed Links", "embeds"),
    Ability("attach_files", "Attach Files", "pictures"),
    THREADS,
)
IN_A_THREAD = (*ABILITIES[:1], msgspec.structs.replace(THREADS, optional=False), *ABILITIES[2:4])


class Standing(msgspec.Struct, frozen=True):
    """What the bot has in a channel and what not."""

    has: tuple[Ability, ...]
    lacks: tuple[Ability, ...]

    @property
    def missing(self) -> tuple[Ability, ...]:
        """Without these there is nothing to switch on."""
        return tuple(ability for ability in self.lacks if not ability.optional)


def standing(channel: Channel, me: discord.Member) -> Standing:
    """As the gateway last told: roles and overwrites of the channel included."""
    granted = channel.permissions_for(me)
    wanted = IN_A_THREAD if isinstance(channel, discord.Thread) else ABILITIES
    has = tuple(ability for ability in wanted if getattr(granted, ability.flag))
    return Standing(has, tuple(ability for ability in wanted if ability not in has))


def mending(channel_name: str, missing: Sequence[Ability], bot_name: str) -> list[str]:
    """One line a permission: what is off and the way to turn it on."""
    return [
        f"❌ {ability.name} is off for me there. "
        f"Channel → Edit → Permissions → {bot_name} → {ability.name} ✓"
        for ability in missing
    ]


def can_mention(role: discord.Role, channel: Channel, me: discord.Member) -> bool:
    """Whether a mention of the role would ring."""
    return role.mentionable or channel.permissions_for(me).mention_everyone
