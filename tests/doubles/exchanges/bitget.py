"""Bitget's unified v3 socket, after FEEDS 4.5."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, text

TYPES = ("usdt-futures", "usdc-futures", "coin-futures")


class Bitget(ExchangeDouble):
    """The old v2 socket acknowledges and is silent. Coin futures can be subscribed to and are
    never published: what their ``amount`` counts is known to nobody.
    """

    name = "bitget"
    paths = ("/v3/ws/public", "/v2/ws/public")
    changing = frozenset({"amount", "price"})
    word = ("ping", "pong")
    idle_s = 120.0
    messages = (10, 1.0)
    listed = (
        Contract("BTCUSDT", "BTC", step=Decimal("0.0001"), kind="usdt-futures"),
        Contract("ETHUSDT", "ETH", step=Decimal("0.01"), kind="usdt-futures"),
        Contract("SOLUSDT", "SOL", step=Decimal("0.1"), kind="usdt-futures"),
        Contract("1000BONKUSDT", "BONK", Decimal(1000), per=1000, kind="usdt-futures"),
        Contract("BTCPERP", "BTC", step=Decimal("0.0001"), kind="usdc-futures"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v3/market/instruments", self._instruments)
        router.add_get("/api/v2/mix/market/contracts", self._contracts)

    async def asked(self, connection: Connection, request: Any) -> None:
        for arg in request.get("args", []):
            topic = self._topic(arg) if request.get("op") == "subscribe" else ""
            if not topic:
                why = f"{':'.join(arg.values())} doesn't exist"
                error = {"event": "error", "arg": arg, "code": "30001", "msg": why}
                await self.say(connection, Kind.ACK, error)
                continue
            answer = {"event": "subscribe", "arg": arg, "connId": connection.id[:10]}
            await self.say(connection, Kind.ACK, answer)
            await self.subscribed(connection, topic)

    def _topic(self, arg: dict[str, str]) -> str:
        kind, name = arg.get("instType", ""), arg.get("topic", "")
        if kind not in TYPES or name not in ("liquidation", "ticker"):
            return ""
        contract = self.listing(arg.get("symbol", ""))
        if name == "ticker":
            return f"ticker:{kind}:{contract.symbol}" if contract else ""
        return f"liquidation:{kind}"

    def delivers(self, connection: Connection) -> bool:
        return connection.path.startswith("/v3/")

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"liquidation:{contract.kind}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """``side`` is the position's, ``amount`` is quote money."""
        rows = [
            {
                "symbol": fill.contract.symbol,
                "side": "buy" if fill.long else "sell",
                "price": text(fill.price),
                "amount": text(fill.usd),
                "ts": str(fill.ms),
            }
            for fill in fills
        ]
        name, _, kind = topic.partition(":")
        arg = {"instType": kind, "topic": name}
        yield {"action": "update", "arg": arg, "data": rows, "ts": now_ms()}

    def canary(self, connection: Connection, topic: str) -> object | None:
        name, kind, *symbols = topic.split(":")
        contract = self.listing(symbols[0]) if symbols else None
        if contract is None or not self.delivers(connection):
            return None
        price = text(self.mark(contract))
        row = {"lastPrice": price, "markPrice": price, "indexPrice": price, "volume24h": "37.7"}
        arg = {"instType": kind, "topic": name, "symbol": contract.symbol}
        return {"action": "snapshot", "arg": arg, "data": [row], "ts": now_ms()}

    async def _instruments(self, request: web.Request) -> web.Response:
        category = request.query.get("category", "")
        rows = [
            {
                "symbol": contract.symbol,
                "category": category,
                "baseCoin": base(contract),
                "quoteCoin": quote(contract),
                "quantityMultiplier": text(contract.step),
                "minOrderQty": text(contract.step),
                "type": "perpetual",
                "status": "online",
                "symbolType": "crypto",
            }
            for contract in self.contracts
            if contract.kind == category.lower()
        ]
        return answered(rows)

    async def _contracts(self, request: web.Request) -> web.Response:
        rows = [
            {
                "symbol": contract.symbol,
                "baseCoin": base(contract),
                "quoteCoin": quote(contract),
                "supportMarginCoins": [quote(contract)],
                "sizeMultiplier": text(contract.step),
                "minTradeNum": text(contract.step),
                "symbolType": "perpetual",
                "symbolStatus": "normal",
            }
            for contract in self.contracts
            if contract.kind == request.query.get("productType", "").lower()
        ]
        return answered(rows)


def base(contract: Contract) -> str:
    return contract.symbol.removesuffix("USDT").removesuffix("PERP")


def quote(contract: Contract) -> str:
    return "USDC" if contract.kind == "usdc-futures" else "USDT"


def answered(rows: list[dict[str, Any]]) -> web.Response:
    now = now_ms()
    return web.json_response({"code": "00000", "msg": "success", "requestTime": now, "data": rows})
