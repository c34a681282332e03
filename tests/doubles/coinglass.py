"""CoinGlass's API on loopback, with its plans, its limits and its refusals.

Written after its documentation (timestamps and pagination, intervals, rate headers) and after the
refusals that its users report; it shares no code with the bot.
"""

import asyncio
from typing import Any, Self

from aiohttp import web

from bot.clock import Clock

KEY = "an-invented-key-of-32-characters"
HOUR = 3_600_000
DAY = 24 * HOUR
SPANS = {"30m": HOUR // 2, "1h": HOUR, "4h": 4 * HOUR, "1d": DAY}
REACH = {
    "HOBBYIST": {"4h": 180 * DAY},
    "STARTUP": {"30m": 90 * DAY, "1h": 180 * DAY, "4h": 180 * DAY},
}
EXCHANGES = ["OKX", "Binance", "Bybit", "Hyperliquid"]


def told(coin: str, time: int) -> tuple[float, str]:
    """Longs as a number and shorts as a text: the documentation shows both."""
    seed = sum(map(ord, coin)) + time // HOUR
    return seed % 9973 * 1_000 + 0.14234, f"{seed % 7919}.5"


class CoinGlassDouble:
    """``async with CoinGlassDouble(clock) as coinglass``: ``coinglass.url`` is the setting.

    ``plan`` None is a key without one. ``used`` of ``allowed`` requests a minute are others'.
    The request whose number is in ``faults`` gets that answer instead; ``held`` never ends.
    ``end_belongs``: the span that begins at ``end_time`` is told too, against the documentation.
    """

    def __init__(self, clock: Clock, plan: str | None = "STARTUP", allowed: int = 80) -> None:
        self.clock = clock
        self.plan = plan
        self.allowed = allowed
        self.used = 0
        self.coins = {"BTC", "ETH", "SOL", "XRP", "DOGE", "1000PEPE"}
        self.asked: list[dict[str, str]] = []
        self.keys: list[str] = []
        self.refused = 0
        self.faults: dict[int, web.Response] = {}
        self.held: int | None = None
        self.end_belongs = False
        self.holding = asyncio.Event()
        self.url = ""
        self._times: list[float] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        number = len(self.asked)
        self.asked.append(dict(request.query))
        self.keys.append(request.headers.get("CG-API-KEY", ""))
        if number == self.held:
            self.holding.set()
            await asyncio.sleep(3600)
        if number in self.faults:
            return self.faults[number]
        now = self.clock.monotonic()
        self._times = [at for at in self._times if now - at < 60]
        if len(self._times) + self.used >= self.allowed:
            self.refused += 1
            self.used = 0
            return web.json_response({"code": "429", "msg": "Too Many Requests"}, status=429)
        self._times.append(now)
        answer = web.json_response(self._body(request.path, request))
        answer.headers["API-KEY-MAX-LIMIT"] = str(self.allowed)
        answer.headers["API-KEY-USE-LIMIT"] = str(len(self._times) + self.used)
        return answer

    def _body(self, path: str, request: web.Request) -> dict[str, Any]:
        if request.headers.get("CG-API-KEY") != KEY:
            return {"code": "400", "msg": "Invalid API key provided"}
        if path == "/api/futures/supported-exchanges":
            return {"code": "0", "msg": "success", "data": EXCHANGES}
        if path != "/api/futures/liquidation/aggregated-history":
            return {"code": "404", "msg": "Not Found"}
        if self.plan is None:
            return {"code": "401", "msg": "Upgrade plan"}
        query = request.query
        if query["interval"] not in REACH[self.plan]:
            sentence = "The requested interval is not available for your current API plan."
            return {"code": "403", "msg": sentence}
        if query["symbol"] not in self.coins or not query["exchange_list"]:
            return {"code": "400", "msg": "The requested coin is not supported\x1b[2J"}
        return {"code": "0", "msg": "success", "data": self._rows(query["symbol"], query)}

    def _rows(self, coin: str, query: Any) -> list[dict[str, object]]:
        """The start belongs to them and the end does not; newest first, the running span too."""
        interval = query["interval"]
        span, now = SPANS[interval], self.clock.now_ms()
        limit = min(int(query["limit"]), 1000)
        start, end = int(query["start_time"]), min(int(query["end_time"]), now)
        start = max(start, now - REACH[str(self.plan)][interval])
        start = -(-start // span) * span
        times = list(range(start, end + self.end_belongs, span))[:limit]
        rows = []
        for time in reversed(times):
            long, short = told(coin, time)
            rows.append({"time": time, "aggregated_long_liquidation_usd": long,
                         "aggregated_short_liquidation_usd": short})  # fmt: skip
        return rows
