"""HTX USDT-M and coin-M, after FEEDS 4.7 and HTX's documentation: gzip, pings to be echoed."""

import gzip
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection, encoded
from tests.doubles.exchanges.double import ExchangeDouble, each
from tests.doubles.exchanges.faults import Frame, Kind
from tests.doubles.exchanges.htx_rows import code_of, funding, listed, past, row
from tests.doubles.exchanges.order import Contract, Fill, now_ms

LIQUIDATIONS, INFO, FUNDING = "liquidation_orders", "contract_info", "funding_rate"
LONGEST_MS = 48 * 3_600_000
SOCKETS = {
    "/linear-swap-notification": ("linear-swap", "linear-futures"),
    "/swap-notification": ("swap",),
    "/notification": ("futures",),
}
SCOPES: dict[str, tuple[str, ...]] = {"swap": ("linear-swap",), "futures": ("linear-futures",)}


class Htx(ExchangeDouble):
    """``*`` on the USDT-M socket means what ``business_type`` says: ``swap`` (the default),
    ``futures`` or ``all``. ``page``: the most rows of one answer; HTX does not document its own.
    """

    name = "htx"
    paths = tuple(SOCKETS)
    changing = frozenset({"price", "volume", "trade_turnover", "amount"})
    ping_s = 5.0
    pong_s = 25.0
    page = 50
    listed = (
        Contract("BTC-USDT", "BTC", Decimal("0.001"), kind="linear-swap"),
        Contract("ETH-USDT", "ETH", Decimal("0.01"), kind="linear-swap"),
        Contract("SOL-USDT", "SOL", kind="linear-swap"),
        Contract("PEPE-USDT", "PEPE", Decimal(1_000_000), kind="linear-swap"),
        Contract("BTC-USDT-271231", "BTC", Decimal("0.001"), kind="linear-futures"),
        Contract("BTC-USD", "BTC", Decimal(100), inverse=True, kind="swap"),
        Contract("ETH-USD", "ETH", Decimal(10), inverse=True, kind="swap"),
        Contract("BTC271231", "BTC", Decimal(100), inverse=True, kind="futures"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        for api, kind in (("linear-swap-api", "swap"), ("swap-api", "swap"), ("api", "contract")):
            router.add_get(f"/{api}/v1/{kind}_contract_info", self._contracts)
            router.add_get(f"/{api}/v3/{kind}_liquidation_orders", self._history)

    def encode(self, body: object) -> Frame:
        return gzip.compress(encoded(body).encode(), compresslevel=1)

    async def asked(self, connection: Connection, request: Any) -> None:
        if request.get("op") == "pong":
            if request.get("ts") != connection.notes.get("ping"):
                self.breaches.append(f"a pong is not the echo of its ping: {request}")
            connection.answered()
            return
        topic = request.get("topic", "").lower()
        code, scope = self._mistake(connection, request, topic), scope_of(connection, request)
        echoed = {key: request[key] for key in ("op", "cid", "topic") if key in request}
        why = {"err-msg": "Topic or contract is wrong."} if code else {}
        answer = echoed | {"ts": now_ms(), "err-code": code} | why
        await self.say(connection, Kind.ACK, answer)
        if code:
            return
        for narrower in [t for t in connection.topics if t.startswith(f"{topic} ")]:
            del connection.topics[narrower]
        await self.subscribed(connection, f"{topic} {connection.path} {scope}")

    def _mistake(self, connection: Connection, request: Any, topic: str) -> int:
        """Error codes of HTX's order push; 0 if nothing is wrong."""
        code, ending = topic.removeprefix("public.").rpartition(".")[::2]
        if request.get("op") != "sub" or ending not in (LIQUIDATIONS, INFO, FUNDING):
            return 2010
        here = [c for c in self.contracts if c.kind in SOCKETS[connection.path]]
        if code != "*" and code not in [code_of(c).lower() for c in here]:
            return 2011
        held = [t.split()[2] for t in connection.topics if t.startswith(f"{topic} ")]
        wider = scope_of(connection, request) == "all" and "all" not in held
        return 2014 if held and not wider else 0

    def topics(self, contract: Contract) -> Iterable[str]:
        path = next(path for path, kinds in SOCKETS.items() if contract.kind in kinds)
        for scope in ("swap", "futures", "all"):
            if contract.kind in SCOPES.get(scope, SOCKETS[path]) or len(SOCKETS[path]) == 1:
                yield f"public.*.{LIQUIDATIONS} {path} {scope}"
            yield f"public.{code_of(contract).lower()}.{LIQUIDATIONS} {path} {scope}"

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """The topic names the contract, also to one who subscribed to ``*``."""
        for contract, part in each(fills).items():
            rows = [row(fill) for fill in part]
            yield notify(f"public.{code_of(contract)}.{LIQUIDATIONS}", {"data": rows})

    def canary(self, connection: Connection, topic: str) -> object | None:
        """The table of contracts, pushed every 60 s on the real socket, and funding rates."""
        wanted, path, _ = topic.split()
        _, code, ending = wanted.split(".")
        here = [
            contract
            for contract in self.contracts
            if contract.kind in SOCKETS[path] and code in ("*", code_of(contract).lower())
        ]
        if ending == INFO and here:
            event = "snapshot" if topic in connection.notes else "init"
            connection.notes[topic] = True
            return notify(wanted, {"event": event, "data": [listed(c) for c in here]})
        if ending == FUNDING and here:
            return notify(wanted, {"data": [funding(c) for c in here]})
        return None

    async def ping(self, connection: Connection) -> None:
        """``ts`` is now a string, now a number: it is to be echoed as it came."""
        now = now_ms()
        stamp: str | int = str(now) if now % 2 else now
        connection.notes["ping"] = stamp
        if await self.say(connection, Kind.PING, {"op": "ping", "ts": stamp}):
            connection.asked()

    async def _contracts(self, request: web.Request) -> web.Response:
        kinds: tuple[str, ...] = ("swap",) if "/swap-api" in request.path else ("futures",)
        if "linear" in request.path:
            business = request.query.get("business_type", "swap")
            kinds = SCOPES.get(business, SOCKETS["/linear-swap-notification"])
        rows = [listed(contract) for contract in self.contracts if contract.kind in kinds]
        return web.json_response({"status": "ok", "data": rows, "ts": now_ms()})

    async def _history(self, request: web.Request) -> web.Response:
        query = request.query
        names = self._named(request)
        if not names or query.get("trade_type") not in ("0", "5", "6"):
            return answered([], 1030, "Input error.")
        until = int(query.get("end_time") or now_ms())
        since = int(query.get("start_time") or until - LONGEST_MS)
        if until - since > LONGEST_MS:
            return answered([], 1067, "The query window is longer than 48 hours.")
        backwards = query.get("direct", "next") == "prev"
        start = int(query.get("from_id") or (1 << 60 if backwards else 0))
        sides = {"5": ("long",), "6": ("short",)}.get(query["trade_type"], ("long", "short"))
        fills = [
            fill
            for fill in self.kept(*names)
            if since <= fill.ms <= until and fill.order.side in sides
            if (fill.number < start if backwards else fill.number > start)
        ]
        fills.sort(key=lambda fill: fill.number, reverse=backwards)
        return answered([past(fill) for fill in fills][: self.page])

    def _named(self, request: web.Request) -> list[str]:
        """Coin-M futures are asked for by coin, all else by contract."""
        coin, symbol = (request.query.get(key, "").upper() for key in ("symbol", "contract"))
        if request.path.startswith("/api/"):
            return [c.symbol for c in self.contracts if (c.kind, c.coin) == ("futures", coin)]
        return [symbol] if self.listing(symbol) else []


def scope_of(connection: Connection, request: Any) -> str:
    return str(request.get("business_type", "swap")) if "linear" in connection.path else "swap"


def notify(topic: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"op": "notify", "topic": topic, "ts": now_ms()} | body


def answered(rows: list[dict[str, Any]], code: int = 200, why: str = "") -> web.Response:
    return web.json_response({"code": code, "msg": why, "data": rows, "ts": now_ms()})
