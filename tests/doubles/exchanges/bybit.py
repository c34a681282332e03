"""Bybit v5 linear and inverse, after FEEDS 4.3 and bybit-exchange/docs."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, text

LONGEST_ARGS = 21_000


class Bybit(ExchangeDouble):
    """One unknown topic fails its whole request. ``page``: the most rows of a listing's page."""

    name = "bybit"
    paths = ("/v5/public/linear", "/v5/public/inverse")
    changing = frozenset({"v", "p"})
    quiet_s = 600.0
    connects = (500, 300.0)
    page = 1000
    listed = (
        Contract("BTCUSDT", "BTC", step=Decimal("0.001"), kind="linear"),
        Contract("ETHUSDT", "ETH", step=Decimal("0.01"), kind="linear"),
        Contract("SOLUSDT", "SOL", step=Decimal("0.1"), kind="linear"),
        Contract("1000PEPEUSDT", "PEPE", unit=Decimal(1000), per=1000, kind="linear"),
        Contract("BTCPERP", "BTC", step=Decimal("0.001"), kind="linear"),
        Contract("BTCUSD", "BTC", inverse=True, kind="inverse"),
        Contract("ETHUSD", "ETH", inverse=True, kind="inverse"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v5/market/instruments-info", self._instruments)

    async def asked(self, connection: Connection, request: Any) -> None:
        if request.get("op") == "ping":
            await self._answer(connection, Kind.PONG, request, "pong")
            return
        topics = request.get("args", [])
        length = sum(len(topic) for each in (connection.topics, topics) for topic in each)
        if length > LONGEST_ARGS:
            self.breaches.append(f"args of {length} characters")
        unknown = [topic for topic in topics if not self._known(connection, topic)]
        if request.get("op") != "subscribe" or unknown:
            why = f"error:handler not found,topic:{unknown[0] if unknown else ''}"
            await self._answer(connection, Kind.ACK, request, why)
            return
        await self._answer(connection, Kind.ACK, request, "")
        await self.subscribed(connection, *topics)

    async def _answer(self, connection: Connection, kind: Kind, asked: Any, why: str) -> None:
        answer = {
            "success": not why.startswith("error"),
            "ret_msg": why,
            "conn_id": connection.id,
            "req_id": asked.get("req_id", ""),
            "op": asked.get("op", ""),
        }
        await self.say(connection, kind, answer)

    def _known(self, connection: Connection, topic: str) -> bool:
        channel, _, symbol = topic.partition(".")
        contract = self.listing(symbol)
        listed_here = contract is not None and connection.path.endswith(f"/{contract.kind}")
        return listed_here and channel in ("allLiquidation", "tickers")

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"allLiquidation.{contract.symbol}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """``S`` is the position's side."""
        rows = [
            {
                "T": fill.ms,
                "s": fill.contract.symbol,
                "S": "Buy" if fill.long else "Sell",
                "v": text(fill.units),
                "p": text(fill.price),
            }
            for fill in fills
        ]
        yield {"topic": topic, "type": "snapshot", "ts": now_ms(), "data": rows}

    def canary(self, connection: Connection, topic: str) -> object | None:
        """The first message is whole; after it a field that did not change is left out."""
        channel, _, symbol = topic.partition(".")
        contract = self.listing(symbol)
        if channel != "tickers" or contract is None:
            return None
        price = text(self.mark(contract))
        before = connection.notes.get(topic)
        connection.notes[topic] = price
        row = {"symbol": symbol, "bid1Size": text(Decimal(now_ms() % 1000 + 1))}
        if price != before:
            row |= {"lastPrice": price, "markPrice": price, "indexPrice": price}
        if before is None:
            row |= {"openInterest": "68744.761", "fundingRate": "0.0001", "volume24h": "91705.276"}
        kind = "snapshot" if before is None else "delta"
        return {"topic": topic, "type": kind, "data": row, "cs": now_ms(), "ts": now_ms()}

    async def _instruments(self, request: web.Request) -> web.Response:
        start = int(request.query.get("cursor") or 0)
        stop = start + min(int(request.query.get("limit", 500)), self.page)
        category = request.query.get("category", "")
        rows = [row(c) for c in self.contracts if c.kind == category]
        result = {
            "category": category,
            "list": rows[start:stop],
            "nextPageCursor": str(stop) if stop < len(rows) else "",
        }
        envelope = {"retCode": 0, "retMsg": "OK", "retExtInfo": {}, "time": now_ms()}
        return web.json_response(envelope | {"result": result})


def row(contract: Contract) -> dict[str, Any]:
    quote = "USD" if contract.inverse else "USDC" if contract.symbol == "BTCPERP" else "USDT"
    return {
        "symbol": contract.symbol,
        "contractType": "InversePerpetual" if contract.inverse else "LinearPerpetual",
        "status": "Trading",
        "baseCoin": "1000PEPE" if contract.per == 1000 else contract.coin,
        "quoteCoin": quote,
        "launchTime": "1585526400000",
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": "2",
        "lotSizeFilter": {"qtyStep": text(contract.step), "minOrderQty": text(contract.step)},
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "settleCoin": contract.coin if contract.inverse else quote,
        "isPreListing": False,
    }
