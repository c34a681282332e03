"""Kraken Futures, after FEEDS 4.12 and docs.kraken.com: liquidations are trades."""

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, from_iso, iso, now_ms, num

PAGE = 100
WEEK_MS = 7 * 86_400_000


class Kraken(ExchangeDouble):
    """One unknown product fails its whole request; whether Kraken does so is not documented. An
    ordinary trade stands beside each liquidation, live and in history.
    """

    name = "kraken"
    paths = ("/ws/v1",)
    changing = frozenset({"qty", "price"})
    idle_s = 60.0
    listed = (
        Contract("PF_XBTUSD", "BTC", step=Decimal("0.0001")),
        Contract("PF_ETHUSD", "ETH", step=Decimal("0.001")),
        Contract("PF_SOLUSD", "SOL", step=Decimal("0.01")),
        Contract("PF_PEPEUSD", "PEPE", step=Decimal(1000)),
        Contract("PI_XBTUSD", "BTC", inverse=True),
        Contract("PI_ETHUSD", "ETH", inverse=True),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/derivatives/api/v3/instruments", self._instruments)
        router.add_get("/derivatives/api/v3/history", self._history)

    async def opened(self, connection: Connection) -> None:
        await self.say(connection, Kind.BANNER, {"event": "info", "version": 1})

    async def asked(self, connection: Connection, request: Any) -> None:
        feed, products = request.get("feed"), request.get("product_ids", [])
        why = "" if feed in ("trade", "ticker", "heartbeat") else "Invalid feed"
        if not all(self.listing(product) for product in products):
            why = "Invalid product id"
        if request.get("event") != "subscribe" or why:
            error = {"event": "error", "message": why or "Json Error"}
            await self.say(connection, Kind.ACK, error)
            return
        named = {"product_ids": products} if products else {}
        await self.say(connection, Kind.ACK, {"event": "subscribed", "feed": feed} | named)
        await self.subscribed(connection, *(f"{feed}:{product}" for product in products or [""]))

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"trade:{contract.symbol}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        for fill in fills:
            yield trade(fill, ordinary=True)
            yield trade(fill)

    def snapshot(self, connection: Connection, topic: str) -> Iterable[object]:
        """The last trades, newest first, liquidations among them."""
        feed, _, product = topic.partition(":")
        if feed == "trade":
            past = [trade(f, ordinary=o) for f in self.kept(product) for o in (True, False)]
            rows = past[::-1][:PAGE]
            yield {"feed": "trade_snapshot", "product_id": product, "trades": rows}

    def canary(self, connection: Connection, topic: str) -> object | None:
        feed, _, product = topic.partition(":")
        if feed == "heartbeat":
            return {"feed": feed, "time": now_ms()}
        if feed == "trade":
            return trade(self.chatter(topic), ordinary=True)
        contract = self.listing(product)
        price = num(self.mark(contract)) if contract else 0
        prices = {"bid": price, "ask": price, "last": price, "index": price, "markPrice": price}
        facts = {"time": now_ms(), "product_id": product, "feed": feed, "suspended": False}
        return facts | prices | {"tag": "perpetual", "volume": 57204.177, "openInterest": 24085.8}

    async def _instruments(self, request: web.Request) -> web.Response:
        rows = [listed(contract) for contract in self.contracts]
        answer = {"result": "success", "instruments": rows, "serverTime": iso(now_ms())}
        return web.json_response(answer)

    async def _history(self, request: web.Request) -> web.Response:
        """The last 100 trades before ``lastTime``, newest first, seven days back."""
        product = request.query.get("symbol", "").upper()
        last = request.query.get("lastTime")
        until = from_iso(last) if last else now_ms() + WEEK_MS
        fills = [f for f in self.kept(product) if now_ms() - WEEK_MS <= f.ms < until]
        rows = [past(f, ordinary=o) for f in reversed(fills) for o in (False, True)]
        answer = {"result": "success", "history": rows[:PAGE], "serverTime": iso(now_ms())}
        return web.json_response(answer)


def uid(fill: Fill, ordinary: bool) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{fill.number} {fill.ms} {ordinary}"))


def trade(fill: Fill, *, ordinary: bool = False) -> dict[str, Any]:
    return {
        "feed": "trade",
        "product_id": fill.contract.symbol,
        "uid": uid(fill, ordinary),
        "side": fill.closing("sell", "buy"),
        "type": "fill" if ordinary else "liquidation",
        "seq": fill.number * 2 - ordinary,
        "time": fill.ms,
        "qty": num(fill.units),
        "price": num(fill.price),
    }


def past(fill: Fill, *, ordinary: bool) -> dict[str, Any]:
    return {
        "time": iso(fill.ms),
        "trade_id": fill.number * 2 - ordinary,
        "price": num(fill.price),
        "size": num(fill.units),
        "side": fill.closing("sell", "buy"),
        "type": "fill" if ordinary else "liquidation",
        "uid": uid(fill, ordinary),
    }


def listed(contract: Contract) -> dict[str, Any]:
    """A row of ``instruments``. Sources have both ``XBT`` and ``BTC`` as a base: so have we."""
    base = "XBT" if contract.symbol == "PI_XBTUSD" else contract.coin
    return {
        "symbol": contract.symbol,
        "type": "futures_inverse" if contract.inverse else "flexible_futures",
        "tickSize": 0.5,
        "contractSize": 1,
        "tradeable": True,
        "contractValueTradePrecision": max(0, -int(contract.step.adjusted())),
        "openingDate": "2022-03-22T13:18:45Z",
        "base": base,
        "quote": "USD",
        "pair": f"{base}:USD",
        "category": "",
        "tags": [],
    }
