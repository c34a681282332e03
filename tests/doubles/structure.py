"""The REST APIs that tell the market's structure, on one port of loopback.

Written after their documentation (FEEDS.md section 6); it shares no code with the bot. Exchanges
stand under prefixes: ``/binance``, ``/binance-spot``, ``/bybit``, ``/okx``, ``/hyperliquid`` and
``/coinglass``. ``reply`` answers without a socket.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.clock import Now
from tests.doubles.structure_binance import Futures, Reply, Spot
from tests.doubles.structure_bybit import Bybit
from tests.doubles.structure_okx import Okx
from tests.doubles.structure_others import KEY, CoinGlass, Hyperliquid
from tests.doubles.structure_world import Coin

__all__ = ["KEY", "PREFIXES", "Coin", "Fault", "StructureDouble"]

Fault = int | Literal["hang", "html", "empty", "refused"]
"""An HTTP status, no answer, a page, no rows, or the exchange's own error in an HTTP 200."""

PREFIXES = ("/binance", "/binance-spot", "/bybit", "/okx", "/hyperliquid", "/coinglass")

ROLES: dict[str, dict[str, str]] = {
    "binance": {"rest": "/binance", "spot": "/binance-spot"},
    "bybit": {"rest": "/bybit"},
    "okx": {"rest": "/okx"},
    "hyperliquid": {"rest": "/hyperliquid"},
    "coinglass": {"rest": "/coinglass"},
}

REFUSALS: dict[str, Any] = {
    "/bybit": {
        "retCode": 10006,
        "retMsg": "Too many visits!",
        "result": {},
        "retExtInfo": {},
        "time": 1_760_352_369_814,
    },
    "/okx": {"code": "50011", "data": [], "msg": "Requests too frequent."},
    "/coinglass": {"code": "429", "msg": "Too Many Requests"},
}


@dataclass
class StructureDouble:
    """``async with StructureDouble(clock) as double``: ``double.urls("okx")`` by role.

    Coins by exchange, each to be changed at will. ``faults``: by a prefix with the beginning of a
    path (``/okx/api/v5/public/mark-price``); the longest counts. ``requests`` by prefix and path.
    """

    clock: Now
    faults: dict[str, Fault] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.binance = Futures({"BTC": Coin(price=60_000.0), "ETH": Coin(price=3_000.0)})
        self.spot = Spot(self.binance.coins)
        self.bybit = Bybit({"BTC": Coin(price=60_010.0), "ETH": Coin(price=3_001.0)})
        self.okx = Okx({"BTC": Coin(price=60_020.0), "ETH": Coin(price=3_002.0)})
        self.hyperliquid = Hyperliquid({"BTC": Coin(price=60_030.0), "ETH": Coin(price=3_003.0)})
        self.coinglass = CoinGlass({"BTC": Coin(price=60_000.0), "ETH": Coin(price=3_000.0)})
        self.base = ""
        self._runner: web.AppRunner | None = None

    def urls(self, source: str) -> dict[str, str]:
        return {role: self.base + prefix for role, prefix in ROLES[source].items()}

    def reply(self, url: str, body: bytes | None = None, key: str = "") -> tuple[int, bytes]:
        """Status and document; ``url`` begins with a prefix."""
        parts = urlsplit(url)
        prefix = max((each for each in PREFIXES if _under(parts.path, each)), key=len, default="")
        path, query = parts.path.removeprefix(prefix), dict(parse_qsl(parts.query))
        self.requests[prefix + path] += 1
        fault = self._fault(parts.path)
        if isinstance(fault, int):
            return fault, b'{"code":-1,"msg":"fault"}'
        if fault == "html":
            return 200, b"<html><body>Just a moment...</body></html>"
        if fault == "refused":
            return 200, json.dumps(REFUSALS.get(prefix, {"code": -1, "msg": "fault"})).encode()
        status, told = self._answer(prefix, path, query, body, key)
        if fault == "empty":
            told = _emptied(told)
        return status, json.dumps(told).encode()

    def _answer(
        self, prefix: str, path: str, query: dict[str, str], body: bytes | None, key: str
    ) -> Reply:
        now = self.clock.now_ms()
        match prefix:
            case "/binance":
                return self.binance.answer(path, query, now)
            case "/binance-spot":
                return self.spot.answer(path, query, now)
            case "/bybit":
                return self.bybit.answer(path, query, now)
            case "/okx":
                return self.okx.answer(path, query, now)
            case "/hyperliquid" if path == "/info" and body is not None:
                return self.hyperliquid.answer(json.loads(body), now)
            case "/coinglass":
                return self.coinglass.answer(path, query, key, now)
        return 404, "Not Found"

    def _fault(self, path: str) -> Fault | None:
        fitting = [each for each in self.faults if path.startswith(each)]
        return self.faults[max(fitting, key=len)] if fitting else None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        if self._fault(request.path) == "hang":
            await asyncio.sleep(3_600)
        body = await request.read() if request.method == "POST" else None
        status, told = self.reply(request.path_qs, body, request.headers.get("CG-API-KEY", ""))
        kind = "text/html" if told.startswith(b"<") else "application/json"
        answer = web.Response(status=status, body=told, content_type=kind)
        if status in (418, 429):
            answer.headers["Retry-After"] = "30"
        weights = {"/binance/": self.binance.weight, "/binance-spot/": self.spot.weight}
        for prefix, weight in weights.items():
            if request.path.startswith(prefix):
                answer.headers["X-MBX-USED-WEIGHT-1M"] = str(weight)
        return answer


def _under(path: str, prefix: str) -> bool:
    return path.startswith(prefix + "/")


def _emptied(told: Any) -> Any:
    """The same document without rows."""
    if isinstance(told, list):
        return []
    emptied = {name: [] if isinstance(each, list) else each for name, each in told.items()}
    if isinstance(emptied.get("result"), dict):
        emptied["result"] = _emptied(emptied["result"])
    return emptied
