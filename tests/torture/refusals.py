"""What Telegram and Discord answer when they do not take a message, as their wires show it."""

import json

from tests.torture.gate import Call, Fate, Refusal, Verdict

PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"

BOT_API = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Bad Request: chat not found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
"""An unknown chat is a 400 there."""

DISCORD = {
    401: (0, "401: Unauthorized"),
    403: (50001, "Missing Access"),
    404: (10003, "Unknown Channel"),
    500: (0, "Internal Server Error"),
    503: (0, "Service Unavailable"),
}


def limited(platform: str, seconds: int, everywhere: bool = False) -> Refusal:
    """429; ``everywhere``: Discord's global limit, which Telegram does not tell apart."""
    if platform == "telegram":
        text = f"Too Many Requests: retry after {seconds}"
        return _bot_api(429, text, {"retry_after": seconds})
    body = {"message": "You are being rate limited.", "retry_after": float(seconds)}
    headers = [("Via", "1.1 google"), ("Retry-After", str(seconds))]
    headers.append(("X-RateLimit-Scope", "global" if everywhere else "user"))
    if everywhere:
        headers.append(("X-RateLimit-Global", "true"))
    return Refusal(429, json.dumps(body | {"global": everywhere}), headers=tuple(headers))


def refused(platform: str, status: int) -> Refusal:
    if platform == "telegram":
        return _bot_api(400 if status == 404 else status, BOT_API[status])
    code, said = DISCORD[status]
    return Refusal(status, json.dumps({"code": code, "message": said}))


def page(platform: str) -> Refusal:
    """502 of a proxy in between, which speaks no JSON."""
    return Refusal(502, PAGE, "text/html")


def moved(to: int) -> Refusal:
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return _bot_api(400, text, {"migrate_to_chat_id": to})


def _bot_api(status: int, text: str, parameters: dict[str, int] | None = None) -> Refusal:
    body = {"ok": False, "error_code": status, "description": text, "parameters": parameters or {}}
    return Refusal(status, json.dumps(body))


def for_one(chat: int, fate: Fate) -> Verdict:
    """One chat, each time."""
    return lambda call: fate if call.chat == chat else None


def once_each(fate: Fate) -> Verdict:
    """Every chat, the first time."""
    met = set[int]()

    def verdict(call: Call) -> Fate | None:
        if call.chat in met:
            return None
        met.add(call.chat)
        return fate

    return verdict


def first(many: int, fate: Fate) -> Verdict:
    """The first calls, whomever they go to."""
    left = many

    def verdict(call: Call) -> Fate | None:
        nonlocal left
        left -= 1
        return fate if left >= 0 else None

    return verdict


def until(moment: float, fate: Fate) -> Verdict:
    """All calls before a moment, in monotonic seconds."""
    return lambda call: fate if call.at < moment else None
