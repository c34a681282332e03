"""Gate, after FEEDS 4.6, its futures WebSocket documentation and gateapi-python."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, num, text

LIQUIDATIONS, TICKERS = "futures.public_liquidates", "futures.tickers"
BOOK = "futures.obu"
INTERVALS = {"1m": 60, "5m": 300, "15m": 900, "30m": 1800, "1h": 3600, "4h": 14400, "1d": 86400}
FLUSH = 20
"""Aggregated arrays are sent early at so many items."""


class Gate(ExchangeDouble):
    """A forced sell has a negative size. ``aggregated``: arrays as since 2026-08-20, else one
    object a frame. Sizes are integers, or strings for a client that asked for decimals. How the
    contracts settled in USD1 are called is documented nowhere.
    """

    name = "gate"
    paths = ("/v4/ws/usdt", "/v4/ws/btc", "/v4/ws/usd1")
    changing = frozenset({"size", "price"})
    ping_s = 15.0
    pong_s = 60.0
    aggregated = True
    listed = (
        Contract("BTC_USDT", "BTC", Decimal("0.0001"), kind="usdt"),
        Contract("ETH_USDT", "ETH", Decimal("0.01"), kind="usdt"),
        Contract("SOL_USDT", "SOL", kind="usdt"),
        Contract("PEPE_USDT", "PEPE", Decimal(10_000_000), kind="usdt"),
        Contract("BTC_USD", "BTC", inverse=True, kind="btc"),
        Contract("BTC_USD1", "BTC", Decimal("0.0001"), kind="usd1"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        futures = "/api/v4/futures/{settle}"
        router.add_get(f"{futures}/contracts", self._contracts)
        router.add_get(f"{futures}/liq_orders", self._history)
        router.add_get(f"{futures}/contract_stats", self._sums)

    async def asked(self, connection: Connection, request: Any) -> None:
        channel, wanted = request.get("channel", ""), request.get("payload", [])
        if channel == "futures.ping":
            pong = head("futures.pong", "") | {"result": None}
            await self.say(connection, Kind.PONG, pong)
            return
        echoed = {key: request[key] for key in ("id", "payload") if key in request}
        answer = head(channel, request.get("event", "")) | echoed
        settle = connection.path.rpartition("/")[2]
        if why := self._mistake(channel, settle, wanted):
            error = {"error": {"code": 2, "message": why}, "result": {"status": "fail"}}
            await self.say(connection, Kind.ACK, answer | error)
            return
        await self.say(connection, Kind.ACK, answer | {"result": {"status": "success"}})
        await self.subscribed(connection, *(f"{channel}:{settle}:{name}" for name in wanted))

    def _mistake(self, channel: str, settle: str, wanted: list[str]) -> str:
        if channel not in (LIQUIDATIONS, TICKERS, BOOK):
            return f"unknown channel {channel}"
        here = [c.symbol for c in self.contracts if c.kind == settle]
        books = [f"ob.{symbol}.{level}" for symbol in here for level in (50, 400)]
        names = books if channel == BOOK else [*here, "!all"]
        return next((f"unknown contract {name}" for name in wanted if name not in names), "")

    def topics(self, contract: Contract) -> Iterable[str]:
        start = f"{LIQUIDATIONS}:{contract.kind}"
        return f"{start}:!all", f"{start}:{contract.symbol}"

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        decimals = connection.request.headers.get("X-Gate-Size-Decimal") == "1"
        rows = []
        for fill in fills:
            size = -fill.units if fill.long else fill.units
            rows.append(
                {
                    "price": text(fill.price),
                    "size": text(size) if decimals else int(size),
                    "time": fill.ms,
                    "contract": fill.contract.symbol,
                }
            )
        if not self.aggregated:
            for row in rows:
                yield head(LIQUIDATIONS, "update") | {"result": row}
            return
        for start in range(0, len(rows), FLUSH):
            yield head(LIQUIDATIONS, "update") | {"result": rows[start : start + FLUSH]}

    def canary(self, connection: Connection, topic: str) -> object | None:
        channel, settle, name = topic.split(":")
        if channel == BOOK:
            return self._book(name)
        if channel != TICKERS:
            return None
        rows = []
        for contract in self.contracts:
            if contract.kind == settle and name in ("!all", contract.symbol):
                price = text(self.mark(contract))
                prices = {"last": price, "mark_price": price, "index_price": price}
                rows.append(
                    {"contract": contract.symbol, "funding_rate": "0.0001", "total_size": "73648"}
                    | prices
                )
        return head(TICKERS, "update") | {"result": rows}

    def _book(self, name: str) -> dict[str, Any] | None:
        """Five dollars to either side of the mark."""
        contract = self.listing(name.split(".")[1])
        if contract is None:
            return None
        price, now = self.mark(contract), now_ms()
        sides = {"b": [[text(price - 5), "30166"]], "a": [[text(price + 5), "4208"]]}
        book = {"t": now, "full": True, "s": name, "u": now} | sides
        return {"channel": BOOK, "event": "update", "result": book, "time_ms": now}

    async def _contracts(self, request: web.Request) -> web.Response:
        rows = [
            {
                "name": contract.symbol,
                "type": "inverse" if contract.inverse else "direct",
                "quanto_multiplier": "0" if contract.inverse else text(contract.unit),
                "mark_price": text(self.mark(contract)),
                "last_price": text(self.mark(contract)),
                "order_size_min": 1,
                "in_delisting": False,
                "status": "trading",
                "funding_interval": 28800,
            }
            for contract in self._settled(request)
        ]
        return web.json_response(rows)

    async def _history(self, request: web.Request) -> web.Response:
        """Newest first, at most an hour and 1000 rows a call, times in seconds."""
        query = request.query
        until = int(query.get("to", now_ms() // 1000))
        since = int(query.get("from", until - 3600))
        if until - since > 3600:
            return refused("time range exceeds 3600 seconds")
        limit = min(int(query.get("limit", 100)), 1000)
        names = [c.symbol for c in self._settled(request)]
        fills = [f for f in self.kept(*names) if since <= f.ms // 1000 <= until]
        return web.json_response([past(fill) for fill in reversed(fills)][:limit])

    async def _sums(self, request: web.Request) -> web.Response:
        """Buckets from ``from`` on, those without a liquidation too."""
        query = request.query
        if "contract" not in query:
            return refused("contract is required")
        span = INTERVALS[query.get("interval", "5m")]
        limit = int(query.get("limit", 30))
        start = int(query.get("from", now_ms() // 1000 - span * (limit - 1))) // span * span
        fills = self.kept(query["contract"])
        stops = range(start, min(start + span * limit, now_ms() // 1000 + 1), span)
        rows = [self._bucket(time, span, fills) for time in stops]
        return web.json_response(rows)

    def _bucket(self, time: int, span: int, fills: list[Fill]) -> dict[str, Any]:
        row: dict[str, Any] = {"time": time, "lsr_taker": 1, "lsr_account": 1, "open_interest": 1}
        inside = [f for f in fills if time <= f.ms // 1000 < time + span]
        for side in ("long", "short"):
            mine = [f for f in inside if f.order.side == side]
            row[f"{side}_liq_size"] = int(sum(f.units for f in mine))
            row[f"{side}_liq_amount"] = num(sum((coins(f) for f in mine), Decimal(0)))
            row[f"{side}_liq_usd"] = num(sum((f.usd for f in mine), Decimal(0)))
        return row

    def _settled(self, request: web.Request) -> Iterator[Contract]:
        settle, wanted = request.match_info["settle"], request.query.get("contract")
        for contract in self.contracts:
            if contract.kind == settle and wanted in (None, contract.symbol):
                yield contract


def head(channel: str, event: str) -> dict[str, Any]:
    now = now_ms()
    return {"time": now // 1000, "time_ms": now, "channel": channel, "event": event}


def coins(fill: Fill) -> Decimal:
    return fill.usd / fill.order.price


def past(fill: Fill) -> dict[str, Any]:
    """``size`` is the whole position, more than what this order closed of it."""
    sign = 1 if fill.long else -1
    return {
        "time": fill.ms // 1000,
        "contract": fill.contract.symbol,
        "size": sign * (int(fill.units) + 600),
        "order_size": -sign * int(fill.units),
        "order_price": text(fill.price),
        "fill_price": text(fill.price),
        "left": 0,
    }


def refused(why: str) -> web.Response:
    return web.json_response({"label": "INVALID_PARAM_VALUE", "message": why}, status=400)
