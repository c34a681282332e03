"""Bitfinex derivatives, after FEEDS 4.14 and docs.bitfinex.com: arrays, fields by their place."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, num

LIQUIDATIONS = "liq:global"
LONGEST = 500


class Bitfinex(ExchangeDouble):
    """Each liquidation is a trigger row (IS_MATCH 0) and a row of its execution (IS_MATCH 1); a
    margin position, which is no derivative, stands beside them. BASE_PRICE is the entry, the
    order's price stands at the end; ``acquired = False`` leaves it out, as often happens.
    """

    name = "bitfinex"
    paths = ("/ws/2",)
    acquired = True
    changing = frozenset({"places"})
    listed = (
        Contract("BTCF0:USTF0", "BTC", step=Decimal("0.00001")),
        Contract("ETHF0:USTF0", "ETH", step=Decimal("0.0001")),
        Contract("SOLF0:USTF0", "SOL", step=Decimal("0.001")),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v2/conf/{keys}", self._conf)
        router.add_get("/v2/status/deriv", self._status)
        router.add_get("/v2/liquidations/hist", self._history)

    async def opened(self, connection: Connection) -> None:
        platform = {"serverId": connection.id, "platform": {"status": 1}}
        await self.say(connection, Kind.BANNER, {"event": "info", "version": 2} | platform)

    async def asked(self, connection: Connection, request: Any) -> None:
        if request.get("event") == "ping":
            pong = {"event": "pong", "ts": now_ms(), "cid": request.get("cid")}
            await self.say(connection, Kind.PONG, pong)
            return
        key = request.get("key", "")
        asked = {"channel": request.get("channel", ""), "key": key}
        code = self._mistake(connection, request, key)
        if code:
            error = {"event": "error", "msg": f"{key}: invalid", "code": code}
            await self.say(connection, Kind.ACK, error | asked)
            return
        number = 90_000 + len(connection.topics)
        connection.notes[key] = number
        answer = {"event": "subscribed", "channel": "status", "chanId": number, "key": key}
        await self.say(connection, Kind.ACK, answer)
        await self.subscribed(connection, key)

    def _mistake(self, connection: Connection, request: Any, key: str) -> int:
        if request.get("event") != "subscribe" or request.get("channel") != "status":
            return 10302
        if key != LIQUIDATIONS and not self.listing(key.removeprefix("deriv:t")):
            return 10300
        return 10301 if key in connection.topics else 0

    def topics(self, contract: Contract) -> Iterable[str]:
        return (LIQUIDATIONS,)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """With ``Faults.renamed`` the numbers stand a place further."""
        number = connection.notes[topic]
        moved = [None] if self.faults.renamed else []
        rows = [["pos", *moved, *place[1:]] for fill in fills for place in self.places(fill)]
        yield [number, [*rows, margin(fills[0])]]

    def canary(self, connection: Connection, topic: str) -> object | None:
        number = connection.notes[topic]
        if topic == LIQUIDATIONS:
            return [number, "hb"]
        contract = self.listing(topic.removeprefix("deriv:t"))
        return [number, self.status(contract)] if contract else None

    def notice(self) -> object | None:
        return {"event": "info", "code": 20051, "msg": "Stopping. Please try to reconnect"}

    def status(self, contract: Contract) -> list[Any]:
        """Derivative price at 2, spot at 3, mark at 14, open interest at 17."""
        price, now = num(self.mark(contract)), now_ms()
        funding = [None, 1396531.67, None, now + 3_600_000, 0.0001, 6, None, 0.0001, None, None]
        limits = [None, None, None, 0.0005, 0.0025]
        return [now, None, price, price, *funding, price, None, None, 246502.09, *limits]

    def places(self, fill: Fill) -> list[list[Any]]:
        """The trigger and the execution, in that order; a long's amount is positive."""
        entry = fill.price * (Decimal("1.05") if fill.long else Decimal("0.95"))
        amount = num(fill.units if fill.long else -fill.units)
        start = ["pos", 140_000_000 + fill.number, fill.ms, None, f"t{fill.contract.symbol}"]
        price = num(fill.price) if self.acquired else None
        return [[*start, amount, num(entry), None, match, 1, None, price] for match in (0, 1)]

    async def _conf(self, request: web.Request) -> web.Response:
        names = [contract.symbol for contract in self.contracts]
        info = [None, None, None, "0.00006", "100.0", None, None, None, 0.01, 0.005]
        known: dict[str, Any] = {
            "pub:list:pair:futures": names,
            "pub:info:pair:futures": [[name, info] for name in names],
        }
        return web.json_response([known.get(k, []) for k in request.match_info["keys"].split(",")])

    async def _status(self, request: web.Request) -> web.Response:
        wanted = request.query.get("keys", "ALL").split(",")
        rows = [
            [f"t{contract.symbol}", *self.status(contract)]
            for contract in self.contracts
            if f"t{contract.symbol}" in wanted or wanted == ["ALL"]
        ]
        return web.json_response(rows)

    async def _history(self, request: web.Request) -> web.Response:
        """By default the newest first; each row stands in an array of its own."""
        query = request.query
        since, until = int(query.get("start", 0)), int(query.get("end", 1 << 60))
        limit = min(int(query.get("limit", 125)), LONGEST)
        names = [contract.symbol for contract in self.contracts]
        fills = [fill for fill in self.kept(*names) if since <= fill.ms <= until]
        rows = [[place] for fill in fills for place in self.places(fill)]
        ordered = rows if query.get("sort") in ("1", "+1") else rows[::-1]
        return web.json_response(ordered[:limit])


def margin(fill: Fill) -> list[Any]:
    start = ["pos", 140_000_000, fill.ms, None, f"t{fill.contract.coin}USD"]
    return [*start, -2.62932, num(fill.price), None, 0, 1, None, num(fill.price)]
