"""Frames and tables as the exchanges document them, written for these tests."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events, Missed, Parsed, Stream
from bot.market import Instrument, Liquidation

RECEIVED = 1_789_670_000_123
NOTHING_LISTED: Mapping[str, Instrument] = {}


def read(
    exchange: str, message: object, listed: Mapping[str, Instrument] = NOTHING_LISTED
) -> Parsed:
    frame = message if isinstance(message, bytes | str) else json.dumps(message)
    return EXCHANGES[exchange].parse(frame, RECEIVED, listed)


def events(
    exchange: str, message: object, listed: Mapping[str, Instrument] = NOTHING_LISTED
) -> list[Liquidation]:
    parsed = read(exchange, message, listed)
    assert isinstance(parsed, Events), parsed
    return parsed.liquidations


def table(*instruments: Instrument) -> dict[str, Instrument]:
    return {instrument.symbol: instrument for instrument in instruments}


def missed(since_ms: int = 0, listed: Mapping[str, Instrument] = NOTHING_LISTED) -> Missed:
    """What a page is read with: only when a gap began matters, and the table."""
    return Missed(Stream("", "", ()), since_ms, RECEIVED, listed, {})


def binance_order(**changes: object) -> dict[str, Any]:
    order = {
        "s": "BTCUSDT", "S": "SELL", "o": "LIMIT", "f": "IOC", "q": "0.020", "p": "64000.5",
        "ap": "64100", "X": "FILLED", "l": "0.014", "z": "0.014", "T": 1789670094099,
    }  # fmt: skip
    return {key: value for key, value in (order | changes).items() if value is not None}


def binance(top: Mapping[str, object] | None = None, **changes: object) -> dict[str, Any]:
    """An event; ``None`` takes a field of the order away."""
    event = {"e": "forceOrder", "E": 1789670094412, "o": binance_order(**changes)}
    return event | dict(top or {})


def bybit(*entries: Mapping[str, object]) -> dict[str, Any]:
    default = {"T": 1789670094099, "s": "ICPUSDT", "S": "Buy", "v": "19.7", "p": "2.585"}
    data = [default | entry for entry in entries or ({},)]
    topic = f"allLiquidation.{data[0]['s']}"
    return {"topic": topic, "type": "snapshot", "ts": 1789670094412, "data": data}


def okx(
    *details: Mapping[str, object], inst: str = "ETH-USDT-SWAP", kind: str = "SWAP"
) -> dict[str, Any]:
    default = {
        "bkLoss": "0", "bkPx": "4100.5", "ccy": "", "posSide": "net", "side": "sell", "sz": "13",
        "ts": "1789669898955",
    }  # fmt: skip
    row = {
        "details": [default | detail for detail in details or ({},)],
        "instFamily": inst.rpartition("-")[0], "instId": inst, "instType": kind,
        "uly": inst.rpartition("-")[0],
    }  # fmt: skip
    return {"arg": {"channel": "liquidation-orders", "instType": kind}, "data": [row]}


BTCUSD_PERP = Instrument("binance", "BTCUSD_PERP", "BTC", "USD", Decimal(100), linear=False)
ETH_SWAP = Instrument("okx", "ETH-USDT-SWAP", "ETH", "USDT", Decimal("0.1"), linear=True)
