"""A Bot API server on loopback: long polling, chats, rights, and Telegram's own refusals.

Written after the Bot API's documentation and the texts of its open server; it shares no code with
the bot. ``TelegramDouble`` is driven by tests: people write and press, members come and go, and
faults are programmed per method and chat.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Self

import msgspec
from aiohttp import web

from tests.doubles.telegram_html import Entity
from tests.doubles.telegram_wire import (
    Fault,
    Params,
    RefusedError,
    bad,
    keyboard,
    member,
    person,
    posted,
    readable,
    refusal,
)

TOKEN = "7000000001:AAF-a_loopback_token_that_is_invented"
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Liqwatch", "username": "liqwatch_bot"}
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


class TelegramDouble:
    """``async with TelegramDouble() as telegram``: ``telegram.url`` is the setting's value."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.chats: dict[int, Params] = {}
        self.topics: set[tuple[int, int]] = set()
        self.statuses: dict[tuple[int, int], str] = {}
        self.sent: list[Sent] = []
        self.toasts: list[str] = []
        self.menus: dict[str, list[str]] = {}
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.updates: list[Params] = []
        self.confirmed = 0
        self.allowed: list[str] = []
        self.slow_s = 0.0
        self.most_at_once = Counter[int]()
        self._at_once = Counter[int]()
        self._next_update = 1000
        self._next_message = 1
        self._queries: set[str] = set()
        self._changed = asyncio.Condition()
        self._poll = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

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
        self, text: str, user: int, chat: int | None = None, topic: int = 0, **more: object
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

    async def update(self, body: Params) -> int:
        """Queue any update; its id."""
        number = self._next_update
        self._next_update += 1
        if not self.allowed or set(body) & set(self.allowed):
            self.updates.append({"update_id": number} | body)
        await self.stir()
        return number

    def fail(self, *faults: Fault) -> None:
        """Each of these happens once, at the next call of its method and chat."""
        self.faults += faults

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to have come about here."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(condition)

    async def messages(self, count: int) -> list[Sent]:
        """The messages of the bot, once there are ``count``."""
        await self.until(lambda: len(self.sent) >= count)
        return self.sent

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = posted(dict(await request.post()))
        self.calls.append(method)
        try:
            answer = await self._answer(request.match_info["token"], method, params)
        except RefusedError as refused:
            if refused.fault.cut and request.transport is not None:
                request.transport.close()
            await self.stir()
            return refusal(refused.fault)
        await self.stir()
        return web.json_response({"ok": True, "result": answer})

    async def _answer(self, token: str, method: str, params: Params) -> Any:
        if token != self.token:
            raise RefusedError(Fault(401, "Unauthorized"))
        fault = self._fault(method, params)
        if fault is not None and not fault.accept:
            raise RefusedError(fault)
        handler: Callable[[Params], Awaitable[Any]] | None = getattr(self, f"_{method}", None)
        if handler is None:
            raise RefusedError(Fault(404, "Not Found: method not found"))
        result = await handler(params)
        if fault is not None:
            raise RefusedError(fault)
        return result

    def _fault(self, method: str, params: Params) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.chat in (None, params.get("chat_id")):
                self.faults.remove(fault)
                return fault
        return None

    async def _getMe(self, params: Params) -> Params:  # noqa: N802
        return BOT | {"can_join_groups": True}

    async def _deleteWebhook(self, params: Params) -> bool:  # noqa: N802
        return True

    async def _getUpdates(self, params: Params) -> list[Params]:  # noqa: N802
        offset = params.get("offset", 0)
        self.confirmed = max(self.confirmed, offset)
        self.updates = [entry for entry in self.updates if entry["update_id"] >= offset]
        self.allowed = params.get("allowed_updates", self.allowed)
        self._poll += 1
        mine = self._poll
        await self.stir()
        try:
            async with asyncio.timeout(params.get("timeout", 0)), self._changed:
                await self._changed.wait_for(lambda: bool(self.updates) or self._poll != mine)
        except TimeoutError:
            pass
        if self._poll != mine:
            text = "terminated by other getUpdates request; "
            text += "make sure that only one bot instance is running"
            raise RefusedError(Fault(409, f"Conflict: {text}"))
        return self.updates[: params.get("limit", 100)]

    async def _setMyCommands(self, params: Params) -> bool:  # noqa: N802
        names = [command["command"] for command in params["commands"]]
        self.menus[params["scope"]["type"]] = names
        return True

    async def _getChatMember(self, params: Params) -> Params:  # noqa: N802
        user = params["user_id"]
        return member(person(user), self.statuses.get((params["chat_id"], user), "member"))

    async def _answerCallbackQuery(self, params: Params) -> bool:  # noqa: N802
        if params["callback_query_id"] not in self._queries:
            text = "query is too old and response timeout expired or query ID is invalid"
            raise RefusedError(bad(text))
        if len(params.get("text", "")) > 200:
            raise RefusedError(bad("MESSAGE_TOO_LONG"))
        self._queries.discard(params["callback_query_id"])
        self.toasts.append(params.get("text", ""))
        return True

    async def _sendMessage(self, params: Params) -> Params:  # noqa: N802
        chat, topic = params["chat_id"], params.get("message_thread_id", 0)
        await self._linger(chat)
        if chat not in self.chats:
            raise RefusedError(bad("chat not found"))
        if topic and (chat, topic) not in self.topics:
            raise RefusedError(bad("message thread not found"))
        shown = readable(params)
        sent = Sent(
            chat,
            self._next_message,
            shown.text,
            shown.entities,
            topic,
            keyboard(params),
            params.get("reply_parameters", {}).get("message_id"),
            params.get("disable_notification", False),
        )
        self._next_message += 1
        self.sent.append(sent)
        return self._shown(sent)

    async def _linger(self, chat: int) -> None:
        """Take ``slow_s`` for a send, and see how many go to one chat at once."""
        self._at_once[chat] += 1
        self.most_at_once[chat] = max(self.most_at_once[chat], self._at_once[chat])
        await asyncio.sleep(self.slow_s)
        self._at_once[chat] -= 1

    async def _editMessageText(self, params: Params) -> Params:  # noqa: N802
        ours = (s for s in self.sent if (s.chat, s.id) == (params["chat_id"], params["message_id"]))
        sent = next(ours, None)
        if sent is None:
            raise RefusedError(bad("message to edit not found"))
        shown, buttons = readable(params), keyboard(params)
        if (sent.text, sent.entities, sent.buttons) == (*shown, buttons):
            text = "message is not modified: specified new message content and reply markup are "
            text += "exactly the same as a current content and reply markup of the message"
            raise RefusedError(bad(text))
        sent.text, sent.entities, sent.buttons = *shown, buttons
        sent.edits += 1
        return self._shown(sent)

    def _chat(self, chat: int) -> Params:
        private = {"id": chat, "type": "private", "first_name": f"Person {chat}"}
        return self.chats.setdefault(chat, private)

    def _message(self, user: int, chat: int | None, topic: int) -> Params:
        number = self._next_message
        self._next_message += 1
        base = {
            "message_id": number,
            "date": 1_700_000_000,
            "chat": self._chat(user if chat is None else chat),
            "from": person(user),
        }
        return base | ({"message_thread_id": topic, "is_topic_message": True} if topic else {})

    def _shown(self, sent: Sent) -> Params:
        shown = self._message(0, sent.chat, sent.thread)
        self._next_message -= 1
        return shown | {"message_id": sent.id, "from": BOT, "text": sent.text}

    async def stir(self) -> None:
        """Let ``until`` look again."""
        async with self._changed:
            self._changed.notify_all()
