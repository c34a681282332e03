"""Says something in a channel, a thread or a person's direct messages, and names how it ended."""

from collections import OrderedDict
from hashlib import blake2b

import discord
import structlog

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Outcome, Retry
from bot.ports import Chats
from bot.rules import Destination
from bot.wording.text import Message
from handlers.discord.buttons import buttons_view
from handlers.discord.errors import FAILURES, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, outcome_of
from handlers.discord.style import styled

log = structlog.get_logger()

TIMEOUT_S = 40.0
"""For one delivery: the library repeats a 502 for 25 s until it says so, but would wait for a
silent connection for minutes."""

NOT_CONNECTED_S = 5.0
DIRECT_CHANNELS = 10_000
"""Open direct channels that are remembered; the one unused for longest is opened anew."""


class DiscordNotifier:
    """Fulfils ``bot.ports.Notifier`` over whatever client is logged in; needs REST alone.

    The nonce travels with ``enforce_nonce``: a repeat within minutes is not posted again.
    """

    platform = "discord"

    def __init__(self, chats: Chats, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._chats = chats
        self._clock = clock
        self._timeout_s = timeout_s
        self._client: discord.Client | None = None
        self._direct: OrderedDict[int, int] = OrderedDict()

    def use(self, client: discord.Client | None) -> None:
        """Send over this client from now on; None: there is none."""
        self._client = client

    @property
    def client(self) -> discord.Client | None:
        """What it sends over now."""
        return self._client

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
    ) -> Outcome:
        client = self._client
        if client is None or client.is_closed():
            return Retry(NOT_CONNECTED_S, "not logged in to Discord", platform_wide=True)
        try:
            async with self._clock.timeout(self._timeout_s):
                return await self._delivered(client, destination, message, nonce, edits)
        except FAILURES as error:
            log.info("discord: not delivered", error=type(error).__name__)
            return self._outcome(destination, error)

    async def _delivered(
        self,
        client: discord.Client,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None,
    ) -> Delivered:
        channel = client.get_partial_messageable(await self._channel(client, destination))
        if edits is None:
            return await self._sent(channel, destination, message, nonce)
        try:
            return await _edited(channel, message, edits)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
        return await self._sent(channel, destination, message, f"{nonce} instead of {edits}")

    async def _sent(
        self,
        channel: discord.PartialMessageable,
        destination: Destination,
        message: Message,
        nonce: str,
    ) -> Delivered:
        role = await self._role(destination) if message.loud else 0
        text = styled(message, f"<@&{role}>" if role else "")
        try:
            sent = await channel.send(
                text.content,
                nonce=short_nonce(nonce),
                allowed_mentions=_mentioning(role),
                embeds=text.embeds,
                view=buttons_view(message.buttons),
            )
        except discord.NotFound as error:
            # It was sent under this nonce before, and somebody has deleted it since.
            if error.code != UNKNOWN_MESSAGE:
                raise
            return Delivered(0)
        return Delivered(sent.id)

    async def _role(self, destination: Destination) -> int:
        return 0 if destination.direct else (await self._chats.get(destination)).role

    async def _channel(self, client: discord.Client, destination: Destination) -> int:
        if not destination.direct:
            return destination.thread or destination.chat
        if (known := self._direct.get(destination.chat)) is None:
            opened = await client.create_dm(discord.Object(destination.chat))
            known = self._direct[destination.chat] = opened.id
        self._direct.move_to_end(destination.chat)
        while len(self._direct) > DIRECT_CHANNELS:
            self._direct.popitem(last=False)
        return known

    def _outcome(self, destination: Destination, error: Exception) -> Outcome:
        if destination.direct and isinstance(error, discord.NotFound):
            # A direct channel is opened anew before a person is given up.
            known = self._direct.pop(destination.chat, None)
            if known is not None and error.code == UNKNOWN_CHANNEL:
                return Retry(NOT_CONNECTED_S, "the direct channel was closed")
        return outcome_of(error)


async def _edited(channel: discord.PartialMessageable, message: Message, edits: int) -> Delivered:
    text = styled(message)
    await channel.get_partial_message(edits).edit(
        content=text.content,
        embeds=text.embeds,
        view=buttons_view(message.buttons),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    return Delivered(edits)


def short_nonce(nonce: str) -> str:
    """At most 25 characters, the same for the same words."""
    return nonce if len(nonce) <= 25 else blake2b(nonce.encode(), digest_size=12).hexdigest()


def _mentioning(role: int) -> discord.AllowedMentions:
    mentions = discord.AllowedMentions.none()
    if role:
        mentions.roles = [discord.Object(role)]
    return mentions
