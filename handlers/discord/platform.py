"""Discord as a platform: logs in, listens, sends, and says in one sentence what stops it."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

import aiohttp
import discord
import structlog

from bot.allowed import Allowed
from bot.backoff import Backoff
from bot.clock import Clock
from bot.delivery.listening import Listening
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.errors import ConfigError, TokenRefusedError
from bot.feed.web import proxy_for
from bot.ports import Chats, Keyboards, Notebook
from bot.rules import Destination
from handlers.discord.admission import Admission
from handlers.discord.answers import Answers
from handlers.discord.breaker import Breaker
from handlers.discord.calls import TIMEOUT_S, Calls
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
"""What the library may sleep for a bucket that ``Answers`` could not keep from being used up; a
longer one comes back to our own schedule. Its option takes no less than 30 s, and below the usual
window of 5 s it would refuse what is still allowed."""

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

OURSELVES = Destination(PLATFORM, 0)
LOGIN = 2
"""Calls of the library: who we are, and what application."""

LIMITS = Limits(per_second=50, slots=16)
"""Discord's global limit (docs.discord.com, topics/rate-limits). What a channel takes must not be
assumed, says the same page: ``Answers`` reads it from the routes' headers. Sixteen calls of 300 ms
make 50 a second; for who repeats one of them after a crash there is the nonce."""


class DiscordPlatform:
    """Two clients: one that speaks over REST and outlives every trouble of the gateway, and one
    that listens, made anew for each try."""

    name = PLATFORM

    def __init__(
        self,
        token: str,
        api_url: str,
        gateway_url: str,
        real_clock: Clock,
        notebook: Notebook,
        chats: Chats,
        keyboards: Keyboards,
        proxy: str | None = None,
        *,
        allowed: Allowed | None = None,
        limits: Limits = LIMITS,
        converse: Callable[[House], Conversation] = conversation_of,
        defer_after_s: float = DEFER_AFTER_S,
        timeout_s: float = TIMEOUT_S,
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
        self._application = 0
        self.turnstile = Turnstile(limits, real_clock)
        self.listening = Listening()
        breaker = Breaker(real_clock)
        self._answers = Answers(self.turnstile, breaker)
        self._calls = Calls(self.turnstile, breaker, self._answers, real_clock, timeout_s)
        self._admission = Admission(allowed or Allowed(), real_clock, self._calls.is_member)
        notifier = partial(
            DiscordNotifier, self._calls, self._admission, chats, keyboards, real_clock
        )
        self.notifier = notifier(alert=True)
        self._prover = notifier(alert=False)
        point_at(api_url, gateway_url)
        # The library asks for packages that only voice needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

    async def run(self, house: House) -> None:
        """Serve until cancelled. Raises ``ConfigError`` where trying again cannot help.

        What nobody foresaw (a malformed dispatch) comes out as it is, for the supervisor.
        """
        # What a command sends at once, to prove that it arrives, is an answer: no courier has let
        # it pass the turnstile.
        house.notifiers = {**house.notifiers, PLATFORM: self._prover}
        doors = Doors(self._converse(house), self._prover, self._responder, self._admission)
        try:
            while True:
                started = self._clock.monotonic()
                wait_s = await self._served(doors)
                _heed_cancellation()
                healthy_s = self._clock.monotonic() - started
                await self._clock.sleep(max(wait_s, self._backoff.after(healthy_s)))
        finally:
            await self._hush()

    async def check(self) -> tuple[bool, str]:
        """Whether Discord can be used from here, and a sentence; two calls and one connection."""
        try:
            async with (
                self._clock.timeout(CHECK_S),
                self._plain_client(self._answers.counting()) as client,
            ):
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
            self._calls.lock()
            raise TokenRefusedError(BAD_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise ConfigError(BAD_INTENTS) from None
        except discord.ConnectionClosed as closed:
            if closed.code in _FATAL:
                if _FATAL[closed.code] is BAD_TOKEN:
                    self._calls.lock()
                    raise TokenRefusedError(BAD_TOKEN) from None
                raise ConfigError(_FATAL[closed.code]) from None
            self._note_silence(f"connection closed, code {closed.code}")
        except IdentifyBudgetSpentError as spent:
            self._note_silence("too many connections today")
            return spent.wait_s
        except FAILURES as error:
            self._note_silence(type(error).__name__)
        return 0.0

    def _note_silence(self, reason: str) -> None:
        if self.listening.failed(reason, self._clock.monotonic()):
            log.warning("discord: connection lost", reason=reason)

    def _note_heard(self) -> None:
        silent_s = self.listening.heard(self._clock.monotonic())
        if silent_s is not None:
            log.info("discord: connected again", after_s=round(silent_s))

    async def _speak(self) -> None:
        """Log the speaking client in, once."""
        if self._calls.client is not None:
            return
        async with AsyncExitStack() as closing:
            client = await closing.enter_async_context(self._plain_client(self._answers.speaking()))
            client.http.max_ratelimit_timeout = LONGEST_PAUSE_S
            await self._let_pass(LOGIN)
            await client.login(self._token)
            closing.pop_all()
        self._application = client.application_id or 0
        self._calls.use(client)

    async def _listen(self, doors: Doors) -> None:
        async with self._client(doors) as client:
            await self._let_pass(LOGIN + 1)  # it may register the commands
            await client.login(self._token)
            self._admission.hear(client)
            try:
                await client.connect(reconnect=False)
            finally:
                self._admission.hear(None)

    async def _let_pass(self, calls: int) -> None:
        """What nobody asked for counts against the global limit too."""
        for _ in range(calls):
            await self.turnstile.answer(OURSELVES)

    async def _hush(self) -> None:
        speaker = self._calls.client
        if speaker is not None:
            self._calls.use(None)
            await speaker.close()

    def _plain_client(self, trace: aiohttp.TraceConfig) -> discord.Client:
        return discord.Client(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            http_trace=trace,
            proxy=self._proxy,
        )

    def _client(self, doors: Doors) -> LiqwatchClient:
        return LiqwatchClient(
            doors,
            lambda: self._identifies.spend(self._clock.monotonic()),
            self._note_heard,
            self._notebook,
            self._answers.counting(),
            self._proxy,
        )


def _heed_cancellation() -> None:
    """Before Python 3.12 ``asyncio.wait_for``, in which the library connects, loses a cancellation
    that comes as the connection fails."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
