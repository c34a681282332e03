"""Brings what Telegram hands out to the commands, and their replies back to where it came from."""

from typing import Protocol

import structlog
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.error import TelegramError

from bot.wording.text import Message as Words
from handlers.answers.standing import found_again
from handlers.talk import House, Reply, Request
from handlers.telegram.membership import follow, note_membership
from handlers.telegram.notify import TelegramNotifier
from handlers.telegram.places import NOBODY, author, is_private, place
from handlers.telegram.rights import Rights
from handlers.telegram.signs import cut, visible

LONGEST_TOAST = 200
"""Characters of the answer to a pressed button."""

SORRY = "Something went wrong on my side; it is noted. Please try once more."

log = structlog.get_logger()


class Router(Protocol):
    """``handlers.router``, or what stands in for it."""

    async def answer(self, name: str, request: Request, house: House) -> Reply: ...
    async def press(self, action: str, request: Request, house: House) -> Reply: ...
    async def overheard(self, request: Request, house: House) -> Reply: ...
    def parse_typed(self, text: str, bot_name: str) -> tuple[str, str] | None: ...


class Conversation:
    """One bot's side of all its chats; ``bot_name`` is what follows the @ in ``/liqs@name``."""

    def __init__(
        self, bot: Bot, bot_name: str, notifier: TelegramNotifier, router: Router, house: House
    ) -> None:
        self._bot = bot
        self._bot_name = bot_name
        self._notifier = notifier
        self._router = router
        self._house = house
        self._rights = Rights(bot, house.clock)

    async def handle(self, update: Update) -> None:
        """Answer one update; what is none of our business is passed over."""
        message = update.message or update.channel_post
        if update.callback_query is not None:
            await self._pressed(update.callback_query)
        elif update.my_chat_member is not None:
            await self._membership(update.my_chat_member)
        elif message is not None and message.migrate_to_chat_id is not None:
            await follow(message.chat.id, self._house)
        elif message is not None and (message.text or message.effective_attachment):
            await self._said(message)

    async def apologise(self, update: Update) -> None:
        """One sentence for who asked and will get no answer."""
        if update.callback_query is not None:
            await self._toast(update.callback_query, SORRY)
        elif (message := update.message or update.channel_post) is not None:
            await self._tell(message, Words((SORRY,)))

    async def _said(self, message: Message) -> None:
        typed = self._router.parse_typed(message.text or "", self._bot_name)
        if typed is None and not is_private(message.chat):
            return
        request = self._request(message, typed[1] if typed else message.text or "")
        await found_again(request.destination, self._house)
        reply = await self._reply(message, typed[0] if typed else "", request)
        if reply.message is not None:
            await self._tell(message, reply.message)

    async def _reply(self, message: Message, name: str, request: Request) -> Reply:
        if name:
            return await self._router.answer(name, request, self._house)
        if message.text:
            return await self._router.overheard(request, self._house)
        return await self._router.answer("help", request, self._house)

    def _request(self, message: Message, text: str) -> Request:
        return Request(
            place(message.chat, message),
            author(message),
            text,
            private=is_private(message.chat),
            may_manage=lambda: self._rights.of_author(message),
        )

    async def _tell(self, message: Message, words: Words) -> None:
        """In company the answer quotes its question."""
        quoted = None if is_private(message.chat) else message.message_id
        await self._notifier.reply(place(message.chat, message), words, to=quoted)

    async def _pressed(self, query: CallbackQuery) -> None:
        message = query.message
        if message is None or query.data is None:
            await self._toast(query, "")
            return
        chat = message.chat
        destination = place(chat, message)
        request = Request(
            destination,
            query.from_user.id,
            private=is_private(chat),
            pressed=True,
            may_manage=lambda: self._rights.of_presser(chat, query.from_user),
        )
        reply = await self._router.press(query.data, request, self._house)
        await self._toast(query, reply.toast)
        if reply.message is not None:
            edits = message.message_id if reply.edit else None
            await self._notifier.reply(destination, reply.message, edits=edits)

    async def _toast(self, query: CallbackQuery, text: str) -> None:
        """Always said, if only with nothing: until then the button shows that it waits."""
        try:
            await self._bot.answer_callback_query(
                query.id, cut(visible(text), LONGEST_TOAST) or None
            )
        except TelegramError as error:
            log.info("a pressed button could not be answered", reason=error.message)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        self._rights.forget(change.chat.id)
        if not await note_membership(change, self._house):
            return
        request = Request(
            place(change.chat),
            NOBODY,
            private=False,
            may_manage=lambda: self._rights.of_presser(change.chat, change.from_user),
        )
        greeting = await self._router.answer("start", request, self._house)
        if greeting.message is not None:
            await self._notifier.reply(request.destination, greeting.message)
