"""A small exchange: a dialect, and the loopback server that speaks it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

import aiohttp
from aiohttp import web

from bot.errors import ParseError
from bot.exchanges.dialect import (
    Ack,
    Answer,
    Closing,
    Events,
    Exchange,
    Heartbeat,
    Marks,
    Missed,
    Other,
    Page,
    Parsed,
    Pong,
    Publication,
    Stream,
)
from bot.market import Instrument, Instruments, Liquidation, Side


def instrument(symbol: str) -> Instrument:
    return Instrument("toy", symbol, symbol.removesuffix("USDT"), "USDT", Decimal(1), True)


class Toy(Exchange):
    """Frames are ``{"events": [[symbol, quantity, time_ms], ...]}`` and the like."""

    name = "toy"
    title = "Toy"
    urls: Mapping[str, str] = {"ws": "ws://toy.invalid", "rest": "http://toy.invalid"}
    publication = Publication("complete")

    def __init__(
        self,
        heartbeat: Heartbeat | None = None,
        opens_with_old_news: bool = False,
        batch: int = 100,
        fixed: tuple[str, ...] = (),
        canaries: tuple[str, ...] = (),
        **traits: Any,
    ) -> None:
        """``traits``: what an ``Exchange`` may declare besides, such as ``data_s``."""
        self.heartbeat = heartbeat or Heartbeat(20.0)
        self.opens_with_old_news = opens_with_old_news
        self._batch = batch
        self._fixed = fixed
        self._canaries = canaries
        for name, value in traits.items():
            setattr(self, name, value)

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        topics = self._fixed or tuple(instruments)
        stream = Stream("all", f"{urls['ws']}/ws", topics, self._canaries)
        return (stream,) if topics else ()

    def batches(self, topics: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            topics[start : start + self._batch] for start in range(0, len(topics), self._batch)
        )

    def subscribe(self, topics: tuple[str, ...], request: str) -> str:
        return json.dumps({"subscribe": topics, "id": request})

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        if frame == b"boom":
            raise RuntimeError("a mistake of ours")
        try:
            said = json.loads(frame)
        except ValueError as error:
            raise ParseError("not JSON") from error
        match said:
            case {"ack": request, "ok": ok}:
                return Ack(request, ok, said.get("reason", ""))
            case {"events": events}:
                return Events([_event(e, received_ms, instruments) for e in events])
            case {"marks": marks}:
                return Marks(tuple((symbol, price) for symbol, price in marks))
            case {"ping": payload}:
                return Answer(f'{{"pong": "{payload}"}}')
            case {"pong": _}:
                return Pong()
            case {"closing": reason}:
                return Closing(reason)
        return Other()

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/instruments?page=0",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        try:
            answer = json.loads(body)
            following = answer["next"]
            found = [instrument(symbol) for symbol in answer["symbols"]]
        except (ValueError, KeyError) as error:
            raise ParseError("not a table") from error
        base = url.partition("?")[0]
        return found, None if following is None else f"{base}?page={following}"


class ToyHistory:
    """Rows are events as in frames; a page holds ``size`` of them, oldest first."""

    reach_s = 3600.0
    gap_s = 0.0

    def __init__(self, exact: bool = True) -> None:
        self.exact = exact

    def pages(self, missed: Missed) -> tuple[str, ...]:
        span = f"since={missed.since_ms}&until={missed.until_ms}"
        return (f"{missed.urls['rest']}/history?{span}&page=0",)

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        try:
            answer = json.loads(body)
            rows = [_event(row, received_ms, missed.instruments) for row in answer["rows"]]
        except (ValueError, KeyError) as error:
            raise ParseError("not a history") from error
        page = int(url.rpartition("=")[2]) + 1
        return rows, f"{url.rpartition('=')[0]}={page}" if answer["more"] else None


def _event(raw: list[object], received_ms: int, instruments: Instruments) -> Liquidation:
    try:
        symbol, quantity, time_ms = str(raw[0]), Decimal(str(raw[1])), int(str(raw[2]))
    except (InvalidOperation, ValueError, IndexError) as error:
        raise ParseError("not an event") from error
    known = instruments.get(symbol)
    return Liquidation(
        exchange="toy",
        symbol=symbol,
        coin=symbol.removesuffix("USDT"),
        side=Side.LONG,
        price=Decimal(2),
        quantity=quantity,
        notional=known.notional(quantity, Decimal(2)) if known else None,
        time_ms=time_ms,
        received_ms=received_ms,
    )


def events(*entries: tuple[str, int, int]) -> str:
    return json.dumps({"events": entries})


class ToyServer:
    """What a test may do to the other end of the wire."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [["BTCUSDT", "ETHUSDT"]]
        self.rest_status = 200
        self.rest_body: bytes | None = None
        self.ws_status = 101
        self.autoping = True
        self.acknowledge: Callable[[list[str]], tuple[bool, str] | None] = lambda topics: (True, "")
        self.first_frame: str | None = None
        self.requests: list[list[str]] = []
        self.said: list[object] = []
        self.handshakes = 0
        self.asked_rest = 0
        self.targets: list[str] = []
        self.past: list[tuple[str, int, int]] = []
        self.history_status = 200
        self.asked_history_pages = 0
        self.asked_history: list[tuple[int, int]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.urls: dict[str, str] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ToyServer"]:
        app = web.Application()
        app.router.add_get("/instruments", self._instruments)
        app.router.add_get("/ws", self._ws)
        app.router.add_get("/history", self._history)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            self.urls = {"ws": f"ws://127.0.0.1:{port}", "rest": f"http://127.0.0.1:{port}"}
            yield self
        finally:
            for socket in self.sockets:
                _abort(socket)
            await runner.cleanup()

    async def push(self, text: str) -> None:
        for socket in self.sockets:
            if not socket.closed:
                await socket.send_str(text)

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close(code=1001)

    async def _instruments(self, request: web.Request) -> web.Response:
        self.asked_rest += 1
        self.targets.append(request.raw_path)
        if self.rest_status != 200:
            return web.Response(status=self.rest_status)
        if self.rest_body is not None:
            return web.Response(body=self.rest_body)
        page = int(request.query["page"])
        following = page + 1 if page + 1 < len(self.pages) else None
        return web.json_response({"symbols": self.pages[page], "next": following})

    async def _history(self, request: web.Request) -> web.Response:
        """Two rows a page."""
        since, until, page = (int(request.query[name]) for name in ("since", "until", "page"))
        self.asked_history_pages += 1
        if page == 0:
            self.asked_history.append((since, until))
        if self.history_status != 200:
            return web.Response(status=self.history_status)
        rows = [row for row in self.past if since <= row[2] <= until]
        more = len(rows) > 2 * page + 2
        first = max(0, 2 * page - 1)  # a page begins with the last row of the one before
        return web.json_response({"rows": rows[first : 2 * page + 2], "more": more})

    async def _ws(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        self.targets.append(request.raw_path)
        if self.ws_status != 101:
            return web.Response(status=self.ws_status)
        socket = web.WebSocketResponse(autoping=self.autoping)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.PONG:
                self.said.append(bytes(message.data))
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._answer(socket, json.loads(message.data))
        return socket

    async def _answer(self, socket: web.WebSocketResponse, said: dict[str, object]) -> None:
        self.said.append(said)
        topics = said.get("subscribe")
        if not isinstance(topics, list):
            return
        self.requests.append(topics)
        verdict = self.acknowledge(topics)
        if verdict is None:
            return
        ok, reason = verdict
        await socket.send_str(json.dumps({"ack": said["id"], "ok": ok, "reason": reason}))
        if ok and self.first_frame is not None:
            await socket.send_str(self.first_frame)


def _abort(socket: web.WebSocketResponse) -> None:
    transport = socket._req.transport if socket._req is not None else None
    if transport is not None:
        transport.abort()


async def eventually(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that another task brings about."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.005)
