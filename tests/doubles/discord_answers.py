"""How the Discord double answers: JSON, errors, limits, faults."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

PAGE = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"

HANG_S = 60.0


@dataclass
class Fault:
    """How the next calls to a path end: refused with ``status``, or carried out and ``then`` lost.

    ``drop``: the connection is closed; ``half``: within the body; ``hang``: nothing comes.
    ``scope`` is of a 429; without ``via`` it is no answer of the API; ``page``: HTML.
    """

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    scope: Literal["user", "shared", "global"] = "user"
    via: bool = True
    page: bool = False
    then: Literal["", "drop", "half", "hang"] = ""
    times: int = 1


def answered(body: Any, headers: dict[str, str] | None = None, status: int = 200) -> web.Response:
    """With a charset in the type, clients take JSON for text; so there is none."""
    known = {"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=known)


def refused(status: int, code: int, said: str) -> web.Response:
    return answered({"message": said, "code": code}, status=status)


def bucket_headers(limit: int, remaining: int, reset_s: float) -> dict[str, str]:
    return {
        "X-RateLimit-Bucket": "messages",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(time.time() + reset_s),
        "X-RateLimit-Reset-After": f"{reset_s:.3f}",
    }


def faulty(fault: Fault) -> web.Response:
    """The refusal of a fault with a status."""
    if fault.page:
        return web.Response(text=PAGE, status=fault.status, content_type="text/html")
    if fault.status != 429:
        return refused(fault.status, fault.code, "a fault")
    everywhere = fault.scope == "global"
    said = {"message": "You are being rate limited.", "retry_after": fault.retry_after}
    headers = {"Retry-After": str(fault.retry_after), "X-RateLimit-Scope": fault.scope}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    answer = answered({**said, "global": everywhere, "code": fault.code}, headers, 429)
    if not fault.via:
        del answer.headers["Via"]
    return answer


async def lost(request: web.Request, answer: web.Response, then: str) -> web.StreamResponse:
    """The call was carried out, and its answer does not arrive, or half of it."""
    if then == "hang":
        await asyncio.sleep(HANG_S)
    response = web.StreamResponse(status=answer.status, headers={"Via": "1.1 google"})
    if then == "half" and isinstance(answer.body, bytes):
        response.content_type = "application/json"
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
