"""A reverse proxy between the bot and a chat platform's double: it refuses, cuts and hangs.

So that the doubles need not know of faults: what the gate lets through was accepted.
"""

import asyncio
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple, Self
from urllib.parse import parse_qs

from aiohttp import ClientError, ClientSession, ClientTimeout, web

HANG_S = 600.0

_PART = re.compile(r'name="(\w+)"\r\n(?:[\w-]+: [^\r]*\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
"""A field of a form that has a file in it."""

_POSTED = re.compile(r"/channels/(\d+)/messages$")
_HOPPING = {"transfer-encoding", "content-length", "connection", "keep-alive", "date", "server"}


class Call(NamedTuple):
    """One message that reached the gate; ``at`` in monotonic seconds, ``text`` as it was sent."""

    chat: int
    at: float
    text: str


class Refusal(NamedTuple):
    """Answered here; the platform never sees the call."""

    status: int
    body: str
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Accepted(NamedTuple):
    """The platform takes the call, and its answer gets lost: dropped, hanging, or cut in half."""

    then: str


Fate = Refusal | Accepted
Verdict = Callable[[Call], Fate | None]


def merciful(call: Call) -> None:
    """Every call passes."""


class Gate:
    """``async with Gate(url) as gate``: ``gate.url`` stands for ``url``, ``gate.verdict`` judges
    each message; everything else, such as polling, passes."""

    def __init__(self, behind: str) -> None:
        self.verdict: Verdict = merciful
        self.calls: list[Call] = []
        self.judged: list[Call] = []
        """Those that met a fate."""
        self.accepted: Callable[[Call], None] = _unheeded
        """Called when the platform has taken a message and the bot does not know it yet."""
        self.url = ""
        self._behind = behind

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._pass)
        self._session = ClientSession(timeout=ClientTimeout(total=None), auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._judged(request, await request.read())
        except (ClientError, ConnectionError):  # one side has hung up
            return _hung_up(request)

    async def _judged(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if (call := _message(request, body)) is None:
            status, headers, answer = await self._forwarded(request, body)
            return web.Response(status=status, headers=headers, body=answer)
        self.calls.append(call)
        if (fate := self.verdict(call)) is not None:
            self.judged.append(call)
        if isinstance(fate, Refusal):
            return _refused(fate)
        status, headers, answer = await self._forwarded(request, body)
        if status == HTTPStatus.OK:
            self.accepted(call)
        if fate is not None:
            return await self._lost(request, answer, fate)
        return web.Response(status=status, headers=headers, body=answer)

    async def _forwarded(
        self, request: web.Request, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        named = {k: v for k, v in request.headers.items() if k.lower() not in {*_HOPPING, "host"}}
        url = f"{self._behind}{request.raw_path}"
        async with self._session.request(
            request.method, url, data=body, headers=named, allow_redirects=False
        ) as answer:
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOPPING}
            return answer.status, kept, await answer.read()

    async def _lost(
        self, request: web.Request, answer: bytes, fate: Accepted
    ) -> web.StreamResponse:
        if fate.then == "hang":
            await asyncio.sleep(HANG_S)
        if fate.then == "half":
            response = web.StreamResponse()
            response.content_type = "application/json"
            response.content_length = len(answer)
            await response.prepare(request)
            await response.write(answer[: len(answer) // 2])
        return _hung_up(request)


def _hung_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.StreamResponse()


def _refused(fate: Refusal) -> web.Response:
    """Without a charset: with one, Discord's clients take JSON for text."""
    headers = {"Content-Type": fate.kind, **dict(fate.headers)}
    return web.Response(status=fate.status, body=fate.body.encode(), headers=headers)


def _message(request: web.Request, body: bytes) -> Call | None:
    """The message that a call sends; None for every other call."""
    if (posted := _POSTED.search(request.path)) and request.method == "POST":
        return Call(int(posted[1]), time.monotonic(), body.decode(errors="replace"))
    said = {"sendMessage": "text", "sendPhoto": "caption"}.get(request.path.rpartition("/")[2])
    if said is None:
        return None
    text = body.decode(errors="replace")
    form = dict(_PART.findall(text)) or {name: told[0] for name, told in parse_qs(text).items()}
    return Call(int(form["chat_id"]), time.monotonic(), form[said])


def _unheeded(call: Call) -> None:
    """Nothing more happens."""
