"""dYdX v4's indexer, after FEEDS 4.11 and dydxprotocol/v4-chain."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, from_iso, iso, now_ms, text

TRADES, MARKETS = "v4_trades", "v4_markets"
LIMIT = 32
"""Subscriptions to one channel on one connection."""


class Dydx(ExchangeDouble):
    """An ordinary trade stands beside each liquidation, live and in history."""

    name = "dydx"
    paths = ("/v4/ws",)
    changing = frozenset({"size", "price"})
    ping_s = 30.0
    pong_s = 10.0
    listed = (
        Contract("BTC-USD", "BTC", step=Decimal("0.0001")),
        Contract("ETH-USD", "ETH", step=Decimal("0.001")),
        Contract("SOL-USD", "SOL", step=Decimal("0.1")),
        Contract("PEPE-USD", "PEPE", step=Decimal(10_000)),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v4/perpetualMarkets", self._markets)
        router.add_get("/v4/trades/perpetualMarket/{market}", self._history)

    async def opened(self, connection: Connection) -> None:
        await self.say(connection, Kind.BANNER, {"type": "connected"} | numbered(connection, 0))

    async def asked(self, connection: Connection, request: Any) -> None:
        channel, market = request.get("channel", ""), request.get("id", "")
        head = numbered(connection)
        if request.get("type") == "ping":
            return
        topic = f"{TRADES}:{market}" if channel == TRADES else channel
        if why := self._mistake(connection, request, topic):
            await self.say(connection, Kind.ACK, {"type": "error", "message": why} | head)
            return
        connection.notes[topic] = bool(request.get("batched"))
        answer = {"type": "subscribed"} | head | about(topic) | {"contents": self._past(topic)}
        await self.say(connection, Kind.ACK, answer)
        await self.subscribed(connection, topic)

    def _mistake(self, connection: Connection, request: Any, topic: str) -> str:
        channel = request.get("channel", "")
        if request.get("type") != "subscribe":
            return f"Invalid message type: {request.get('type')}"
        if channel not in (TRADES, MARKETS):
            return f"Invalid channel: {channel}"
        if channel == TRADES and not self.listing(request.get("id", "")):
            return f"Invalid subscription id for channel: ({channel}-{request.get('id')})"
        if topic in connection.topics:
            return f"Invalid subscribe message: already subscribed ({topic.replace(':', '-')})"
        if sum(each.startswith(channel) for each in connection.topics) >= LIMIT:
            self.breaches.append(f"more than {LIMIT} of {channel}")
            return f"Per-connection subscription limit reached for {channel} (limit={LIMIT})."
        return ""

    def _past(self, topic: str) -> dict[str, Any]:
        """Old trades, liquidations among them, or the table of markets."""
        if topic == MARKETS:
            return {"markets": self.markets()}
        return {"trades": rows(self.kept(topic.partition(":")[2])[-50:])}

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"{TRADES}:{contract.symbol}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        yield said(connection, topic, {"trades": rows(list(fills))})

    def canary(self, connection: Connection, topic: str) -> object | None:
        if topic != MARKETS:
            trade = row(self.chatter(topic), ordinary=True)
            return said(connection, topic, {"trades": [trade]})
        prices = {
            contract.symbol: {
                "oraclePrice": text(self.mark(contract)),
                "effectiveAt": iso(now_ms()),
                "effectiveAtHeight": height(now_ms()),
                "marketId": number,
            }
            for number, contract in enumerate(self.contracts)
        }
        return said(connection, topic, {"oraclePrices": prices})

    def markets(self) -> dict[str, Any]:
        return {
            contract.symbol: {
                "clobPairId": str(number),
                "ticker": contract.symbol,
                "status": "ACTIVE",
                "oraclePrice": text(self.mark(contract)),
                "priceChange24H": "701.10762",
                "volume24H": "247500844.6834",
                "trades24H": 63065,
                "nextFundingRate": "0.0000025",
                "openInterest": "381.7348",
                "atomicResolution": -10,
                "tickSize": "1",
                "stepSize": text(contract.step),
                "marketType": "CROSS",
            }
            for number, contract in enumerate(self.contracts)
        }

    async def _markets(self, request: web.Request) -> web.Response:
        return web.json_response({"markets": self.markets()})

    async def _history(self, request: web.Request) -> web.Response:
        """Newest first; the next page ends at the time or height of the last row."""
        market, query = request.match_info["market"], request.query
        if not self.listing(market):
            why = "ticker must be a valid ticker (BTC-USD, etc)"
            return web.json_response({"errors": [{"msg": why, "param": "ticker"}]}, status=400)
        limit = min(int(query.get("limit", 1000)), 1000)
        until = from_iso(query["createdBeforeOrAt"]) if "createdBeforeOrAt" in query else None
        highest = query.get("createdBeforeOrAtHeight")
        fills = [
            fill
            for fill in self.kept(market)
            if (until is None or fill.ms <= until)
            and (highest is None or int(height(fill.ms)) <= int(highest))
        ]
        return web.json_response({"trades": rows(fills)[:limit]})


def numbered(connection: Connection, number: int | None = None) -> dict[str, Any]:
    """Messages are counted on each connection, answers to a client included."""
    count = connection.notes.get("count", 0) + 1 if number is None else number
    connection.notes["count"] = count
    return {"connection_id": connection.id, "message_id": count}


def about(topic: str) -> dict[str, str]:
    channel, _, market = topic.partition(":")
    return {"channel": channel} | ({"id": market} if market else {})


def said(connection: Connection, topic: str, contents: object) -> dict[str, Any]:
    batched = connection.notes.get(topic, False)
    kind = "channel_batch_data" if batched else "channel_data"
    body = {"version": "2.4.0", "contents": [contents] if batched else contents}
    return {"type": kind} | numbered(connection) | about(topic) | body


def height(ms: int) -> str:
    return str(ms // 1000 - 1_600_000_000)


def rows(fills: list[Fill]) -> list[dict[str, Any]]:
    """Newest first, each liquidation before an ordinary trade of the same moment."""
    return [row(fill, ordinary=o) for fill in reversed(fills) for o in (False, True)]


def row(fill: Fill, *, ordinary: bool = False) -> dict[str, Any]:
    return {
        "id": f"{fill.number * 2 - ordinary:024x}",
        "side": fill.closing("SELL", "BUY"),
        "size": text(fill.units),
        "price": text(fill.price),
        "type": "LIMIT" if ordinary else "LIQUIDATED",
        "createdAt": iso(fill.ms),
        "createdAtHeight": height(fill.ms),
    }
