"""Carries alerts to Telegram: what the courier hands over, and how each call ended."""

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.allowed import Allowed
from bot.clock import Now
from bot.delivery.outcomes import Gone, Moved, Outcome, Retry
from bot.errors import StoreError
from bot.ports import Keyboards
from bot.rules import Destination
from bot.wording.text import Message
from handlers.routing.pressing import ANYONE, armed
from handlers.telegram import errors
from handlers.telegram.calls import Calls
from handlers.telegram.places import PLATFORM

UNSTORED_PAUSE_S = 2.0
"""Until a message is tried again whose buttons could not be stored."""


class TelegramNotifier:
    """Fulfils ``bot.ports.Notifier``. Telegram knows no nonce: what may have arrived is unknown."""

    platform = PLATFORM
    harmless_s = 0.0

    def __init__(
        self,
        bot: Bot,
        calls: Calls,
        keyboards: Keyboards,
        clock: Now,
        allowed: Allowed,
    ) -> None:
        self._bot = bot
        self._calls = calls
        self._keyboards = keyboards
        self._clock = clock
        self._allowed = allowed
        self._not_taken: Destination | None = None

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        """Send, sounding only when ``loud``, or edit ``edits`` in place.

        What cannot be edited any more is sent anew, silently.
        """
        if not self._allowed.admits(PLATFORM, destination.chat):
            return Gone("not allowed by ALLOW", chat_wide=True)
        person = destination.chat if destination.direct else ANYONE
        try:
            message = await armed(
                message, PLATFORM, destination.chat, person, self._keyboards, self._clock.now_ms()
            )
        except StoreError as error:
            return Retry(UNSTORED_PAUSE_S, f"its buttons could not be stored ({error})")
        outcome = await self._said(destination, message, edits, quotes)
        if isinstance(outcome, Retry) and outcome.platform_wide:
            self._not_taken = destination
        if isinstance(outcome, Moved):  # before the queue can follow
            self._allowed.follow(PLATFORM, destination.chat, outcome.to_chat)
        return outcome

    async def probe(self) -> Outcome | None:
        """Ask Telegram who we are, and whether it takes anything where it took no message.

        A gateway may be well for questions alone; a message that it perhaps took is no probe.
        """
        try:
            await self._bot.get_me()
        except TelegramError as error:
            return errors.outcome_of(error)
        outcome = await self._typing(self._not_taken) if self._not_taken else None
        if isinstance(outcome, Retry) and outcome.platform_wide:  # else it is that chat's own
            return outcome
        self._not_taken = None
        return None

    async def _typing(self, there: Destination) -> Outcome | None:
        """The sign of somebody who writes: it passes by itself, and rings nowhere."""
        try:
            await self._bot.send_chat_action(
                there.chat, ChatAction.TYPING, message_thread_id=there.thread or None
            )
        except TelegramError as error:
            return errors.outcome_of(error)
        return None

    async def _said(
        self, destination: Destination, message: Message, edits: int | None, quotes: int | None
    ) -> Outcome:
        if edits is not None:
            return await self._calls.edit(destination, message, edits, alert=True)
        silent = not message.loud
        return await self._calls.send(destination, message, to=quotes, silent=silent, alert=True)
