"""Brings what Telegram hands out to the commands, and their replies back to where it came from."""

from functools import partial
from typing import Protocol

import structlog
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.error import TelegramError

from bot.ports import Mark
from bot.rules import Destination
from bot.wording.text import Message as Words
from handlers.answers.standing import found_again
from handlers.routing.broken import SORRY
from handlers.routing.pressing import ANYONE, presser
from handlers.routing.router import DONE, EXPIRED, TOO_FAST, UNSAVED
from handlers.talk import House, Reply, Request
from handlers.telegram.attempts import Speak
from handlers.telegram.echo import Echo, Say
from handlers.telegram.errors import sentence
from handlers.telegram.membership import follow, note_membership
from handlers.telegram.places import NOBODY, PLATFORM, author, is_group, is_private, place, shows
from handlers.telegram.replies import Replies
from handlers.telegram.rights import Rights
from handlers.telegram.signs import cut, visible

LONGEST_TOAST = 200
"""Characters of the answer to a pressed button."""

NOTICES = tuple(Words((sentence,)) for sentence in (TOO_FAST, DONE, UNSAVED))
"""What is no answer to the question, and takes no answer's place."""

log = structlog.get_logger()


class Router(Protocol):
    """``handlers.routing.router``, or what stands in for it."""

    async def answer(self, name: str, request: Request, house: House) -> Reply: ...
    async def press(self, data: str, request: Request, house: House) -> Reply: ...
    async def overheard(self, request: Request, house: House) -> Reply: ...
    def parse_typed(self, text: str, bot_name: str) -> tuple[str, str] | None: ...


class Conversation:
    """The side of one bot, ``me``, of all its chats."""

    def __init__(self, bot: Bot, me: User, replies: Replies, router: Router, house: House) -> None:
        self._bot = bot
        self._bot_name = me.username or ""
        self._source = f"{PLATFORM}:{me.id}"
        self._replies = replies
        self._router = router
        self._house = house
        self._rights = Rights(bot, house.clock)
        self._echo = Echo(house.clock)

    async def handle(self, update: Update) -> Speak:
        """Do what one update asks for; what is left to do is to say so."""
        mark = self.mark(update.update_id)
        message = update.message or update.channel_post
        if update.callback_query is not None:
            return await self._pressed(update.callback_query, mark)
        if update.my_chat_member is not None:
            return await self._membership(update.my_chat_member, mark)
        if message is not None and message.migrate_to_chat_id is not None:
            old, request = message.chat.id, self._request(message, "", mark)
            await follow(self._house, old, message.migrate_to_chat_id, request)
        elif message is not None and (message.text or message.effective_attachment):
            return await self._said(message, mark)
        return _nothing

    def apology(self, update: Update) -> Speak:
        """One sentence for who asked and will get no answer."""
        if update.callback_query is not None:
            return partial(self._toast, update.callback_query, SORRY)
        message = update.message or update.channel_post
        if message is None:
            return _nothing
        return partial(self._saying(message, ANYONE), Words((SORRY,)), None)

    def mark(self, update: int) -> Mark:
        """By which storage knows that an update's effect is there."""
        return Mark(self._source, update)

    async def _said(self, message: Message, mark: Mark) -> Speak:
        typed = self._router.parse_typed(message.text or "", self._bot_name)
        if typed is None and not is_private(message.chat):
            return _nothing
        name, text = typed or ("", message.text or "")
        request = self._request(message, text, mark)
        await found_again(request.destination, self._house)
        reply = await self._reply(message, name, request)
        if reply.message is None:
            return _nothing
        say = self._saying(message, presser(reply, request))
        if reply.files:
            return partial(self._given, say, reply, request.destination, message.message_id)
        if not is_group(message.chat) or request.changed or reply.message in NOTICES:
            return partial(say, reply.message, None)
        at = request.destination
        question = (at.chat, at.thread, name, " ".join(text.casefold().split()))
        return partial(self._echo.answer, question, reply.message, say)

    async def _reply(self, message: Message, name: str, request: Request) -> Reply:
        if name:
            return await self._router.answer(name, request, self._house)
        if message.text:
            return await self._router.overheard(request, self._house)
        return await self._router.answer("help", request, self._house)

    def _request(self, message: Message, text: str, mark: Mark) -> Request:
        return Request(
            place(message.chat, message),
            author(message),
            text,
            private=is_private(message.chat),
            mark=mark,
            may_manage=lambda: self._rights.of_author(message),
        )

    def _saying(self, message: Message, person: int) -> Say:
        """A way to answer a message; in company the answer quotes it."""
        quoted = None if is_private(message.chat) else message.message_id
        at = place(message.chat, message)

        async def say(words: Words, edits: int | None) -> int | None:
            return await self._replies.say(at, words, person, to=quoted, edits=edits)

        return say

    async def _pressed(self, query: CallbackQuery, mark: Mark) -> Speak:
        message = query.message
        if message is None or query.data is None:
            return partial(self._toast, query, EXPIRED)
        chat = message.chat
        request = Request(
            place(chat, message),
            query.from_user.id,
            private=is_private(chat),
            pressed=True,
            place=chat.id,
            message=message.message_id,
            shown=shows(message, query.data),
            mark=mark,
            may_manage=lambda: self._rights.of_presser(chat, query.from_user),
        )
        reply = await self._router.press(query.data, request, self._house)
        return partial(self._show, query, request, reply)

    async def _show(self, query: CallbackQuery, request: Request, reply: Reply) -> None:
        await self._toast(query, reply.toast)
        if reply.message is None:
            return
        at = request.destination
        if reply.edit:
            self._echo.forget(at.chat, request.message)
        edits = request.message if reply.edit else None
        await self._replies.say(at, reply.message, presser(reply, request), edits=edits)
        await self._replies.give(at, reply.files, to=None)

    async def _given(self, say: Say, reply: Reply, at: Destination, question: int) -> None:
        """The words, and then the files, in company as answers to the question."""
        if reply.message is not None:
            await say(reply.message, None)
        await self._replies.give(at, reply.files, to=None if at.direct else question)

    async def _toast(self, query: CallbackQuery, text: str) -> None:
        """Always said, if only with nothing: until then the button shows that it waits."""
        try:
            await self._bot.answer_callback_query(
                query.id, cut(visible(text), LONGEST_TOAST) or None
            )
        except TelegramError as error:
            log.info("a pressed button could not be answered", reason=sentence(error))

    async def _membership(self, change: ChatMemberUpdated, mark: Mark) -> Speak:
        self._rights.forget(change.chat.id)
        request = partial(
            Request,
            place(change.chat),
            NOBODY,
            private=is_private(change.chat),
            may_manage=lambda: self._rights.of_presser(change.chat, change.from_user),
        )
        if not await note_membership(change, request(mark=mark), self._house):
            return _nothing
        greeting = await self._router.answer("start", request(), self._house)
        if greeting.message is None:
            return _nothing
        return partial(self._replies.say, place(change.chat), greeting.message, ANYONE)


async def _nothing() -> None:
    """There is nobody to tell, or nothing to say."""
