"""Who is on the other side of the Bot API double: chats, people, and what they do."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from tests.doubles.telegram_html import Entity
from tests.doubles.telegram_wire import Params, member, person, sizes

BOT = {"id": 7000000001, "is_bot": True, "first_name": "Liqwatch", "username": "liqwatch_bot"}
ANONYMOUS_ADMIN = 1087968824
PATIENCE_S = 8.0


class Sent(msgspec.Struct):
    """One message of the bot as its readers see it now; ``edits`` counts the changes."""

    chat: int
    id: int
    text: str
    entities: list[Entity]
    thread: int = 0
    buttons: list[list[dict[str, str]]] = []
    reply_to: int | None = None
    silent: bool = False
    edits: int = 0
    photo: bytes | None = None
    photo_id: str = ""
    document: tuple[str, bytes] | None = None

    def data(self, label: str) -> str:
        """What stands behind the first button whose label holds these words."""
        buttons = (button for row in self.buttons for button in row)
        return next(b["callback_data"] for b in buttons if label in b["text"] and "url" not in b)


class TelegramPeople:
    """Chats and what happens in them; each doing becomes an update that waits to be fetched."""

    def __init__(self) -> None:
        self.chats: dict[int, Params] = {}
        self.topics: set[tuple[int, int]] = set()
        self.statuses: dict[tuple[int, int], str] = {}
        self.moved: dict[int, int] = {}
        self.sent: list[Sent] = []
        self.updates: list[Params] = []
        self.history: dict[int, Params] = {}
        self.allowed: list[str] = []
        self.confirmed = 0
        self._next_update = 1000
        self._next_message = 1
        self._queries: set[str] = set()
        self._changed = asyncio.Condition()

    def group(self, chat: int, *, kind: str = "supergroup", topics: tuple[int, ...] = ()) -> int:
        """A group, supergroup or channel that the bot is in; its id, for convenience."""
        self.chats[chat] = {"id": chat, "type": kind, "title": "A & <B>", "is_forum": bool(topics)}
        self.topics |= {(chat, topic) for topic in topics}
        return chat

    def meet(self, user: int) -> int:
        """Somebody has started the bot, so it may write to him."""
        self._chat(user)
        return user

    async def say(
        self, text: str, user: int, chat: int | None = None, topic: int = 0, **more: Any
    ) -> int:
        """Somebody writes, in private unless ``chat`` is given; the update's id."""
        message = self._message(user, chat, topic) | {"text": text} | more
        kind = "channel_post" if message["chat"]["type"] == "channel" else "message"
        return await self.update({kind: message})

    async def press(self, sent: Sent, action: str, user: int) -> int:
        """Somebody presses a button under a message of the bot."""
        query = f"q{self._next_update}"
        self._queries.add(query)
        message = self._shown(sent)
        entry = {"id": query, "from": person(user), "chat_instance": "1", "data": action}
        return await self.update({"callback_query": entry | {"message": message}})

    async def membership(self, chat: int, user: int, old: str, new: str) -> int:
        """What becomes of the bot in a chat, by the doing of ``user``."""
        change = {
            "chat": self._chat(chat),
            "from": person(user),
            "date": 1_700_000_000,
            "old_chat_member": member(BOT, old),
            "new_chat_member": member(BOT, new),
        }
        return await self.update({"my_chat_member": change})

    async def upgrade(self, group: int, to: int) -> int:
        """A group becomes the supergroup ``to``; who still writes to the old id is told so."""
        self.group(to)
        self.moved[group] = to
        return await self.say("", 0, group, migrate_to_chat_id=to)

    async def update(self, body: Params) -> int:
        """Queue any update; its id."""
        number = self._next_update
        self._next_update += 1
        if not self.allowed or set(body) & set(self.allowed):
            self.history[number] = {"update_id": number} | body
            self.updates.append(self.history[number])
        await self.stir()
        return number

    async def repeat(self, number: int) -> int:
        """Hand an update out again, as when its confirmation was lost."""
        self.updates.append(self.history[number])
        self.confirmed = min(self.confirmed, number)
        await self.stir()
        return number

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to have come about here."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(condition)

    async def messages(self, count: int) -> list[Sent]:
        """The messages of the bot, once there are ``count``."""
        await self.until(lambda: len(self.sent) >= count)
        return self.sent

    async def stir(self) -> None:
        """Let ``until`` look again."""
        async with self._changed:
            self._changed.notify_all()

    def _chat(self, chat: int) -> Params:
        private = {"id": chat, "type": "private", "first_name": f"Person {chat}"}
        return self.chats.setdefault(chat, private)

    def _message(self, user: int, chat: int | None, topic: int) -> Params:
        number = self._next_message
        self._next_message += 1
        base: Params = {
            "message_id": number,
            "date": 1_700_000_000,
            "chat": self._chat(user if chat is None else chat),
            "from": person(user),
        }
        return base | ({"message_thread_id": topic, "is_topic_message": True} if topic else {})

    def _shown(self, sent: Sent) -> Params:
        shown = self._message(0, sent.chat, sent.thread)
        self._next_message -= 1
        shown |= {"message_id": sent.id, "from": BOT}
        if sent.photo_id:
            shown |= {"photo": sizes(sent.photo_id), "caption": sent.text}
        else:
            shown |= {"text": sent.text}
        return shown | ({"reply_markup": {"inline_keyboard": sent.buttons}} if sent.buttons else {})
