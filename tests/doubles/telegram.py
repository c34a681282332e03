"""A Bot API server on loopback: long polling, chats, rights, and Telegram's own refusals.

Written after the Bot API's documentation and the texts of its open server; it shares no code with
the bot. ``TelegramDouble`` is driven by tests: people write and press, members come and go, and
faults are programmed per method and chat.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from tests.doubles.telegram_html import Parsed
from tests.doubles.telegram_media import WORDLESS, Shelf, captioned, media
from tests.doubles.telegram_pace import COUNTED, Door
from tests.doubles.telegram_people import BOT, Sent, TelegramPeople
from tests.doubles.telegram_wire import (
    Fault,
    Params,
    RefusedError,
    bad,
    keyboard,
    limited,
    member,
    migrated,
    person,
    posted,
    quoted,
    readable,
    spoilt,
)

__all__ = ["BOT", "TOKEN", "Sent", "TelegramDouble"]

TOKEN = "7000000001:AAF-a_loopback_token_that_is_invented"


class TelegramDouble(TelegramPeople):
    """``async with TelegramDouble() as telegram``: ``telegram.url`` is the setting's value."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.toasts: list[str] = []
        self.menus: dict[str, list[str]] = {}
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.refusing: dict[int, Fault] = {}
        """What every call that writes in a chat comes to, until it is taken out."""
        self.door = Door()
        self.shelf = Shelf()
        self.slow_s = 0.0
        self.most_at_once = Counter[int]()
        self._at_once = Counter[int]()
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

    def fail(self, *faults: Fault) -> None:
        """Each of these happens once, at the next call of its method and chat."""
        self.faults += faults

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = posted(dict(await request.post()))
        self.calls.append(method)
        result: Any = None
        fault: Fault | None = None
        try:
            result = await self._answer(request.match_info["token"], method, params)
        except RefusedError as refused:
            fault, result = refused.fault, refused.result
        await self.stir()
        if fault is None:
            return web.json_response({"ok": True, "result": result})
        return await spoilt(request, fault, {"ok": True, "result": result})

    async def _answer(self, token: str, method: str, params: Params) -> Any:
        if token != self.token:
            raise RefusedError(Fault(401, "Unauthorized"))
        fault = self._fault(method, params)
        if method in COUNTED and (wait_s := self._wait_s(method, params["chat_id"])):
            fault = limited(wait_s)
        if fault is not None and not fault.accept:
            raise RefusedError(fault)
        handler: Callable[[Params], Awaitable[Any]] | None = getattr(self, f"_{method}", None)
        if handler is None:
            raise RefusedError(Fault(404, "Not Found: method not found"))
        result = await handler(params)
        if fault is not None:
            raise RefusedError(fault, result)
        return result

    def _wait_s(self, method: str, chat: int) -> int:
        return self.door.enter(method, chat, time.monotonic())

    def _fault(self, method: str, params: Params) -> Fault | None:
        for fault in self.faults:
            if fault.meets(method) and fault.chat in (None, params.get("chat_id")):
                self.faults.remove(fault)
                return fault
        return self.refusing.get(params.get("chat_id", 0)) if method in COUNTED else None

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
        sent = await self._sent(params, readable(params))
        return self._shown(sent)

    async def _sendPhoto(self, params: Params) -> Params:  # noqa: N802
        shown = captioned(params)
        name, content = self.shelf.photo(params["photo"])
        sent = await self._sent(params, shown)
        sent.photo_id, sent.photo = name, content
        return self._shown(sent)

    async def _sendDocument(self, params: Params) -> Params:  # noqa: N802
        file = params["document"]
        sent = await self._sent(params, captioned(params))
        sent.document = (file.filename, file.file.read())
        return self._shown(sent)

    async def _sendChatAction(self, params: Params) -> bool:  # noqa: N802
        self._chat(params["chat_id"])
        return True

    async def _sent(self, params: Params, shown: Parsed) -> Sent:
        chat, topic = params["chat_id"], params.get("message_thread_id", 0)
        await self._linger(chat)
        if chat in self.moved:
            raise RefusedError(migrated(self.moved[chat], chat))
        if chat not in self.chats:
            raise RefusedError(bad("chat not found"))
        if topic and (chat, topic) not in self.topics:
            raise RefusedError(bad("message thread not found"))
        sent = Sent(
            chat,
            self._next_message,
            shown.text,
            shown.entities,
            topic,
            keyboard(params),
            quoted(params, self._next_message),
            params.get("disable_notification", False),
        )
        self._next_message += 1
        self.sent.append(sent)
        return sent

    async def _linger(self, chat: int) -> None:
        """Take ``slow_s`` for a send, and see how many go to one chat at once."""
        self._at_once[chat] += 1
        self.most_at_once[chat] = max(self.most_at_once[chat], self._at_once[chat])
        await asyncio.sleep(self.slow_s)
        self._at_once[chat] -= 1

    async def _editMessageText(self, params: Params) -> Params:  # noqa: N802
        sent = self._ours(params)
        if sent.photo is not None:
            raise RefusedError(bad(WORDLESS))
        return self._edited(sent, readable(params), keyboard(params), sent.photo_id)

    async def _editMessageCaption(self, params: Params) -> Params:  # noqa: N802
        sent = self._ours(params)
        if sent.photo is None:
            raise RefusedError(bad("there is no caption in the message to edit"))
        return self._edited(sent, captioned(params), keyboard(params), sent.photo_id)

    async def _editMessageMedia(self, params: Params) -> Params:  # noqa: N802
        sent = self._ours(params)
        file, told = media(params)
        name, content = self.shelf.photo(file)
        answer = self._edited(sent, captioned(told), keyboard(params), name)
        sent.photo = content
        return answer

    def _ours(self, params: Params) -> Sent:
        ours = (s for s in self.sent if (s.chat, s.id) == (params["chat_id"], params["message_id"]))
        sent = next(ours, None)
        if sent is None:
            raise RefusedError(bad("message to edit not found"))
        return sent

    def _edited(
        self, sent: Sent, shown: Parsed, buttons: list[list[dict[str, str]]], photo: str
    ) -> Params:
        if (sent.text, sent.entities, sent.buttons, sent.photo_id) == (*shown, buttons, photo):
            text = "message is not modified: specified new message content and reply markup are "
            text += "exactly the same as a current content and reply markup of the message"
            raise RefusedError(bad(text))
        sent.text, sent.entities, sent.buttons, sent.photo_id = *shown, buttons, photo
        sent.edits += 1
        return self._shown(sent)
