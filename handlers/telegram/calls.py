"""One message sent or edited through the Bot API, and how that ended."""

from collections.abc import Awaitable, Callable

import structlog
from msgspec.structs import replace
from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.delivery.outcomes import Delivered, Outcome, Refused, Retry
from bot.delivery.turnstile import Turnstile
from bot.rules import Destination
from bot.wording.text import Message
from handlers.telegram import errors, style

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()

Call = Callable[[bool], Awaitable[Outcome]]
"""Says something, with markup and buttons or without."""


class Calls:
    """Passes the turnstile before each call: as an answer, or as an ``alert``, whose first call the
    courier has let pass already."""

    def __init__(self, bot: Bot, turnstile: Turnstile) -> None:
        self._bot = bot
        self._turnstile = turnstile

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        to: int | None = None,
        silent: bool = False,
        alert: bool = False,
    ) -> Outcome:
        """A new message; ``to`` quotes another."""

        async def call(marked: bool) -> Outcome:
            quoted = None if to is None else ReplyParameters(to, allow_sending_without_reply=True)
            try:
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
            except TelegramError as error:
                return errors.outcome_of(error)
            return Delivered(sent.message_id)

        return await self._forgiven(destination, call, alert)

    async def edit(
        self, destination: Destination, message: Message, edits: int, *, alert: bool = False
    ) -> Outcome:
        """The message ``edits`` says this from now on; one that is lost is sent anew, silently."""
        lost = False

        async def call(marked: bool) -> Outcome:
            nonlocal lost
            try:
                await self._bot.edit_message_text(
                    style.html(message) if marked else style.bare(message),
                    chat_id=destination.chat,
                    message_id=edits,
                    parse_mode=ParseMode.HTML if marked else None,
                    reply_markup=style.keyboard(message) if marked else None,
                    link_preview_options=_NO_PREVIEW,
                )
            except TelegramError as error:
                lost = isinstance(error, BadRequest) and errors.says(error, errors.VANISHED)
                known = lost or errors.says(error, errors.UNMODIFIED)
                return Delivered(edits) if known else _repeatable(errors.outcome_of(error))
            return Delivered(edits)

        outcome = await self._forgiven(destination, call, alert)
        if not lost:
            return outcome
        if alert:
            await self._turnstile.alert(destination)
        return await self.send(destination, message, silent=True, alert=alert)

    async def _forgiven(self, destination: Destination, call: Call, alert: bool) -> Outcome:
        """What Telegram will never take as it is goes out once more as nothing but words."""
        if not alert:
            await self._turnstile.answer(destination)
        outcome = await call(True)
        if not isinstance(outcome, Refused):
            return outcome
        log.error("Telegram did not accept our message", reason=outcome.reason)
        await self._again(destination, alert)
        return await call(False)

    async def _again(self, destination: Destination, alert: bool) -> None:
        """Wait for a further call on behalf of the same message."""
        if alert:
            await self._turnstile.alert(destination)
        else:
            await self._turnstile.answer(destination)


def _repeatable(outcome: Outcome) -> Outcome:
    """An edit that arrived twice is the same as once."""
    return replace(outcome, unknown=False) if isinstance(outcome, Retry) else outcome
