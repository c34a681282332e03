"""Binance USD-M and COIN-M on one merged stream, after FEEDS 4.1 and 4.2 and the Aster fork."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, text

ALL = "!forceOrder@arr"
ALL_MARKS = ("!markPrice@arr", "!markPrice@arr@1s")
COIN = "coin:"
"""Marks the topics of COIN-M's own host."""
METHODS = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"
LINEAR = (
    Contract("BTCUSDT", "BTC", step=Decimal("0.001")),
    Contract("ETHUSDT", "ETH", step=Decimal("0.001")),
    Contract("SOLUSDT", "SOL", step=Decimal("0.01")),
    Contract("1000PEPEUSDT", "PEPE", unit=Decimal(1000), per=1000),
)


class BinanceLike(ExchangeDouble):
    """The wire that Binance and its fork share. A stream's name is its topic."""

    changing = frozenset({"p", "ap", "q", "l", "z"})
    messages = (10, 1.0)
    pong_s = 600.0

    def key(self, connection: Connection, stream: str) -> str:
        """The topic that a stream is on this connection."""
        return stream

    async def opened(self, connection: Connection) -> None:
        asked = connection.request.match_info.get("streams", "")
        combined = connection.request.query.get("streams", "")
        streams = [name for name in f"{asked}/{combined}".split("/") if name]
        await self.subscribed(connection, *(self.key(connection, name) for name in streams))

    async def asked(self, connection: Connection, request: Any) -> None:
        """Unknown streams are acknowledged like known ones, as on the real socket."""
        if wrong := self.mistake(request):
            await self.say(connection, Kind.ACK, {"code": 2, "msg": f"Invalid request: {wrong}"})
            return
        held = [topic.removeprefix(COIN) for topic in connection.topics]
        result = held if request["method"] == "LIST_SUBSCRIPTIONS" else None
        await self.say(connection, Kind.ACK, {"result": result, "id": request["id"]})
        topics = [self.key(connection, stream) for stream in request.get("params", [])]
        if request["method"] == "SUBSCRIBE":
            await self.subscribed(connection, *topics)
        elif request["method"] == "UNSUBSCRIBE":
            for topic in topics:
                connection.topics.pop(topic, None)

    def mistake(self, request: Any) -> str:
        if not isinstance(request, dict) or "method" not in request:
            return "missing field `method` at line 1 column 73"
        if request["method"] not in METHODS:
            return f"unknown variant {request['method']}, expected one of {METHODS}"
        unsigned = isinstance(request.get("id"), int) and request["id"] >= 0
        return "" if unsigned else "request ID must be an unsigned integer"

    def topics(self, contract: Contract) -> Iterable[str]:
        return ALL, f"{contract.symbol.lower()}@forceOrder"

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """One object a message in spite of ``@arr``."""
        for fill in fills:
            yield self.dressed(connection, topic, self.event(fill))

    def event(self, fill: Fill) -> dict[str, Any]:
        return {"e": "forceOrder", "E": now_ms(), "o": self.order(fill)}

    def order(self, fill: Fill) -> dict[str, Any]:
        """The limit price ``p`` is a per cent worse than the average fill ``ap``, and the last
        fill ``l`` a part of all fills ``z``: who reads those takes too little or too much."""
        worse = Decimal("0.99") if fill.long else Decimal("1.01")
        return {
            "s": fill.contract.symbol,
            "S": fill.closing("SELL", "BUY"),
            "o": "LIMIT",
            "f": "IOC",
            "q": text(fill.units),
            "p": text(fill.price * worse),
            "ap": text(fill.price),
            "X": "FILLED",
            "l": text(fill.contract.step),
            "z": text(fill.units),
            "T": fill.ms,
        }

    def dressed(self, connection: Connection, topic: str, body: object) -> object:
        combined = connection.path.endswith("/stream")
        return {"stream": topic.removeprefix(COIN), "data": body} if combined else body

    def canary(self, connection: Connection, topic: str) -> object | None:
        if topic.removeprefix(COIN) in ALL_MARKS:
            marks = [self.mark_of(contract) for contract in self.contracts]
            return self.dressed(connection, topic, marks)
        for contract in self.contracts:
            stream = topic.removeprefix(COIN).removesuffix("@1s")
            if stream == f"{contract.symbol.lower()}@markPrice":
                return self.dressed(connection, topic, self.mark_of(contract))
        return None

    def mark_of(self, contract: Contract) -> dict[str, Any]:
        price = text(self.mark(contract))
        return {
            "e": "markPriceUpdate",
            "E": now_ms(),
            "s": contract.symbol,
            "p": price,
            "i": price,
            "P": price,
            "r": "0.00010000",
            "T": now_ms() // 28_800_000 * 28_800_000 + 28_800_000,
        }

    async def linear(self, request: web.Request) -> web.Response:
        return web.json_response(table([listed(c) for c in self.contracts if not c.inverse]))


