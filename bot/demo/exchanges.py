"""Three exchanges on loopback: REST instrument tables, and WebSockets that play the tape."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from aiohttp import WSMsgType, web

from bot.demo.wire import Frame, binance_info, bybit_info, marks, okx_info

MARKS_S = 1.0

OLD_NEWS_MS = 40 * 60_000
"""How old the order is that OKX repeats to everyone who subscribes."""


class LoopbackExchanges:
    """Serves ``binance``, ``bybit`` and ``okx`` under one port of 127.0.0.1.

    ``bitcoin`` is the mark price that every exchange quotes once a second. ``beside``: what else
    is answered there, such as ``bot.demo.markets.routes``.
    """

    names = ("binance", "bybit", "okx")

    def __init__(self, start_ms: int, beside: Sequence[web.RouteDef] = ()) -> None:
        self._start_ms = start_ms
        self._beside = beside
        self._listeners: dict[tuple[str, str], set[web.WebSocketResponse]] = defaultdict(set)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._singing: asyncio.Task[None] | None = None
        self.bitcoin = Decimal(91_480)

    async def __aenter__(self) -> "LoopbackExchanges":
        self._runner = web.AppRunner(self._routes(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._singing = asyncio.create_task(self._sing(), name="demo marks")
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._singing:
            self._singing.cancel()
        if self._runner:
            await self._runner.cleanup()

    def urls(self) -> dict[str, str]:
        """The settings that point the bot here instead of at the real exchanges."""
        host = f"127.0.0.1:{self._port}"
        return {
            "BINANCE_WS_URL": f"ws://{host}/binance",
            "BINANCE_REST_URL": f"http://{host}/binance",
            "BINANCE_COIN_WS_URL": f"ws://{host}/binance",
            "BINANCE_COIN_REST_URL": f"http://{host}/binance",
            "BYBIT_WS_URL": f"ws://{host}/bybit",
            "BYBIT_REST_URL": f"http://{host}/bybit",
            "OKX_WS_URL": f"ws://{host}/okx",
            "OKX_REST_URL": f"http://{host}/okx",
            "BINANCE_SPOT_URL": f"http://{host}/binance-spot",
            "HYPERLIQUID_REST_URL": f"http://{host}/hyperliquid",
        }

    async def send(self, frame: Frame) -> None:
        """To everybody who listens to the frame's topic; waits until somebody does."""
        while not self._open(frame):
            self._changed.clear()
            await self._changed.wait()
        await self._push(frame)

    async def _sing(self) -> None:
        """Marks come whether anybody listens or not, as they do at the real ones."""
        while True:
            await asyncio.sleep(MARKS_S)
            for frame in marks(self.bitcoin, self._start_ms):
                with suppress(ConnectionError):
                    await self._push(frame)

    async def _push(self, frame: Frame) -> None:
        for socket in self._open(frame):
            await socket.send_str(frame.text)

    def _open(self, frame: Frame) -> list[web.WebSocketResponse]:
        listeners = self._listeners[frame.exchange, frame.topic]
        listeners -= {socket for socket in listeners if socket.closed}
        return list(listeners)

    def _routes(self) -> web.Application:
        app = web.Application()
        app.add_routes(self._beside)
        app.add_routes(
            [
                web.get("/binance/market/ws", self._binance),
                web.get("/binance/fapi/v1/exchangeInfo", _answer(lambda q: binance_info(True))),
                web.get("/binance/dapi/v1/exchangeInfo", _answer(lambda q: binance_info(False))),
                web.get("/bybit/v5/public/{category}", self._bybit),
                web.get(
                    "/bybit/v5/market/instruments-info",
                    _answer(lambda q: bybit_info(q["category"])),
                ),
                web.get("/okx/ws/v5/public", self._okx),
                web.get(
                    "/okx/api/v5/public/instruments", _answer(lambda q: okx_info(q["instType"]))
                ),
            ]
        )
        return app

    async def _binance(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for text in _texts(socket):
            asked = json.loads(text)
            await socket.send_json({"result": None, "id": asked["id"]})
            for topic in asked["params"] if asked["method"] == "SUBSCRIBE" else ():
                self._listen("binance", topic, socket)
        return socket

    async def _bybit(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for text in _texts(socket):
            asked = json.loads(text)
            ping = asked["op"] == "ping"
            answer = {"success": True, "ret_msg": "pong" if ping else "", "conn_id": "demo"}
            await socket.send_json({**answer, "req_id": asked["req_id"], "op": asked["op"]})
            for topic in asked.get("args", []):
                self._listen("bybit", topic, socket)
        return socket

    async def _okx(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for text in _texts(socket):
            if text == "ping":
                await socket.send_str("pong")
                continue
            asked = json.loads(text)
            for arg in asked["args"]:
                await socket.send_json(
                    {"id": asked["id"], "event": "subscribe", "arg": arg, "connId": "demo"}
                )
                if arg.get("instType") == "SWAP":
                    await socket.send_json(self._old_news(arg))
                self._listen("okx", arg.get("instType", arg["channel"]), socket)
        return socket

    def _listen(self, exchange: str, topic: str, socket: web.WebSocketResponse) -> None:
        self._listeners[exchange, topic].add(socket)
        self._changed.set()

    def _old_news(self, arg: dict[str, str]) -> dict[str, Any]:
        """OKX opens with orders from before the subscription."""
        detail = {
            "bkLoss": "0", "bkPx": "91350.1", "ccy": "", "posSide": "long", "side": "sell",
            "sz": "250", "ts": str(self._start_ms - OLD_NEWS_MS),
        }  # fmt: skip
        instrument = {"instFamily": "BTC-USDT", "instId": "BTC-USDT-SWAP", "instType": "SWAP"}
        return {"arg": arg, "data": [{"details": [detail], **instrument, "uly": "BTC-USDT"}]}


def _answer(body: Any) -> Any:
    """A handler that answers JSON made from the query."""

    async def handle(request: web.Request) -> web.Response:
        return web.json_response(body(request.query))

    return handle


async def _texts(socket: web.WebSocketResponse) -> Any:
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            yield message.data
