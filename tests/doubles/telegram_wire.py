"""What the Bot API double refuses, and how its answers look on the wire."""

import json
from typing import Any

import msgspec
from aiohttp import web

from tests.doubles.telegram_html import MalformedError, Parsed, parse, utf16

Params = dict[str, Any]


class Fault(msgspec.Struct, frozen=True):
    """``accept``: do it all the same; ``cut``: close the connection in place of an answer."""

    status: int = 0
    description: str = ""
    parameters: dict[str, int] = {}
    accept: bool = False
    cut: bool = False
    method: str = "sendMessage"
    chat: int | None = None


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


def gateway(method: str = "sendMessage") -> Fault:
    return Fault(502, "Bad Gateway", method=method)


def cut_after_accepting(chat: int | None = None, method: str = "sendMessage") -> Fault:
    return Fault(accept=True, cut=True, chat=chat, method=method)


def unauthorized(method: str) -> Fault:
    return Fault(401, "Unauthorized", method=method)


class RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.description)
        self.fault = fault


def posted(form: dict[str, Any]) -> Params:
    """The library sends forms whose values are JSON, save for strings."""
    plain = ("text", "parse_mode", "callback_query_id")
    return {key: value if key in plain else _value(value) for key, value in form.items()}


def _value(value: str) -> Any:
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


def refusal(fault: Fault) -> web.Response:
    body: Params = {"ok": False, "error_code": fault.status, "description": fault.description}
    if fault.parameters:
        body["parameters"] = fault.parameters
    headers = {"Retry-After": str(fault.parameters.get("retry_after", 0))}
    return web.json_response(body, status=fault.status or 500, headers=headers)
