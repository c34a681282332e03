"""What the Bot API double refuses, and how its answers look on the wire."""

import asyncio
import json
from typing import Any

import msgspec
from aiohttp import web

from tests.doubles.telegram_html import MalformedError, Parsed, parse, utf16

Params = dict[str, Any]


class Fault(msgspec.Struct, frozen=True):
    """``accept``: do it all the same, and then answer with this.

    In place of the answer ``cut`` closes the connection, ``half`` does so within the body, and
    ``hang`` says nothing until the caller leaves. ``page``: a proxy's HTML instead of JSON.
    ``method``: of ``sendMessage`` a message with a picture is one too.
    """

    status: int = 0
    description: str = ""
    parameters: dict[str, int] = {}
    accept: bool = False
    cut: bool = False
    half: bool = False
    hang: bool = False
    page: bool = False
    method: str = "sendMessage"
    chat: int | None = None

    def meets(self, method: str) -> bool:
        """Whether a call of this method ends so."""
        return self.method == method or (self.method, method) == ("sendMessage", "sendPhoto")


def limited(seconds: int, chat: int | None = None, method: str = "sendMessage") -> Fault:
    text = f"Too Many Requests: retry after {seconds}"
    return Fault(429, text, {"retry_after": seconds}, chat=chat, method=method)


def blocked(chat: int | None = None) -> Fault:
    return Fault(403, "Forbidden: bot was blocked by the user", chat=chat)


def migrated(to: int, chat: int) -> Fault:
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault(400, text, {"migrate_to_chat_id": to}, chat=chat)


def bad(text: str, chat: int | None = None, method: str = "sendMessage") -> Fault:
    return Fault(400, f"Bad Request: {text}", chat=chat, method=method)


def gateway(method: str = "sendMessage", *, page: bool = False) -> Fault:
    return Fault(502, "Bad Gateway", method=method, page=page)


def failed(status: int, text: str, *, page: bool = False, accept: bool = False) -> Fault:
    """500 and 503 of Telegram itself, or of the door in front of it (``page``)."""
    return Fault(status, text, page=page, accept=accept)


def cut_after_accepting(chat: int | None = None, method: str = "sendMessage") -> Fault:
    return Fault(accept=True, cut=True, chat=chat, method=method)


def half_an_answer(chat: int | None = None) -> Fault:
    return Fault(accept=True, half=True, chat=chat)


def hanging(chat: int | None = None, method: str = "sendMessage", *, accept: bool = True) -> Fault:
    return Fault(accept=accept, hang=True, chat=chat, method=method)


def unauthorized(method: str) -> Fault:
    return Fault(401, "Unauthorized", method=method)


def unknown_token(method: str) -> Fault:
    """What is no token at all is not found."""
    return Fault(404, "Not Found", method=method)


class RefusedError(Exception):
    """``result``: what would have been answered, where it was done all the same."""

    def __init__(self, fault: Fault, result: Any = None) -> None:
        super().__init__(fault.description)
        self.fault = fault
        self.result = result


def posted(form: dict[str, Any]) -> Params:
    """The library sends forms whose values are JSON, save for strings."""
    plain = ("text", "caption", "parse_mode", "callback_query_id")
    return {key: value if key in plain else _value(value) for key, value in form.items()}


def _value(value: Any) -> Any:
    if not isinstance(value, str):
        return value  # an uploaded file
    try:
        return json.loads(value)
    except ValueError:
        return value


def readable(params: Params) -> Parsed:
    try:
        marked = params.get("parse_mode") == "HTML"
        shown = parse(params["text"]) if marked else Parsed(params["text"], [])
    except MalformedError as error:
        raise RefusedError(bad(f"can't parse entities: {error}")) from None
    if not shown.text.strip():
        raise RefusedError(bad("message text is empty"))
    if utf16(shown.text) > 4096:
        raise RefusedError(bad("message is too long"))
    return shown


def keyboard(params: Params) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = params.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if "url" not in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise RefusedError(bad("BUTTON_DATA_INVALID"))
    return rows


def person(user: int) -> Params:
    return {"id": user, "is_bot": False, "first_name": f"Person {user}"}


def sizes(photo: str) -> list[Params]:
    """A photo as a message shows it, in all its sizes, the largest last."""
    known = [("small", 90, 51), (photo, 1200, 675)]
    return [
        {"file_id": name, "file_unique_id": f"u{name}", "width": width, "height": height}
        for name, width, height in known
    ]


def member(user: Params, status: str) -> Params:
    rights = (
        "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
        "can_restrict_members can_promote_members can_change_info can_invite_users "
        "can_post_stories can_edit_stories can_delete_stories"
    )
    member: Params = {"user": user, "status": status}
    if status in ("administrator", "creator"):
        return member | dict.fromkeys(rights.split(), False)
    return member | ({"until_date": 0} if status == "kicked" else {})


async def spoilt(request: web.Request, fault: Fault, good: Params) -> web.StreamResponse:
    """The answer that a fault makes of a call."""
    if fault.hang:
        await asyncio.Event().wait()
    if fault.half:
        body = json.dumps(good).encode()
        answer = web.StreamResponse(headers={"Content-Length": str(len(body))})
        answer.content_type = "application/json"
        await answer.prepare(request)
        await answer.write(body[: len(body) // 2])
        _close(request)
        return answer
    if fault.cut:
        _close(request)
    if fault.page:
        text = f"<html><body><h1>{fault.status} {fault.description}</h1>nginx</body></html>"
        return web.Response(status=fault.status, text=text, content_type="text/html")
    refusal: Params = {"ok": False, "error_code": fault.status, "description": fault.description}
    if fault.parameters:
        refusal["parameters"] = fault.parameters
    headers = {"Retry-After": str(fault.parameters.get("retry_after", 0))}
    return web.json_response(refusal, status=fault.status or 500, headers=headers)


def _close(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


def quoted(params: Params, next_message: int) -> int | None:
    """The message that is answered; what is not there may have to be."""
    told = params.get("reply_parameters", {})
    number: int | None = told.get("message_id")
    if number is None or number < next_message:
        return number
    if not told.get("allow_sending_without_reply"):
        raise RefusedError(bad("message to be replied not found"))
    return None
