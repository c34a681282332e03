"""OKX, after FEEDS 4.4 and its v5 documentation."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.double import ExchangeDouble, each
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, now_ms, text

TYPES = ("SWAP", "FUTURES", "MARGIN", "OPTION")
DAY_MS = 86_400_000


class Okx(ExchangeDouble):
    """Every second ``posSide`` is ``net``: only ``side`` tells the side."""

    name = "okx"
    paths = ("/ws/v5/public",)
    changing = frozenset({"sz", "bkPx"})
    word = ("ping", "pong")
    quiet_s = 30.0
    connects = (3, 1.0)
    listed = (
        Contract("BTC-USDT-SWAP", "BTC", Decimal("0.01"), Decimal("0.01"), kind="SWAP"),
        Contract("ETH-USDT-SWAP", "ETH", Decimal("0.1"), Decimal("0.01"), kind="SWAP"),
        Contract("SOL-USDT-SWAP", "SOL", step=Decimal("0.01"), kind="SWAP"),
        Contract("PEPE-USDT-SWAP", "PEPE", Decimal(10_000_000), Decimal("0.1"), kind="SWAP"),
        Contract("BTC-USD-SWAP", "BTC", Decimal(100), inverse=True, kind="SWAP"),
        Contract("BTC-USDT-271231", "BTC", Decimal("0.01"), Decimal("0.1"), kind="FUTURES"),
    )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v5/public/instruments", self._instruments)
        router.add_get("/api/v5/public/liquidation-orders", self._history)

    async def asked(self, connection: Connection, request: Any) -> None:
        head = {"id": request["id"]} if "id" in request else {}
        if request.get("op") != "subscribe" or not isinstance(request.get("args"), list):
            error = {"event": "error", "code": "60012", "msg": f"Invalid request: {request}"}
            await self.say(connection, Kind.ACK, head | error | {"connId": connection.id[:8]})
            return
        for arg in request["args"]:
            topic = self._topic(arg)
            answer = {"event": "subscribe", "arg": arg} if topic else unknown(arg)
            await self.say(connection, Kind.ACK, head | answer | {"connId": connection.id[:8]})
            if topic:
                await self.subscribed(connection, topic)

    def _topic(self, arg: dict[str, str]) -> str:
        channel, wanted = arg.get("channel"), arg.get("instType")
        if channel == "liquidation-orders" and wanted in TYPES:
            return f"liquidation-orders:{wanted}"
        listed_here = channel == "mark-price" and self.listing(arg.get("instId", ""))
        return f"mark-price:{arg['instId']}" if listed_here else ""

    def topics(self, contract: Contract) -> Iterable[str]:
        return (f"liquidation-orders:{contract.kind}",)

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        channel, _, kind = topic.partition(":")
        rows = [row(contract, part) for contract, part in each(fills).items()]
        yield {"arg": {"channel": channel, "instType": kind}, "data": rows}

    def snapshot(self, connection: Connection, topic: str) -> Iterable[object]:
        """The first frame holds recent old orders."""
        recent = [f for f in self.fills if topic in self.topics(f.contract)][-20:]
        return self.frames(connection, topic, recent) if recent else ()

    def canary(self, connection: Connection, topic: str) -> object | None:
        channel, _, symbol = topic.partition(":")
        contract = self.listing(symbol)
        if contract is None:
            return None
        mark = {"instType": contract.kind, "instId": symbol, "markPx": text(self.mark(contract))}
        arg = {"channel": channel, "instId": symbol}
        return {"arg": arg, "data": [mark | {"ts": str(now_ms())}]}

    def notice(self) -> object | None:
        why = "The connection will soon be closed for a service upgrade. Please reconnect."
        return {"event": "notice", "code": "64008", "msg": why, "connId": "a4d3ae55"}

    async def _instruments(self, request: web.Request) -> web.Response:
        rows = [facts(c) for c in self.contracts if c.kind == request.query.get("instType")]
        return answered(rows)

    async def _history(self, request: web.Request) -> web.Response:
        """Newest first, a day back, for one underlying."""
        query = request.query
        asked_family = query.get("uly") or query.get("instFamily")
        if not asked_family:
            return refused("50015", "Either parameter uly or instFamily is required")
        before, after = int(query.get("before", 0)), int(query.get("after", now_ms() + DAY_MS))
        limit = min(int(query.get("limit", 100)), 100)
        found = [
            fill
            for contract in self.contracts
            if (contract.kind, family(contract)) == (query.get("instType"), asked_family)
            for fill in self.kept(contract.symbol)
            if max(before, now_ms() - DAY_MS) < fill.ms < after
        ]
        newest = sorted(found, key=lambda fill: -fill.ms)[:limit]
        rows = [row(contract, part) for contract, part in each(newest).items()]
        for each_row in rows:
            each_row["totalLoss"] = "0"
            for detail in each_row["details"]:
                detail["time"] = detail["ts"]
        return answered(rows)


def family(contract: Contract) -> str:
    return contract.symbol.rpartition("-")[0]


def row(contract: Contract, fills: list[Fill]) -> dict[str, Any]:
    details = [
        {
            "bkLoss": "0",
            "bkPx": text(fill.price),
            "ccy": "",
            "posSide": "net" if fill.number % 2 else fill.order.side,
            "side": fill.closing("sell", "buy"),
            "sz": text(fill.units),
            "ts": str(fill.ms),
        }
        for fill in fills
    ]
    return {
        "details": details,
        "instFamily": family(contract),
        "instId": contract.symbol,
        "instType": contract.kind,
        "uly": family(contract),
    }


def facts(contract: Contract) -> dict[str, Any]:
    """A row of ``/api/v5/public/instruments``."""
    return {
        "instType": contract.kind,
        "instId": contract.symbol,
        "instFamily": family(contract),
        "uly": family(contract),
        "baseCcy": "",
        "quoteCcy": "",
        "settleCcy": contract.coin if contract.inverse else "USDT",
        "ctType": "inverse" if contract.inverse else "linear",
        "ctVal": text(contract.unit),
        "ctMult": "1",
        "ctValCcy": "USD" if contract.inverse else contract.coin,
        "lotSz": text(contract.step),
        "minSz": text(contract.step),
        "tickSz": "0.1",
        "listTime": "1573557408000",
        "expTime": "1830240000000" if contract.kind == "FUTURES" else "",
        "state": "live",
        "ruleType": "normal",
    }


def unknown(arg: dict[str, str]) -> dict[str, str]:
    wrong = ",".join(f"{key}:{value}" for key, value in arg.items())
    why = f"Wrong URL or {wrong} doesn't exist. Please use the correct URL, channel and parameters."
    return {"event": "error", "code": "60018", "msg": why}


def answered(rows: list[dict[str, Any]]) -> web.Response:
    return web.json_response({"code": "0", "msg": "", "data": rows})


def refused(code: str, why: str) -> web.Response:
    return web.json_response({"code": code, "msg": why, "data": []}, status=400)
