"""The tape in the exchanges' own wire formats: frames, acknowledgements and instrument answers.

Written after the exchanges' documentation and without the bot's dialects, which read it back.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from bot.demo.listed import CONTRACTS, Contract
from bot.demo.tape import TapeOrder
from bot.market import Side

FORCE_ORDERS = "!forceOrder@arr"
MARK_PRICES = "!markPrice@arr"


@dataclass(frozen=True)
class Frame:
    """One WebSocket text message for everybody who asked for ``topic`` of ``exchange``."""

    exchange: str
    topic: str
    text: str
    orders: int
    at_ms: int


def frames(orders: Sequence[TapeOrder]) -> list[Frame]:
    """The frames of a stretch of tape, each as late as its last order."""
    made: list[Frame] = []
    for exchange, write in (("binance", _binance), ("bybit", _bybit), ("okx", _okx)):
        made += write([o for o in orders if o.contract.exchange == exchange])
    return sorted(made, key=lambda frame: frame.at_ms)


def marks(bitcoin: Decimal, at_ms: int) -> list[Frame]:
    """What each exchange quotes besides: mark prices, on the topics that never fall silent."""
    price = f"{bitcoin:f}"
    bodies: dict[tuple[str, str], object] = {
        ("binance", MARK_PRICES): [
            {"e": "markPriceUpdate", "E": at_ms, "s": "BTCUSDT", "p": price, "T": at_ms}
        ],
        ("okx", "mark-price"): {
            "arg": {"channel": "mark-price", "instId": "BTC-USDT-SWAP"},
            "data": [{"instId": "BTC-USDT-SWAP", "instType": "SWAP", "markPx": price}],
        },
    }
    for symbol in ("BTCUSDT", "BTCUSD"):
        topic = f"tickers.{symbol}"
        data = {"symbol": symbol, "markPrice": price}
        bodies["bybit", topic] = {"topic": topic, "type": "delta", "data": data, "ts": at_ms}
    return [Frame(name, topic, _text(body), 0, at_ms) for (name, topic), body in bodies.items()]


def _text(body: object) -> str:
    return json.dumps(body, separators=(",", ":"))


def _binance(orders: Iterable[TapeOrder]) -> list[Frame]:
    return [
        Frame("binance", FORCE_ORDERS, _text(_force_order(order)), 1, order.at_ms)
        for order in orders
    ]


def _force_order(order: TapeOrder) -> dict[str, Any]:
    """``z`` filled, ``ap`` average price, ``st`` 1 USD-M and 2 COIN-M; SELL closes a long."""
    contract = order.contract
    quantity, price = str(order.quantity), f"{order.price:f}"
    fields: dict[str, Any] = {
        "s": contract.symbol,
        "S": "SELL" if order.side is Side.LONG else "BUY",
        "o": "LIMIT",
        "f": "IOC",
        "q": quantity,
        "p": price,
        "ap": price,
        "X": "FILLED",
        "l": quantity,
        "z": quantity,
        "T": order.at_ms,
    }
    pair = contract.symbol.removesuffix("_PERP")
    merged = {"ps": pair, "st": 1 if contract.linear else 2}
    return {"e": "forceOrder", "E": order.at_ms, "o": fields, **merged}


def _bybit(orders: Iterable[TapeOrder]) -> list[Frame]:
    return [
        Frame(
            "bybit",
            topic := f"allLiquidation.{symbol}",
            _text(_all(topic, batch)),
            len(batch),
            batch[-1].at_ms,
        )
        for symbol, batch in _by_symbol(orders)
    ]


def _all(topic: str, batch: Sequence[TapeOrder]) -> dict[str, Any]:
    """``S`` is the position: Buy was a long. ``v`` coins, or USD contracts when inverse."""
    data = [
        {
            "T": o.at_ms,
            "s": o.contract.symbol,
            "S": "Buy" if o.side is Side.LONG else "Sell",
            "v": str(o.quantity),
            "p": f"{o.price:f}",
        }
        for o in batch
    ]
    return {"topic": topic, "type": "snapshot", "ts": batch[-1].at_ms, "data": data}


def _okx(orders: Iterable[TapeOrder]) -> list[Frame]:
    return [
        Frame("okx", "SWAP", _text(_liquidation_orders(batch)), len(batch), batch[-1].at_ms)
        for _, batch in _by_symbol(orders)
    ]


def _liquidation_orders(batch: Sequence[TapeOrder]) -> dict[str, Any]:
    """``side`` is the order's: sell closes a long. ``sz`` counts contracts."""
    symbol = batch[0].contract.symbol
    family = symbol.removesuffix("-SWAP")
    details = [
        {
            "bkLoss": "0",
            "bkPx": f"{o.price:f}",
            "ccy": "",
            "posSide": "long" if o.side is Side.LONG else "short",
            "side": "sell" if o.side is Side.LONG else "buy",
            "sz": str(o.quantity),
            "ts": str(o.at_ms),
        }
        for o in batch
    ]
    data = [
        {
            "details": details,
            "instFamily": family,
            "instId": symbol,
            "instType": "SWAP",
            "uly": family,
        }
    ]
    return {"arg": {"channel": "liquidation-orders", "instType": "SWAP"}, "data": data}


