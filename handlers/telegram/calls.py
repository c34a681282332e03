"""One message sent or edited through the Bot API, and how that ended."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from msgspec.structs import replace
from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, ReplyParameters
from telegram import Message as SentMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.delivery.outcomes import Delivered, Outcome, Refused, Retry
from bot.delivery.turnstile import Turnstile
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import File, Message
from handlers.telegram import errors, style
from handlers.telegram.photos import LONGEST_CAPTION, Photos
from handlers.telegram.signs import units

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()

Call = Callable[[bool], Awaitable[Outcome]]
"""Says something, with markup, buttons and picture or without."""


class Calls:
    """Passes the turnstile before each call: as an answer, or as an ``alert``, whose first call the
    courier has let pass already."""

    def __init__(self, bot: Bot, turnstile: Turnstile) -> None:
        self._bot = bot
        self._turnstile = turnstile
        self._photos = Photos()

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        to: int | None = None,
        silent: bool = False,
        alert: bool = False,
    ) -> Outcome:
        """A new message; ``to`` quotes another. A picture goes along where the words fit below."""
        place: dict[str, Any] = {
            "chat_id": destination.chat,
            "message_thread_id": destination.thread or None,
            "reply_parameters": _quoting(to),
            "disable_notification": silent,
        }
        picture = _fitting(message)

        async def call(marked: bool) -> Outcome:
            try:
                if picture is not None and marked:
                    sent = await self._photo(picture, message, place, destination, alert)
                else:
                    sent = await self._bot.send_message(
                        text=_words(message, marked),
                        parse_mode=ParseMode.HTML if marked else None,
                        reply_markup=style.keyboard(message) if marked else None,
                        link_preview_options=_NO_PREVIEW,
                        **place,
                    )
            except TelegramError as error:
                return errors.outcome_of(error)
            return Delivered(sent.message_id)

        return await self._forgiven(destination, call, alert)

    async def edit(
        self, destination: Destination, message: Message, edits: int, *, alert: bool = False
    ) -> Outcome:
        """The message ``edits`` says and shows this from now on; one that is lost is sent anew,
        silently. A picture that it has stays where there is no other."""
        lost = False
        picture = _fitting(message)

        async def call(marked: bool) -> Outcome:
            nonlocal lost
            place: dict[str, Any] = {
                "chat_id": destination.chat,
                "message_id": edits,
                "reply_markup": style.keyboard(message) if marked else None,
            }
            try:
                if picture is not None and marked:
                    await self._media(picture, message, place, destination, alert)
                else:
                    await self._reworded(message, place, marked, destination, alert)
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

    async def give(self, destination: Destination, file: File, *, to: int | None) -> Outcome:
        """A file of its own, as an answer."""
        await self._turnstile.answer(destination)
        try:
            sent = await self._bot.send_document(
                destination.chat,
                file.content,
                filename=file.name,
                message_thread_id=destination.thread or None,
                reply_parameters=_quoting(to),
            )
        except TelegramError as error:
            return errors.outcome_of(error)
        return Delivered(sent.message_id)

    async def _photo(
        self,
        picture: Picture,
        message: Message,
        place: dict[str, Any],
        destination: Destination,
        alert: bool,
    ) -> SentMessage:
        async def call(file: str | bytes) -> SentMessage:
            return await self._bot.send_photo(
                photo=file,
                caption=style.html(message),
                parse_mode=ParseMode.HTML,
                reply_markup=style.keyboard(message),
                **place,
            )

        return await self._photos.sent(picture, call, lambda: self._again(destination, alert))

    async def _media(
        self,
        picture: Picture,
        message: Message,
        place: dict[str, Any],
        destination: Destination,
        alert: bool,
    ) -> None:
        """Adds the picture to words alone, or takes the place of the one that is there."""

        async def call(file: str | bytes) -> SentMessage | bool:
            media = InputMediaPhoto(file, caption=style.html(message), parse_mode=ParseMode.HTML)
            return await self._bot.edit_message_media(media, **place)

        await self._photos.sent(picture, call, lambda: self._again(destination, alert))

    async def _reworded(
        self,
        message: Message,
        place: dict[str, Any],
        marked: bool,
        destination: Destination,
        alert: bool,
    ) -> None:
        """The words of a message, or those below its picture."""
        mode = ParseMode.HTML if marked else None
        text = _words(message, marked)
        try:
            await self._bot.edit_message_text(
                text, parse_mode=mode, link_preview_options=_NO_PREVIEW, **place
            )
        except BadRequest as error:
            if not errors.says(error, errors.WORDLESS):
                raise
            await self._again(destination, alert)
            await self._bot.edit_message_caption(caption=text, parse_mode=mode, **place)

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


def _words(message: Message, marked: bool) -> str:
    return style.html(message) if marked else style.bare(message)


def _fitting(message: Message) -> Picture | None:
    """The picture, where the words fit below it."""
    fits = message.picture is not None and units(style.bare(message)) <= LONGEST_CAPTION
    return message.picture if fits else None


def _quoting(message: int | None) -> ReplyParameters | None:
    return None if message is None else ReplyParameters(message, allow_sending_without_reply=True)


def _repeatable(outcome: Outcome) -> Outcome:
    """An edit that arrived twice is the same as once."""
    return replace(outcome, unknown=False) if isinstance(outcome, Retry) else outcome
