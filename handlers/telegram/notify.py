"""Says something in a Telegram chat, one call at a time there, and names how it ended."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import structlog
from msgspec.structs import replace
from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Moved, Outcome, Retry
from bot.rules import Destination
from bot.wording.text import Message
from handlers.telegram import errors, style

PLATFORM = "telegram"

REPLY_ATTEMPTS = 4
LONGEST_WAIT_S = 30.0
"""A person who asked is not kept waiting longer by one pause; an alert waits in the outbox."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()


class TelegramNotifier:
    """Fulfils ``bot.ports.Notifier``. Telegram knows no nonce: what may have arrived is unknown."""

    platform = PLATFORM

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
    ) -> Outcome:
        """Send, sounding only when ``loud``, or edit ``edits`` in place.

        What cannot be edited any more is sent anew, silently.
        """
        async with self._turn(destination.chat):
            if edits is not None:
                return await self._edit(destination, message, edits)
            return await self._send(destination, message, None, silent=not message.loud)

    async def reply(
        self,
        destination: Destination,
        message: Message,
        *,
        to: int | None = None,
        edits: int | None = None,
    ) -> Outcome:
        """Answer a person at once: ``to`` quotes his message, ``edits`` replaces ours.

        Waits and repeats where nothing was sent for sure; never where it may have arrived.
        """
        for _ in range(REPLY_ATTEMPTS):
            async with self._turn(destination.chat):
                outcome = await self._once(destination, message, to, edits)
            if isinstance(outcome, Moved):
                destination = replace(destination, chat=outcome.to_chat)
                continue
            if not isinstance(outcome, Retry) or outcome.unknown:
                break
            if outcome.after_s > LONGEST_WAIT_S:
                break
            await self._clock.sleep(outcome.after_s)
        if not isinstance(outcome, Delivered):
            log.warning("answer not delivered", outcome=repr(outcome))
        return outcome

    def _turn(self, chat: int) -> asyncio.Lock:
        """Telegram is asked for one thing at a time in a chat; a lock lives while it is held."""
        return self._chats.setdefault(chat, asyncio.Lock())

    async def _once(
        self, destination: Destination, message: Message, to: int | None, edits: int | None
    ) -> Outcome:
        if edits is not None:
            return await self._edit(destination, message, edits)
        return await self._send(destination, message, to)

    async def _send(
        self, destination: Destination, message: Message, to: int | None, *, silent: bool = False
    ) -> Outcome:
        async def post(marked: bool) -> int:
            quoted = None if to is None else ReplyParameters(to, allow_sending_without_reply=True)
            sent = await self._bot.send_message(
                destination.chat,
                style.html(message) if marked else style.bare(message),
                parse_mode=ParseMode.HTML if marked else None,
                message_thread_id=destination.thread or None,
                reply_markup=style.keyboard(message) if marked else None,
                reply_parameters=quoted,
                link_preview_options=_NO_PREVIEW,
                disable_notification=silent,
            )
            return sent.message_id

        try:
            return Delivered(await _forgiving(post))
        except TelegramError as error:
            return errors.outcome_of(error)

    async def _edit(self, destination: Destination, message: Message, edits: int) -> Outcome:
        async def change(marked: bool) -> int:
            await self._bot.edit_message_text(
                style.html(message) if marked else style.bare(message),
                chat_id=destination.chat,
                message_id=edits,
                parse_mode=ParseMode.HTML if marked else None,
                reply_markup=style.keyboard(message) if marked else None,
                link_preview_options=_NO_PREVIEW,
            )
            return edits

        try:
            return Delivered(await _forgiving(change))
        except TelegramError as error:
            if errors.says(error, errors.UNMODIFIED):
                return Delivered(edits)
            if errors.says(error, errors.VANISHED):
                return await self._send(destination, message, None, silent=True)
            return _repeatable(errors.outcome_of(error))


async def _forgiving(say: Callable[[bool], Awaitable[int]]) -> int:
    """Say it with markup and buttons; where Telegram cannot read those, once more without."""
    try:
        return await say(True)
    except BadRequest as error:
        if not errors.says(error, errors.UNREADABLE):
            raise
        log.error("Telegram did not accept our markup", reason=error.message)
        return await say(False)


def _repeatable(outcome: Outcome) -> Outcome:
    """An edit that arrived twice is the same as once."""
    return replace(outcome, unknown=False) if isinstance(outcome, Retry) else outcome