def _by_symbol(orders: Iterable[TapeOrder]) -> list[tuple[str, list[TapeOrder]]]:
    ordered = sorted(orders, key=lambda o: (o.contract.symbol, o.at_ms))
    return [(symbol, list(batch)) for symbol, batch in groupby(ordered, _symbol)]


def _symbol(order: TapeOrder) -> str:
    return order.contract.symbol


def _listed(exchange: str, linear: bool) -> list[Contract]:
    return [c for c in CONTRACTS if c.exchange == exchange and c.linear is linear]


def binance_info(linear: bool) -> dict[str, Any]:
    """``/fapi/v1/exchangeInfo``, or ``/dapi/v1/exchangeInfo`` with contract sizes."""
    return {
        "symbols": [
            {
                "symbol": c.symbol,
                "pair": c.symbol.removesuffix("_PERP"),
                "contractType": "PERPETUAL",
                "baseAsset": f"{c.per if c.per > 1 else ''}{c.coin}",
                "quoteAsset": "USDT" if linear else "USD",
                **({"status": "TRADING"} if linear else _coin_margined(c)),
            }
            for c in _listed("binance", linear)
        ]
    }


def _coin_margined(contract: Contract) -> dict[str, Any]:
    return {"contractStatus": "TRADING", "contractSize": int(contract.size)}


def bybit_info(category: str) -> dict[str, Any]:
    """``/v5/market/instruments-info``."""
    linear = category == "linear"
    return {
        "retCode": 0,
        "retMsg": "OK",
        "result": {
            "category": category,
            "list": [
                {
                    "symbol": c.symbol,
                    "contractType": "LinearPerpetual" if linear else "InversePerpetual",
                    "status": "Trading",
                    "baseCoin": f"{c.per if c.per > 1 else ''}{c.coin}",
                    "quoteCoin": "USDT" if linear else "USD",
                    "settleCoin": "USDT" if linear else c.coin,
                }
                for c in _listed("bybit", linear)
            ],
            "nextPageCursor": "",
        },
    }


def okx_info(inst_type: str) -> dict[str, Any]:
    """``/api/v5/public/instruments``."""
    listed = [c for c in CONTRACTS if c.exchange == "okx"] if inst_type == "SWAP" else []
    return {
        "code": "0",
        "msg": "",
        "data": [
            {
                "instType": "SWAP",
                "instId": c.symbol,
                "instFamily": c.symbol.removesuffix("-SWAP"),
                "uly": c.symbol.removesuffix("-SWAP"),
                "ctVal": f"{c.size:f}",
                "ctMult": "1",
                "ctValCcy": c.coin if c.linear else "USD",
                "ctType": c.category,
                "settleCcy": "USDT" if c.linear else c.coin,
                "state": "live",
            }
            for c in listed
        ],
    }
