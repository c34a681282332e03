"""One listener's WebSocket on a double: its topics, and the frames that reach it."""

import asyncio
import json
import time
import uuid
from collections import deque
from typing import Any, Protocol

from aiohttp import web

from tests.doubles.exchanges.faults import Faults, Frame, Kind


class Recent:
    """When something happened lately, for limits of so many in so many seconds."""

    def __init__(self) -> None:
        self._at: deque[float] = deque()

    def exceeded(self, limit: tuple[int, float] | None) -> bool:
        """Counts one more, now."""
        if limit is None:
            return False
        count, seconds = limit
        now = time.monotonic()
        self._at.append(now)
        while self._at[0] <= now - seconds:
            self._at.popleft()
        return len(self._at) > count


class Faulty(Protocol):
    """Whose faults may change at any time."""

    faults: Faults


class Connection:
    """``notes`` belong to the exchange: ids of channels, last prices, what a client chose."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, owner: Faulty) -> None:
        self.request = request
        self.path = request.path
        self.ws = ws
        self.id = str(uuid.uuid4())
        self.topics: dict[str, None] = {}
        self.notes: dict[str, Any] = {}
        self._owner = owner
        self.heard_at = self.moved_at = self.pinged_at = time.monotonic()
        self.unanswered_since: float | None = None
        self.recent = Recent()
        self._rest = b""
        self._dripping: asyncio.Task[None] | None = None

    def heard(self) -> None:
        self.heard_at = self.moved_at = time.monotonic()

    def answered(self) -> None:
        self.unanswered_since = None

    async def ping(self) -> None:
        """A WebSocket ping frame."""
        if Kind.PING in self._owner.faults.says and not self._rest:
            await self.ws.ping()
            self.asked()

    def asked(self) -> None:
        """Of a ping of any sort: from now on an answer is due."""
        self.unanswered_since = self.unanswered_since or time.monotonic()

    async def pong(self, payload: bytes) -> None:
        if Kind.PONG in self._owner.faults.says and not self._rest:
            await self.ws.pong(payload)

    async def send(self, frame: Frame) -> None:
        """Whole, or drop by drop; a frame that has begun is finished before the next."""
        self.moved_at = time.monotonic()
        if self._owner.faults.drip_s is not None or self._rest:
            self._rest += raw(frame)
            if self._dripping is None or self._dripping.done():
                self._dripping = asyncio.create_task(self._drip())
        elif isinstance(frame, str):
            await self.ws.send_str(frame)
        else:
            await self.ws.send_bytes(frame)

    async def _drip(self) -> None:
        while self._rest and self.request.transport is not None:
            size = len(self._rest) if self._owner.faults.drip_s is None else 1
            drop, self._rest = self._rest[:size], self._rest[size:]
            self.request.transport.write(drop)
            await asyncio.sleep(self._owner.faults.drip_s or 0)

    async def close(self, code: int = 1001) -> None:
        self.stop()
        await self.ws.close(code=code)

    def cut(self) -> None:
        """Gone without a close frame."""
        self.stop()
        if self.request.transport is not None:
            self.request.transport.abort()

    def stop(self) -> None:
        if self._dripping is not None:
            self._dripping.cancel()


def raw(frame: Frame) -> bytes:
    """The bytes of one unmasked, final WebSocket frame (RFC 6455, section 5.2)."""
    payload = frame.encode() if isinstance(frame, str) else frame
    opcode = 0x81 if isinstance(frame, str) else 0x82
    if len(payload) < 126:
        head = bytes([opcode, len(payload)])
    elif len(payload) < 1 << 16:
        head = bytes([opcode, 126]) + len(payload).to_bytes(2)
    else:
        head = bytes([opcode, 127]) + len(payload).to_bytes(8)
    return head + payload


def encoded(body: object) -> str:
    """Compact JSON; a plain word such as ``pong`` stays as it is."""
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