class Binance(BinanceLike):
    """Only addresses under ``/market`` deliver; the old ones connect, acknowledge, say nothing.

    ``merged``: each host's ``!forceOrder@arr`` carries the orders of both, as since 2026-06-30;
    else its own. ``merged_inside``: ``ps`` and ``st`` stand in ``o`` as captured in October 2026,
    else at the top as in the SDK's models. COIN-M's host is ``/dstream`` here.
    """

    name = "binance"
    paths = (
        "/market/ws",
        "/market/ws/{streams:.+}",
        "/market/stream",
        "/ws",
        "/ws/{streams:.+}",
        "/stream",
        "/dstream/ws",
        "/dstream/ws/{streams:.+}",
        "/dstream/stream",
    )
    listed = (
        *LINEAR,
        Contract("BTCUSD_PERP", "BTC", unit=Decimal(100), inverse=True),
        Contract("ETHUSD_PERP", "ETH", unit=Decimal(10), inverse=True),
    )
    ping_s = 180.0
    merged = True
    merged_inside = True

    @property
    def urls(self) -> dict[str, str]:
        coin = {"REST": f"http://{self.host}", "WS": f"ws://{self.host}/dstream"}
        return super().urls | {f"BINANCE_COIN_{role}_URL": url for role, url in coin.items()}

    def key(self, connection: Connection, stream: str) -> str:
        return f"{COIN}{stream}" if connection.path.startswith("/dstream/") else stream

    def topics(self, contract: Contract) -> Iterable[str]:
        """A symbol's own stream is on its own host only."""
        host, other = (COIN, "") if contract.inverse else ("", COIN)
        yield f"{host}{ALL}"
        yield f"{host}{contract.symbol.lower()}@forceOrder"
        if self.merged:
            yield f"{other}{ALL}"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/fapi/v1/exchangeInfo", self.linear)
        router.add_get("/dapi/v1/exchangeInfo", self._inverse)

    def delivers(self, connection: Connection) -> bool:
        return connection.path.startswith(("/market/", "/dstream/"))

    def canary(self, connection: Connection, topic: str) -> object | None:
        return super().canary(connection, topic) if self.delivers(connection) else None

    def mark_of(self, contract: Contract) -> dict[str, Any]:
        market = {"st": 2 if contract.inverse else 1} if self.merged else {}
        return super().mark_of(contract) | market

    def event(self, fill: Fill) -> dict[str, Any]:
        event = super().event(fill)
        inverse = fill.contract.inverse
        pair = {"ps": fill.contract.symbol.removesuffix("_PERP")}
        if not self.merged:
            event["o"].update(pair if inverse else {})
            return event
        merged = pair | {"st": 2 if inverse else 1}
        (event["o"] if self.merged_inside else event).update(merged)
        return event

    async def _inverse(self, request: web.Request) -> web.Response:
        rows = [
            {
                "symbol": contract.symbol,
                "pair": contract.symbol.removesuffix("_PERP"),
                "contractType": "PERPETUAL",
                "contractStatus": "TRADING",
                "contractSize": int(contract.unit),
                "marginAsset": contract.coin,
                "baseAsset": contract.coin,
                "quoteAsset": "USD",
                "deliveryDate": 4133404800000,
                "onboardDate": 1597042800000,
                "pricePrecision": 1,
                "quantityPrecision": 0,
                "underlyingType": "COIN",
                "filters": [],
            }
            for contract in self.contracts
            if contract.inverse
        ]
        return web.json_response(table(rows))


def listed(contract: Contract) -> dict[str, Any]:
    """A row of ``/fapi/v1/exchangeInfo``: the base asset is ``1000PEPE``, not the coin."""
    return {
        "symbol": contract.symbol,
        "pair": contract.symbol,
        "contractType": "PERPETUAL",
        "status": "TRADING",
        "baseAsset": contract.symbol.removesuffix("USDT"),
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "pricePrecision": 7,
        "quantityPrecision": 3,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "filters": [],
    }


def table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "timezone": "UTC",
        "serverTime": now_ms(),
        "rateLimits": [],
        "exchangeFilters": [],
        "assets": [],
        "symbols": rows,
    }
