"""How the Discord double answers: JSON, errors, limits, faults."""

import json
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

BURST, WINDOW_S = 5, 5.0


@dataclass
class Fault:
    """How the next calls to a path end. ``cut``: the connection, after the call was carried out."""

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    cut: bool = False
    times: int = 1
    via: bool = True


def answered(body: Any, headers: dict[str, str] | None = None, status: int = 200) -> web.Response:
    """With a charset in the type, clients take JSON for text; so there is none."""
    known = {"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=known)


def refused(status: int, code: int, said: str) -> web.Response:
    return answered({"message": said, "code": code}, status=status)


def bucket_headers(channel: int, remaining: int, reset_s: float) -> dict[str, str]:
    return {
        "X-RateLimit-Bucket": "messages",
        "X-RateLimit-Limit": str(BURST),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(time.time() + reset_s),
        "X-RateLimit-Reset-After": f"{reset_s:.3f}",
    }


def faulty(fault: Fault) -> web.Response:
    if fault.status != 429:
        return refused(fault.status, fault.code, "a fault")
    body = {"message": "You are being rate limited.", "retry_after": fault.retry_after}
    answer = answered({**body, "global": False}, {"Retry-After": str(fault.retry_after)}, 429)
    if not fault.via:
        del answer.headers["Via"]
    return answer
