"""BitMEX, after FEEDS 4.9 and its documentation: tables, and orders without a time."""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, Order, Taken, iso, now_ms, num

TABLES = {
    "liquidation": {
        "orderID": "guid",
        "symbol": "symbol",
        "side": "symbol",
        "price": "float",
        "leavesQty": "long",
    },
    "instrument": {"symbol": "symbol", "markPrice": "float", "timestamp": "timestamp"},
}
KEYS = {"liquidation": ["orderID"], "instrument": ["symbol"]}
SATOSHI = Decimal("0.00000001")
QUANTO = Decimal(100)
"""Satoshis that one contract of ETHUSD earns a dollar of its price."""


class Bitmex(ExchangeDouble):
    """A liquidation is inserted, half filled (``update``), and deleted after ``open_s``; until
    then a new subscription's ``partial`` has it. One ETHUSD is 0.06 ETH while BTC is at 60,000.
    """

    name = "bitmex"
    paths = ("/realtime",)
    changing = frozenset({"price", "leavesQty"})
    word = ("ping", "pong")
    open_s = 5.0
    listed = (
        Contract("XBTUSDT", "BTC", Decimal("0.000001"), Decimal(1000)),
        Contract("ETHUSDT", "ETH", Decimal("0.00001"), Decimal(1000)),
        Contract("SOLUSDT", "SOL", Decimal("0.0001"), Decimal(1000)),
        Contract("XBTUSD", "BTC", step=Decimal(100), inverse=True),
        Contract("ETHUSD", "ETH", Decimal("0.06"), kind="quanto"),
    )

    def __init__(self, canary_s: float = 0.2) -> None:
        super().__init__(canary_s)
        self.open: dict[str, Fill] = {}

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v1/instrument/active", self._instruments)
        router.add_get("/api/v1/liquidation", self._open_orders)

    async def opened(self, connection: Connection) -> None:
        welcome = {
            "info": "Welcome to the BitMEX Realtime API.",
            "version": "2.0.0",
            "timestamp": iso(now_ms()),
            "docs": "https://www.bitmex.com/app/wsAPI",
            "heartbeatEnabled": False,
            "limit": {"remaining": 719},
        }
        await self.say(connection, Kind.BANNER, welcome)
        topics = connection.request.query.get("subscribe", "").split(",")
        await self._subscribe(connection, [topic for topic in topics if topic])

    async def asked(self, connection: Connection, request: Any) -> None:
        args = request.get("args", [])
        if request.get("op") == "subscribe":
            await self._subscribe(connection, [args] if isinstance(args, str) else args)

    async def _subscribe(self, connection: Connection, topics: list[str]) -> None:
        request = {"op": "subscribe", "args": topics}
        for topic in topics:
            table, _, symbol = topic.partition(":")
            why = "" if table in TABLES else f"Unknown table: {table}"
            if symbol and not self.listing(symbol):
                why = "Unknown or expired symbol."
            if why:
                refusal = {"status": 400, "error": why, "meta": {}, "request": request}
                await self.say(connection, Kind.ACK, refusal)
                continue
            answer = {"success": True, "subscribe": topic, "request": request}
            await self.say(connection, Kind.ACK, answer)
            await self.subscribed(connection, topic)

    def topics(self, contract: Contract) -> Iterable[str]:
        return "liquidation", f"liquidation:{contract.symbol}"

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        yield change("insert", [row(fill) for fill in fills])
        half = [{"orderID": guid(f), "symbol": f.contract.symbol} for f in fills]
        halves = [key | {"leavesQty": int(f.units / 2)} for key, f in zip(half, fills, strict=True)]
        yield change("update", halves)

    def snapshot(self, connection: Connection, topic: str) -> Iterable[object]:
        table, _, symbol = topic.partition(":")
        if table == "liquidation":
            rows = [row(f) for f in self.open.values() if symbol in ("", f.contract.symbol)]
        else:
            rows = [self.facts(c) for c in self.contracts if symbol in ("", c.symbol)]
        yield {
            "table": table,
            "action": "partial",
            "keys": KEYS[table],
            "types": TABLES[table],
            "filter": {"symbol": symbol} if symbol else {},
            "data": rows,
        }

    def canary(self, connection: Connection, topic: str) -> object | None:
        table, _, symbol = topic.partition(":")
        if table != "instrument":
            return None
        rows = [self.marked(c) for c in self.contracts if symbol in ("", c.symbol)]
        return {"table": table, "action": "update", "data": rows}

    async def publish(self, *orders: Order) -> Taken:
        count = len(self.fills)
        taken = await super().publish(*orders)
        opened = {guid(fill): fill for fill in self.fills[count:]}
        self.open |= opened
        self.later(self._delete(opened))
        return taken

    async def _delete(self, opened: dict[str, Fill]) -> None:
        await asyncio.sleep(self.open_s)
        for key, fill in opened.items():
            self.open.pop(key, None)
            gone = change("delete", [{"orderID": key, "symbol": fill.contract.symbol}])
            for connection in list(self.connections):
                if not connection.topics.keys().isdisjoint(self.topics(fill.contract)):
                    await self.say(connection, Kind.LIQUIDATION, gone)

    def usd(self, fill: Fill) -> Decimal:
        """A quanto contract earns bitcoin by the dollar price of its coin."""
        if fill.contract.kind != "quanto":
            return fill.usd
        return fill.units * QUANTO * SATOSHI * fill.order.price * self.prices["BTC"]

    def marked(self, contract: Contract) -> dict[str, Any]:
        price = num(self.mark(contract))
        stamp = {"symbol": contract.symbol, "timestamp": iso(now_ms())}
        return stamp | {"markPrice": price, "fairPrice": price}

    def facts(self, contract: Contract) -> dict[str, Any]:
        """A row of ``/api/v1/instrument/active``."""
        quanto, linear = contract.kind == "quanto", not contract.inverse and not contract.kind
        factor = -100_000_000 if contract.inverse else int(QUANTO) if quanto else 1
        root = contract.symbol.removesuffix("USDT").removesuffix("USD")
        return self.marked(contract) | {
            "rootSymbol": root,
            "state": "Open",
            "typ": "FFWCSX",
            "underlying": root,
            "quoteCurrency": "USDT" if linear else "USD",
            "positionCurrency": root if linear else "USD",
            "settlCurrency": "USDt" if linear else "XBt",
            "isInverse": contract.inverse,
            "isQuanto": quanto,
            "multiplier": int(contract.unit * 1_000_000) if linear else factor,
            "underlyingToPositionMultiplier": int(1 / contract.unit) if linear else None,
            "underlyingToSettleMultiplier": factor if contract.inverse else None,
            "quoteToSettleMultiplier": 1_000_000 if linear else None,
            "lotSize": num(contract.step),
            "tickSize": 0.5,
            "expiry": None,
            "lastPrice": num(self.mark(contract)),
            "openInterest": 123456789,
        }

    async def _instruments(self, request: web.Request) -> web.Response:
        return web.json_response([self.facts(contract) for contract in self.contracts])

    async def _open_orders(self, request: web.Request) -> web.Response:
        return web.json_response([row(fill) for fill in self.open.values()])


def change(action: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"table": "liquidation", "action": action, "data": rows}


def guid(fill: Fill) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{fill.number} {fill.ms}"))


def row(fill: Fill) -> dict[str, Any]:
    return {
        "orderID": guid(fill),
        "symbol": fill.contract.symbol,
        "side": fill.closing("Sell", "Buy"),
        "price": num(fill.price),
        "leavesQty": int(fill.units),
    }
