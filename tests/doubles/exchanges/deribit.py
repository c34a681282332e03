"""Deribit futures and options, after FEEDS 4.8 and docs.deribit.com: liquidations are trades."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, Taken, now_ms, num

Party = Literal["T", "M", "MT"]
INTERVALS = ("100ms", "agg2")
DAY_MS = 86_400_000
PREMIUM = Decimal("0.0415")
"""What an option costs, in coins. Its liquidation counts by the index, the order's price."""


class Deribit(ExchangeDouble):
    """``party``: who is liquidated, the taker, the maker, or both. An ordinary trade stands before
    the liquidations of a frame and before each of history's.
    """

    name = "deribit"
    paths = ("/ws/api/v2",)
    changing = frozenset({"amount", "price"})
    party: Party = "T"
    listed = (
        Contract("BTC_USDC-PERPETUAL", "BTC", step=Decimal("0.0001"), kind="USDC"),
        Contract("ETH_USDC-PERPETUAL", "ETH", step=Decimal("0.001"), kind="USDC"),
        Contract("SOL_USDC-PERPETUAL", "SOL", step=Decimal("0.1"), kind="USDC"),
        Contract("BTC-PERPETUAL", "BTC", step=Decimal(10), inverse=True, kind="BTC"),
        Contract("ETH-PERPETUAL", "ETH", inverse=True, kind="ETH"),
        Contract("BTC-31DEC27-100000-C", "BTC", step=Decimal("0.1"), kind="BTC"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        public = "/api/v2/public"
        router.add_get(f"{public}/get_instruments", self._instruments)
        for by in ("currency", "instrument"):
            router.add_get(f"{public}/get_last_trades_by_{by}", self._history)
            router.add_get(f"{public}/get_last_trades_by_{by}_and_time", self._history)

    async def asked(self, connection: Connection, request: Any) -> None:
        method, params = request.get("method"), request.get("params") or {}
        head, now = {"jsonrpc": "2.0", "id": request.get("id")}, now_ms() * 1000
        tail = {"usIn": now, "usOut": now, "usDiff": 0, "testnet": False}
        result: Any = None
        if method == "public/subscribe":
            result = [name for name in params.get("channels", []) if self._known(name)]
        elif method == "public/set_heartbeat" and params.get("interval", 0) >= 10:
            connection.notes["heartbeat"], result = params["interval"], "ok"
        elif method == "public/test":
            connection.answered()
            result = {"version": "1.2.26"}
        else:
            bad = "Invalid params" if method == "public/set_heartbeat" else "Method not found"
            error = {"code": -32602 if "params" in bad else -32601, "message": bad}
            await self.say(connection, Kind.ACK, head | {"error": error} | tail)
            return
        kind = Kind.PONG if method == "public/test" else Kind.ACK
        await self.say(connection, kind, head | {"result": result} | tail)
        if method == "public/subscribe":
            await self.subscribed(connection, *result)

    def _known(self, channel: str) -> bool:
        """``raw`` needs a login; what is refused is left out of the answer in silence."""
        marks = [f"ticker.{c.symbol}.{span}" for c in self.contracts for span in INTERVALS]
        trades = [topic for contract in self.contracts for topic in self.topics(contract)]
        return channel in marks or channel in trades

    def topics(self, contract: Contract) -> Iterable[str]:
        for span in INTERVALS:
            yield f"trades.{contract.symbol}.{span}"
            yield f"trades.{kind(contract)}.any.{span}"
            yield f"trades.{kind(contract)}.{contract.kind}.{span}"

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        rows = [self.trade(fills[0], ordinary=True), *map(self.trade, fills)]
        yield notification(topic, rows)

    def canary(self, connection: Connection, topic: str) -> object | None:
        if topic.startswith("trades."):
            return notification(topic, [self.trade(self.chatter(topic), ordinary=True)])
        contract = self.listing(topic.split(".")[1])
        if contract is None:
            return None
        price = num(self.mark(contract))
        data = {"instrument_name": contract.symbol, "timestamp": now_ms(), "state": "open"}
        prices = {"mark_price": price, "last_price": price, "index_price": price}
        return notification(topic, data | prices | {"open_interest": 1132329370.0})

    async def ping(self, connection: Connection) -> None:
        request = {"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": "test_request"}}
        if await self.say(connection, Kind.PING, request):
            connection.asked()

    def ping_every(self, connection: Connection) -> float | None:
        """Only who asked for heartbeats gets them."""
        every: float | None = connection.notes.get("heartbeat")
        return every

    def taken(self, fill: Fill) -> Taken:
        if self.party != "MT":
            return super().taken(fill)
        return Taken(2, self.usd(fill), self.usd(fill))

    def trade(self, fill: Fill, *, ordinary: bool = False) -> dict[str, Any]:
        """``direction`` is the taker's: the opposite where the maker was liquidated."""
        contract, option = fill.contract, kind(fill.contract) == "option"
        sells = fill.long != (self.party == "M")
        number = fill.number * 2 - ordinary
        row = {
            "trade_seq": number,
            "trade_id": f"{number}" if contract.kind == "BTC" else f"{contract.kind}-{number}",
            "timestamp": fill.ms,
            "tick_direction": 1,
            "price": num(PREMIUM if option else fill.price),
            "mark_price": num(PREMIUM if option else fill.price),
            "instrument_name": contract.symbol,
            "index_price": num(fill.price),
            "direction": "sell" if sells else "buy",
            "contracts": num(fill.units / contract.step),
            "amount": num(fill.units),
        }
        return row if ordinary else row | {"liquidation": self.party}

    async def _instruments(self, request: web.Request) -> web.Response:
        query = request.query
        rows = [
            facts(contract)
            for contract in self.contracts
            if query.get("currency") in ("any", contract.kind)
            and query.get("kind", kind(contract)) == kind(contract)
        ]
        return answered(rows)

    async def _history(self, request: web.Request) -> web.Response:
        """From the earliest where a start is given, else from the newest; a day back by time."""
        query = request.query
        wanted = query.get("instrument_name")
        names = [
            contract.symbol
            for contract in self.contracts
            if wanted == contract.symbol or query.get("currency") == contract.kind
            if query.get("kind", "any") in ("any", kind(contract))
        ]
        since = int(query.get("start_timestamp", 0))
        until = int(query.get("end_timestamp", now_ms() + DAY_MS))
        oldest = now_ms() - DAY_MS if request.path.endswith("_and_time") else 0
        fills = [f for f in self.kept(*names) if since <= f.ms <= until] if since >= oldest else []
        rows = [self.trade(f, ordinary=o) for f in fills for o in (True, False)]
        ascending = query.get("sorting", "default")
        if ascending == "desc" or (ascending == "default" and not since):
            rows.reverse()
        count = min(int(query.get("count", 10)), 1000)
        return answered({"trades": rows[:count], "has_more": len(rows) > count})


def kind(contract: Contract) -> str:
    return "option" if contract.symbol.endswith(("-C", "-P")) else "future"


def facts(contract: Contract) -> dict[str, Any]:
    """A row of ``public/get_instruments``."""
    linear = contract.kind == "USDC"
    return {
        "instrument_name": contract.symbol,
        "kind": kind(contract),
        "instrument_type": "linear" if linear else "reversed",
        "base_currency": contract.coin,
        "quote_currency": "USDC" if linear else "BTC" if kind(contract) == "option" else "USD",
        "counter_currency": "USDC" if linear else "USD",
        "settlement_currency": contract.kind,
        "settlement_period": "month" if kind(contract) == "option" else "perpetual",
        "contract_size": num(contract.step),
        "min_trade_amount": num(contract.step),
        "tick_size": 0.5,
        "is_active": True,
        "expiration_timestamp": 32503708800000,
        "creation_timestamp": 1534167754000,
    }


def notification(channel: str, data: object) -> dict[str, Any]:
    params = {"channel": channel, "data": data}
    return {"jsonrpc": "2.0", "method": "subscription", "params": params}


def answered(result: object) -> web.Response:
    now = now_ms() * 1000
    clock = {"usIn": now, "usOut": now, "usDiff": 0, "testnet": False}
    return web.json_response({"jsonrpc": "2.0", "result": result} | clock)
