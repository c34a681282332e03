"""Telegram, whole: get to know the bot, offer its commands, listen until cancelled."""

import random
from functools import partial

import structlog
from telegram import User
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.allowed import Allowed
from bot.backoff import Backoff
from bot.clock import Clock
from bot.delivery.listening import Listening
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.errors import TokenRefusedError
from bot.ports import Keyboards, Notebook
from handlers.commands import COMMANDS
from handlers.routing import router
from handlers.talk import House
from handlers.telegram import errors
from handlers.telegram.attempts import Attempts
from handlers.telegram.calls import Calls
from handlers.telegram.connection import REFUSED, Connection
from handlers.telegram.converse import Conversation, Router
from handlers.telegram.listen import POLL_S, Listener
from handlers.telegram.membership import follow
from handlers.telegram.menu import offer_commands
from handlers.telegram.notify import TelegramNotifier
from handlers.telegram.places import PLATFORM
from handlers.telegram.replies import Replies

CHECK_S = 15.0

log = structlog.get_logger()

LIMITS = Limits(per_second=30, chat_gap_s=1.0, group_per_minute=20, group_kept=5, slots=8)
"""Telegram's own, from its Bots FAQ: 30 messages a second, 1 a second in a chat, 20 a minute in a
group. The rest is ours."""


class TelegramPlatform:
    """``clock`` is the real one. Building it opens nothing; ``ConfigError`` for a token or proxy
    that cannot be one."""

    name = PLATFORM

    def __init__(
        self,
        token: str,
        api_url: str,
        clock: Clock,
        notebook: Notebook,
        keyboards: Keyboards,
        proxy: str | None = None,
        *,
        allowed: Allowed | None = None,
        limits: Limits = LIMITS,
        poll_s: int = POLL_S,
    ) -> None:
        self._api_url = api_url
        self._connection = Connection(token, api_url, proxy)
        self._bot = self._connection.bot
        self._clock = clock
        self._notebook = notebook
        self._poll_s = poll_s
        self.turnstile = Turnstile(limits, clock, told=True)
        self.listening = Listening()
        self._calls = Calls(self._bot, self.turnstile)
        self._keyboards = keyboards
        self.notifier = TelegramNotifier(
            self._bot, self._calls, keyboards, clock, allowed or Allowed()
        )

    async def run(self, house: House, router: Router = router) -> None:
        """Listen and answer until cancelled; may be called again after it raised.

        Raises ``TokenRefusedError`` when Telegram does: trying on has no sense then.
        """
        me = await self._meet()
        house.bot_links[PLATFORM] = f"https://t.me/{me.username}"
        await offer_commands(self._bot, me.id, COMMANDS.values(), self._notebook)
        log.info("Telegram listens", bot=f"@{me.username}")
        replies = Replies(
            self._calls, self.turnstile, self._keyboards, self._clock, partial(follow, house)
        )
        conversation = Conversation(self._bot, me, replies, router, house)

        async def failed(update: int, kind: str, error: str) -> None:
            await house.failed(conversation.mark(update), kind, error)

        attempts = Attempts(conversation.handle, conversation.apology, failed, self._clock)
        await Listener(
            self._bot, attempts, self._clock, self._poll_s, house.passing, self.listening
        ).run()

    async def check(self) -> tuple[bool, str]:
        """Whether Telegram can be used from here, and a sentence that says so or what to mend."""
        try:
            async with self._clock.timeout(CHECK_S):
                me = await self._bot.get_me()
        except InvalidToken:
            return False, self._refused()
        except (TelegramError, TimeoutError) as error:
            reason = errors.sentence(error)
            return False, (
                f"Telegram cannot be reached at {self._api_url} ({reason}): where it is blocked, "
                "set HTTPS_PROXY, or TELEGRAM_API_URL to a Bot API server of your own."
            )
        return True, f"Telegram: connected as @{me.username}, https://t.me/{me.username}"

    async def close(self) -> None:
        """Close the connections, after the last delivery."""
        await self._connection.close()

    async def _meet(self) -> User:
        """Who we are; repeats until Telegram answers, and takes polling back from a webhook."""
        backoff = Backoff(random.random)
        while True:
            try:
                me = await self._bot.get_me()
                await self._bot.delete_webhook()
                return me
            except InvalidToken:
                raise TokenRefusedError(self._refused()) from None
            except RetryAfter as error:
                await self._clock.sleep(errors.seconds(error))
            except TelegramError as error:
                reason = errors.sentence(error)
                if self.listening.failed(reason, self._clock.monotonic()):
                    log.warning("Telegram cannot be reached", reason=reason)
                await self._clock.sleep(backoff.after())

    def _refused(self) -> str:
        if "//api.telegram.org" in self._api_url:
            return REFUSED
        return f"{REFUSED} Or TELEGRAM_API_URL ({self._api_url}) is no Bot API server."
