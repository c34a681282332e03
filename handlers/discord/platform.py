"""Discord as a platform: logs in, listens, sends, and says in one sentence what stops it."""

from collections.abc import Callable
from contextlib import AsyncExitStack

import discord
import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.delivery.pacing import Limits
from bot.errors import ConfigError
from bot.feed.web import proxy_for
from bot.ports import Chats, Notebook
from handlers.discord.client import LONGEST_RATE_LIMIT_S, LiqwatchClient
from handlers.discord.conversation import Conversation, conversation_of
from handlers.discord.doors import Doors
from handlers.discord.endpoints import greets, point_at
from handlers.discord.errors import FAILURES
from handlers.discord.identifies import Identifies, IdentifyBudgetSpentError
from handlers.discord.notify import DiscordNotifier
from handlers.discord.place import PLATFORM
from handlers.discord.respond import DEFER_AFTER_S, Responder
from handlers.talk import House

log = structlog.get_logger()

PERMISSIONS = 274_878_024_704
"""View Channel, Send Messages, Send in Threads, Embed Links, Attach Files, Read History."""

LONGEST_PAUSE_S = 6.0
"""What the library may sleep inside a delivery, which holds up others meanwhile; a channel's
longer limit comes back to our own schedule. Its option takes no less than 30 s, and below the
usual window of 5 s it would refuse what is still allowed."""

SCOPES = ("bot", "applications.commands")
CHECK_S = 20.0

BAD_TOKEN = "Discord refused the token: put a new DISCORD_TOKEN in .env and restart."  # noqa: S105
BAD_INTENTS = "Discord refused the gateway intents; Liqwatch asks for none that need approval."
_FATAL = {
    4004: BAD_TOKEN,
    4010: "Discord refused the shard; remove whatever shards this bot.",
    4011: "This bot is in too many servers for one connection; it needs sharding.",
    4012: "Discord no longer speaks this gateway version; update Liqwatch.",
    4013: BAD_INTENTS,
    4014: BAD_INTENTS,
}

LIMITS = Limits(per_second=40, chat_gap_s=1.0)
"""Below Discord's global 50 a second; its library reads the routes' own limits from headers, but
sleeps on them inside the call. A channel usually takes 5 in 5 s: so it seldom has to."""


class DiscordPlatform:
    """Two clients: one that speaks over REST and outlives every trouble of the gateway, and one
    that listens, made anew for each try."""

    name = PLATFORM
    limits = LIMITS

    def __init__(
        self,
        token: str,
        api_url: str,
        gateway_url: str,
        real_clock: Clock,
        notebook: Notebook,
        chats: Chats,
        proxy: str | None = None,
        *,
        converse: Callable[[House], Conversation] = conversation_of,
        defer_after_s: float = DEFER_AFTER_S,
        backoff: Backoff | None = None,
    ) -> None:
        self._token = token
        self._gateway_url = gateway_url
        self._clock = real_clock
        self._notebook = notebook
        self._proxy = proxy_for(api_url, proxy)
        self._converse = converse
        self._responder = Responder(real_clock, defer_after_s)
        self._backoff = backoff or Backoff(first_s=1.0)
        self._identifies = Identifies()
        self._speaker: discord.Client | None = None
        self._application = 0
        self.notifier = DiscordNotifier(chats, real_clock)
        point_at(api_url, gateway_url)
        # The library asks for packages that only voice needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

    async def run(self, house: House) -> None:
        """Serve until cancelled. Raises ``ConfigError`` where trying again cannot help.

        What nobody foresaw (a malformed dispatch) comes out as it is, for the supervisor.
        """
        doors = Doors(self._converse(house), self.notifier, self._responder)
        try:
            while True:
                started = self._clock.monotonic()
                wait_s = await self._served(doors)
                healthy_s = self._clock.monotonic() - started
                await self._clock.sleep(max(wait_s, self._backoff.after(healthy_s)))
        finally:
            await self._hush()

    async def check(self) -> tuple[bool, str]:
        """Whether Discord can be used from here, and a sentence; two calls and one connection."""
        try:
            async with self._clock.timeout(CHECK_S), self._plain_client() as client:
                await client.login(self._token)
                self._application = client.application_id or 0
                heard = await greets(self._gateway_url, self._proxy)
        except discord.LoginFailure:
            return False, BAD_TOKEN
        except FAILURES as error:
            return False, f"Discord cannot be reached from here ({type(error).__name__})."
        if not heard:
            return (
                False,
                "Discord's gateway does not answer as a gateway; check DISCORD_GATEWAY_URL.",
            )
        return True, f"Discord knows this bot as {client.user}. Invite it: {self.invite_link()}"

    async def close(self) -> None:
        """Close what speaks, after the last delivery."""
        await self._hush()

    def invite_link(self) -> str | None:
        """The link that adds the bot to a server; None before ``check`` or ``run`` logged in."""
        if not self._application:
            return None
        return discord.utils.oauth_url(
            self._application, permissions=discord.Permissions(PERMISSIONS), scopes=SCOPES
        )

    async def _served(self, doors: Doors) -> float:
        """One try; the seconds that must pass before the next."""
        try:
            await self._speak()
            await self._listen(doors)
        except discord.LoginFailure:
            raise ConfigError(BAD_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise ConfigError(BAD_INTENTS) from None
        except discord.ConnectionClosed as closed:
            if closed.code in _FATAL:
                raise ConfigError(_FATAL[closed.code]) from None
            log.warning("discord: connection closed", code=closed.code)
        except IdentifyBudgetSpentError as spent:
            log.error("discord: too many connections today", wait_s=round(spent.wait_s))
            return spent.wait_s
        except FAILURES as error:
            log.warning("discord: connection lost", error=type(error).__name__)
        return 0.0

    async def _speak(self) -> None:
        """Log the speaking client in, once."""
        if self._speaker is not None:
            return
        async with AsyncExitStack() as closing:
            client = await closing.enter_async_context(self._plain_client())
            client.http.max_ratelimit_timeout = LONGEST_PAUSE_S
            await client.login(self._token)
            closing.pop_all()
        self._speaker = client
        self._application = client.application_id or 0
        self.notifier.use(client)

    async def _listen(self, doors: Doors) -> None:
        async with self._client(doors) as client:
            await client.login(self._token)
            await client.connect(reconnect=False)

    async def _hush(self) -> None:
        speaker, self._speaker = self._speaker, None
        self.notifier.use(None)
        if speaker is not None:
            await speaker.close()

    def _plain_client(self) -> discord.Client:
        return discord.Client(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            proxy=self._proxy,
        )

    def _client(self, doors: Doors) -> LiqwatchClient:
        return LiqwatchClient(
            doors,
            lambda: self._identifies.spend(self._clock.monotonic()),
            self._responder,
            self._notebook,
            self._proxy,
        )
