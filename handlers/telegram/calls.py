"""One message sent or edited through the Bot API, and how that ended."""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from functools import partial
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
from handlers.telegram.photos import Photos

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()

Again = Callable[[], Awaitable[None]]
"""Waits for a further call on behalf of the same message."""


class Way(Enum):
    """How much of a message goes out."""

    PICTURED = auto()
    MARKED = auto()
    BARE = auto()


Call = Callable[[Way], Awaitable[Outcome]]


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
        """A new message; ``to`` quotes another. Words too long to stand below their picture go
        first, and the picture answers them."""
        again = self._turns(destination, alert)
        place: dict[str, Any] = {
            "chat_id": destination.chat,
            "message_thread_id": destination.thread or None,
            "reply_parameters": _quoting(to),
            "disable_notification": silent,
        }
        below = _below(message)

        async def call(way: Way) -> Outcome:
            try:
                if way is Way.PICTURED and below is not None:
                    sent = await self._photo(below, place | _caption(message), again)
                else:
                    sent = await self._bot.send_message(
                        **place, **_text(message, way), link_preview_options=_NO_PREVIEW
                    )
            except TelegramError as error:
                return errors.outcome_of(error)
            return Delivered(sent.message_id)

        if not alert:
            await again()
        outcome = await _forgiven(call, again, below is not None)
        if isinstance(outcome, Delivered) and below is None and message.picture is not None:
            answering = {"reply_parameters": _quoting(outcome.message)}
            await self._follow(message.picture, place | answering, again)
        return outcome

    async def edit(
        self, destination: Destination, message: Message, edits: int, *, alert: bool = False
    ) -> Outcome:
        """The message ``edits`` says and shows this from now on; one that is lost is sent anew,
        silently. A picture that it has stays where there is no other."""
        lost = False
        again = self._turns(destination, alert)
        place: dict[str, Any] = {"chat_id": destination.chat, "message_id": edits}
        below = _below(message)

        async def call(way: Way) -> Outcome:
            nonlocal lost
            try:
                if way is Way.PICTURED and below is not None:
                    await self._media(below, message, place, again)
                else:
                    await self._reworded(message, place, way, again)
            except TelegramError as error:
                lost = isinstance(error, BadRequest) and errors.says(error, errors.VANISHED)
                known = lost or errors.says(error, errors.UNMODIFIED)
                return Delivered(edits) if known else _repeatable(errors.outcome_of(error))
            return Delivered(edits)

        if not alert:
            await again()
        outcome = await _forgiven(call, again, below is not None)
        if not lost:
            return outcome
        if alert:
            await again()
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

    async def _photo(self, picture: Picture, told: dict[str, Any], again: Again) -> SentMessage:
        async def call(file: str | bytes) -> SentMessage:
            return await self._bot.send_photo(photo=file, **told)

        return await self._photos.sent(picture, call, again)

    async def _follow(self, picture: Picture, place: dict[str, Any], again: Again) -> None:
        """A picture behind words that were delivered: what becomes of it changes nothing."""
        try:
            await again()
            await self._photo(picture, place | {"disable_notification": True}, again)
        except (TelegramError, TimeoutError) as error:
            log.warning("a picture did not follow its words", reason=errors.sentence(error))

    async def _media(
        self, picture: Picture, message: Message, place: dict[str, Any], again: Again
    ) -> None:
        """Adds the picture to words alone, or takes the place of the one that is there."""
        caption = _caption(message)
        keyboard = caption.pop("reply_markup")

        async def call(file: str | bytes) -> SentMessage | bool:
            media = InputMediaPhoto(file, **caption)
            return await self._bot.edit_message_media(media, **place, reply_markup=keyboard)

        await self._photos.sent(picture, call, again)

    async def _reworded(
        self, message: Message, place: dict[str, Any], way: Way, again: Again
    ) -> None:
        """The words of a message, or those below its picture, which may be fewer."""
        try:
            await self._bot.edit_message_text(
                **place, **_text(message, way), link_preview_options=_NO_PREVIEW
            )
        except BadRequest as error:
            if not errors.says(error, errors.WORDLESS):
                raise
            await again()
            await self._bot.edit_message_caption(**place, **_caption(message, way))

    def _turns(self, destination: Destination, alert: bool) -> Again:
        return partial(self._turnstile.alert if alert else self._turnstile.answer, destination)


async def _forgiven(call: Call, again: Again, pictured: bool) -> Outcome:
    """What Telegram will never take as it is goes out without its picture; failing that, once more
    as nothing but words."""
    outcome = await call(Way.PICTURED if pictured else Way.MARKED)
    if pictured and isinstance(outcome, Refused):
        log.warning("Telegram did not accept a picture", reason=outcome.reason)
        await again()
        outcome = await call(Way.MARKED)
    if not isinstance(outcome, Refused):
        return outcome
    log.error("Telegram did not accept our message", reason=outcome.reason)
    await again()
    return await call(Way.BARE)


def _text(message: Message, way: Way) -> dict[str, Any]:
    """Words by themselves; bare ones have no buttons either."""
    if way is Way.BARE:
        return {"text": style.bare(message), "parse_mode": None, "reply_markup": None}
    markup = style.keyboard(message)
    return {"text": style.html(message), "parse_mode": ParseMode.HTML, "reply_markup": markup}


def _caption(message: Message, way: Way = Way.PICTURED) -> dict[str, Any]:
    """Words below a picture, cut to what is taken there."""
    if way is Way.BARE:
        words = style.bare(message, style.LONGEST_CAPTION)
        return {"caption": words, "parse_mode": None, "reply_markup": None}
    words, markup = style.html(message, style.LONGEST_CAPTION), style.keyboard(message)
    return {"caption": words, "parse_mode": ParseMode.HTML, "reply_markup": markup}


def _below(message: Message) -> Picture | None:
    """The picture below which all the words fit."""
    fits = message.picture is not None and style.fits(message, style.LONGEST_CAPTION)
    return message.picture if fits else None


def _quoting(message: int | None) -> ReplyParameters | None:
    return None if message is None else ReplyParameters(message, allow_sending_without_reply=True)


def _repeatable(outcome: Outcome) -> Outcome:
    """An edit that arrived twice is the same as once."""
    return replace(outcome, unknown=False) if isinstance(outcome, Retry) else outcome
