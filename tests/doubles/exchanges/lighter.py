"""Lighter, after FEEDS 4.13 and apidocs.lighter.xyz: liquidations stand beside the trades."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, text

CENT_OF_CENT = Decimal("0.000001")
LIMIT = 100
"""Subscriptions on one connection."""


class Lighter(ExchangeDouble):
    """Markets have numbers; ``trade/1`` is asked for and ``trade:1`` is told."""

    name = "lighter"
    paths = ("/stream",)
    changing = frozenset({"size", "price", "usd_amount"})
    ping_s = 30.0
    pong_s = 30.0
    idle_s = 120.0
    messages = (200, 60.0)
    listed = (
        Contract("ETH", "ETH", step=Decimal("0.0001"), number=0),
        Contract("BTC", "BTC", step=Decimal("0.00001"), number=1),
        Contract("SOL", "SOL", step=Decimal("0.001"), number=2),
        Contract("1000PEPE", "PEPE", Decimal(1000), per=1000, number=4),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v1/orderBooks", self._markets)
        router.add_get("/api/v1/orderBookDetails", self._details)

    async def opened(self, connection: Connection) -> None:
        await self.say(connection, Kind.BANNER, {"session_id": connection.id, "type": "connected"})

    async def asked(self, connection: Connection, request: Any) -> None:
        if request.get("type") in ("ping", "pong"):
            connection.answered()
            if request["type"] == "ping":
                await self.say(connection, Kind.PONG, {"type": "pong"})
            return
        channel = request.get("channel", "")
        topic = channel.replace("/", ":")
        code, why = self._mistake(connection, request, channel, topic)
        if code:
            error = {"error": {"code": code, "message": f"{why}: {channel}"}}
            await self.say(connection, Kind.ACK, error)
            return
        name = channel.partition("/")[0]
        body = self._past(topic) if name == "trade" else {"market_stats": self._stats(topic)}
        answer = {"channel": topic, "type": f"subscribed/{name}", "timestamp": now_ms()}
        await self.say(connection, Kind.ACK, answer | body)
        await self.subscribed(connection, topic)

    def _mistake(
        self, connection: Connection, request: Any, channel: str, topic: str
    ) -> tuple[int, str]:
        name, _, market = channel.partition("/")
        known = any(market == str(c.number) for c in self.contracts)
        if request.get("type") != "subscribe" or name not in ("trade", "market_stats"):
            return 30005, "Invalid Channel"
        if not known and (name, market) != ("market_stats", "all"):
            return 30005, "Invalid Channel"
        if topic in connection.topics:
            return 30003, "Already Subscribed"
        if len(connection.topics) >= LIMIT:
            self.breaches.append(f"more than {LIMIT} subscriptions")
            return 30009, "Too Many Subscriptions"
        return 0, ""

    def _past(self, topic: str) -> dict[str, Any]:
        old = [f for f in self.fills if topic in self.topics(f.contract)][-20:]
        trades = [trade(fill, ordinary=True) for fill in old]
        return {"nonce": 1, "trades": trades, "liquidation_trades": [trade(f) for f in old]}

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"trade:{contract.number}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        trades = [trade(fills[0], ordinary=True)]
        yield told(topic, trades, [trade(fill) for fill in fills])

    def canary(self, connection: Connection, topic: str) -> object | None:
        if topic.startswith("trade:"):
            return told(topic, [trade(self.chatter(topic), ordinary=True)], [])
        stats = {"channel": topic, "market_stats": self._stats(topic), "timestamp": now_ms()}
        return stats | {"type": "update/market_stats"}

    def _stats(self, topic: str) -> dict[str, Any]:
        """One market's, or all by their numbers."""
        stats: dict[str, Any] = {}
        for contract in self.contracts:
            price = text(self.mark(contract))
            stats[str(contract.number)] = {
                "symbol": contract.symbol,
                "market_id": contract.number,
                "index_price": price,
                "mark_price": price,
                "last_trade_price": price,
                "open_interest": "27250.8411",
                "current_funding_rate": "0.0001",
                "daily_price_change": 0.17,
            }
        one = topic.partition(":")[2]
        found: dict[str, Any] = stats if one == "all" else stats[one]
        return found

    async def ping(self, connection: Connection) -> None:
        if await self.say(connection, Kind.PING, {"type": "ping"}):
            connection.asked()

    def usd(self, fill: Fill) -> Decimal:
        """As published: dollars with six digits."""
        return fill.usd.quantize(CENT_OF_CENT)

    async def _markets(self, request: web.Request) -> web.Response:
        return web.json_response({"code": 200, "order_books": self._books()})

    async def _details(self, request: web.Request) -> web.Response:
        perps = [book for book in self._books() if book["market_type"] == "perp"]
        spot = [book for book in self._books() if book["market_type"] == "spot"]
        body = {"order_book_details": perps, "spot_order_book_details": spot}
        return web.json_response({"code": 200} | body)

    def _books(self) -> list[dict[str, Any]]:
        """A spot market stands among the perpetuals."""
        listed = [(c.symbol, c.number, "perp") for c in self.contracts]
        return [
            {
                "symbol": symbol,
                "market_id": number,
                "market_type": kind,
                "status": "active",
                "min_base_amount": "0.0050",
                "supported_size_decimals": 4,
                "supported_price_decimals": 2,
                "supported_quote_decimals": 6,
            }
            for symbol, number, kind in [*listed, ("ETH/USDC", 2048, "spot")]
        ]


def told(topic: str, trades: list[Any], liquidations: list[Any]) -> dict[str, Any]:
    lists = {"trades": trades, "liquidation_trades": liquidations}
    return {"channel": topic, "type": "update/trade", "nonce": now_ms()} | lists


def trade(fill: Fill, *, ordinary: bool = False) -> dict[str, Any]:
    """The taker is the liquidated: a short's maker asks, and its position was negative."""
    number = fill.number * 2 - ordinary
    return {
        "trade_id": number,
        "trade_id_str": str(number),
        "tx_hash": f"{number:080x}",
        "type": "trade" if ordinary else "liquidation",
        "market_id": fill.contract.number,
        "size": text(fill.units),
        "price": text(fill.price),
        "usd_amount": text(fill.usd.quantize(CENT_OF_CENT)),
        "ask_account_id": 57890,
        "bid_account_id": 317068,
        "is_maker_ask": not fill.long,
        "block_height": 198321831,
        "timestamp": fill.ms,
        "taker_position_size_before": text(fill.units if fill.long else -fill.units),
        "transaction_time": fill.ms * 1000,
    }
