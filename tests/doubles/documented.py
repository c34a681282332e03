"""How each exchange is subscribed to and read, by FEEDS and nothing else: a client's half."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

D = Decimal
Found = tuple[Decimal, bool]
"""US dollars, and whether a long was closed."""


@dataclass(frozen=True)
class Documented:
    """How one exchange is subscribed to, and FEEDS sections 1 and 2 for one frame of it."""

    path: str
    asks: tuple[Any, ...]
    read: Callable[[Any], list[Found]]
    canary: Callable[[Any], object]
    """What a frame of the canary tells, None if it is no such frame."""


def dec(value: object) -> Decimal:
    return D(str(value))


def marked(*path: str | int) -> Callable[[Any], object]:
    """What stands at ``path`` in a frame, None if there is no such place."""

    def look(frame: Any) -> object:
        for step in path:
            try:
                frame = frame[step]
            except (KeyError, IndexError, TypeError):
                return None
        return frame

    return look


def binance(frame: Any) -> list[Found]:
    if marked("e")(frame) != "forceOrder":
        return []
    order = frame["o"]
    return [(dec(order["z"]) * dec(order["ap"]), order["S"] == "SELL")]


def bybit(frame: Any) -> list[Found]:
    if not frame.get("topic", "").startswith("allLiquidation."):
        return []
    return [(dec(row["v"]) * dec(row["p"]), row["S"] == "Buy") for row in frame["data"]]


def okx(frame: Any) -> list[Found]:
    if "data" not in frame or frame["arg"]["channel"] != "liquidation-orders":
        return []
    details = [detail for row in frame["data"] for detail in row["details"]]
    size = D("0.01")
    return [(dec(d["sz"]) * size * dec(d["bkPx"]), d["side"] == "sell") for d in details]


def gate(frame: Any) -> list[Found]:
    if frame.get("channel") != "futures.public_liquidates" or frame["event"] != "update":
        return []
    size = D("0.0001")
    rows = frame["result"]
    return [(abs(dec(r["size"])) * size * dec(r["price"]), dec(r["size"]) < 0) for r in rows]


def bitget(frame: Any) -> list[Found]:
    if "data" not in frame or frame["arg"]["topic"] != "liquidation":
        return []
    return [(dec(row["amount"]), row["side"] == "buy") for row in frame["data"]]


def htx(frame: Any) -> list[Found]:
    if frame["op"] != "notify" or not frame["topic"].endswith(".liquidation_orders"):
        return []
    return [(dec(row["trade_turnover"]), row["direction"] == "sell") for row in frame["data"]]


def deribit(frame: Any) -> list[Found]:
    if not frame.get("params", {}).get("channel", "").startswith("trades."):
        return []
    rows = [row for row in frame["params"]["data"] if row.get("liquidation") == "T"]
    return [(dec(row["amount"]) * dec(row["price"]), row["direction"] == "sell") for row in rows]


def bitmex(frame: Any) -> list[Found]:
    if (frame.get("table"), frame.get("action")) != ("liquidation", "insert"):
        return []
    size = D("0.000001")
    rows = frame["data"]
    return [(dec(r["leavesQty"]) * size * dec(r["price"]), r["side"] == "Sell") for r in rows]


def dydx(frame: Any) -> list[Found]:
    if frame["type"] != "channel_data" or frame["channel"] != "v4_trades":
        return []
    rows = [row for row in frame["contents"]["trades"] if row["type"] == "LIQUIDATED"]
    return [(dec(row["size"]) * dec(row["price"]), row["side"] == "SELL") for row in rows]


def kraken(frame: Any) -> list[Found]:
    if frame.get("feed") != "trade" or frame.get("type") != "liquidation":
        return []
    return [(dec(frame["qty"]) * dec(frame["price"]), frame["side"] == "sell")]


def lighter(frame: Any) -> list[Found]:
    if frame["type"] != "update/trade":
        return []
    rows = frame["liquidation_trades"]
    return [(dec(row["usd_amount"]), not row["is_maker_ask"]) for row in rows]


def bitfinex(frame: Any) -> list[Found]:
    if marked(1, 0, 0)(frame) != "pos":
        return []
    rows = [row for row in frame[1] if row[8] == 0 and "F0:" in row[4]]
    return [(abs(dec(row[5])) * dec(row[11]), row[5] > 0) for row in rows]


SUBSCRIBE = {"method": "SUBSCRIBE", "params": ["!forceOrder@arr", "!markPrice@arr"], "id": 1}
RPC = {"jsonrpc": "2.0", "id": 3, "method": "public/subscribe"}
DOCUMENTED = {
    "binance": Documented("/market/ws", (SUBSCRIBE,), binance, marked(0, "p")),
    "aster": Documented("/ws", (SUBSCRIBE,), binance, marked(0, "p")),
    "bybit": Documented(
        "/v5/public/linear",
        ({"op": "subscribe", "args": ["allLiquidation.BTCUSDT", "tickers.BTCUSDT"]},),
        bybit,
        marked("data", "markPrice"),
    ),
    "okx": Documented(
        "/ws/v5/public",
        (
            {"op": "subscribe", "args": [{"channel": "liquidation-orders", "instType": "SWAP"}]},
            {"op": "subscribe", "args": [{"channel": "mark-price", "instId": "BTC-USDT-SWAP"}]},
        ),
        okx,
        marked("data", 0, "markPx"),
    ),
    "gate": Documented(
        "/v4/ws/usdt",
        tuple(
            {"time": 1, "channel": f"futures.{name}", "event": "subscribe", "payload": [what]}
            for name, what in (("public_liquidates", "!all"), ("tickers", "BTC_USDT"))
        ),
        gate,
        marked("result", 0, "mark_price"),
    ),
    "bitget": Documented(
        "/v3/ws/public",
        (
            {
                "op": "subscribe",
                "args": [
                    {"instType": "usdt-futures", "topic": "liquidation"},
                    {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"},
                ],
            },
        ),
        bitget,
        marked("data", 0, "markPrice"),
    ),
    "htx": Documented(
        "/linear-swap-notification",
        tuple(
            {"op": "sub", "cid": "1", "topic": f"public.*.{ending}"}
            for ending in ("liquidation_orders", "funding_rate")
        ),
        htx,
        marked("data", 0, "funding_rate"),
    ),
    "deribit": Documented(
        "/ws/api/v2",
        (
            RPC
            | {
                "params": {
                    "channels": [
                        "trades.future.any.100ms",
                        "trades.BTC-PERPETUAL.raw",
                        "ticker.BTC-PERPETUAL.100ms",
                    ]
                }
            },
        ),
        deribit,
        marked("params", "data", "mark_price"),
    ),
    "bitmex": Documented(
        "/realtime?subscribe=instrument:XBTUSDT",
        ({"op": "subscribe", "args": ["liquidation"]},),
        bitmex,
        marked("data", 0, "markPrice"),
    ),
    "dydx": Documented(
        "/v4/ws",
        (
            {"type": "subscribe", "channel": "v4_trades", "id": "BTC-USD"},
            {"type": "subscribe", "channel": "v4_markets"},
        ),
        dydx,
        marked("contents", "oraclePrices", "BTC-USD", "oraclePrice"),
    ),
    "kraken": Documented(
        "/ws/v1",
        tuple(
            {"event": "subscribe", "feed": feed, "product_ids": ["PF_XBTUSD"]}
            for feed in ("trade", "ticker")
        ),
        kraken,
        marked("markPrice"),
    ),
    "lighter": Documented(
        "/stream",
        (
            {"type": "subscribe", "channel": "trade/1"},
            {"type": "subscribe", "channel": "market_stats/1"},
        ),
        lighter,
        marked("market_stats", "mark_price"),
    ),
    "bitfinex": Documented(
        "/ws/2",
        tuple(
            {"event": "subscribe", "channel": "status", "key": key}
            for key in ("liq:global", "deriv:tBTCF0:USTF0")
        ),
        bitfinex,
        marked(1, 14),
    ),
}
