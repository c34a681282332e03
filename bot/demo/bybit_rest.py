"""Bybit's answers about markets, under ``/bybit``; written after its documentation."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.answering import FUNDED_MS, Query, Seen, answer, listed, number, rows

PREFIX = "/bybit/v5/market"

_CONTRACTS, _PAIRS = listed("{}USDT"), listed("{}USDT", "")
_SPANS = {"1": MINUTE_MS, "60": HOUR_MS}


def routes(seen: Seen) -> list[web.RouteDef]:
    def ask(path: str, body: Callable[[Seen, Query], Any]) -> web.RouteDef:
        def whole(query: Query) -> Any:
            result = body(seen, query)
            return {"retCode": 0, "retMsg": "OK", "result": result, "time": seen.now_ms}

        return answer(PREFIX + path, whole)

    return [
        ask("/tickers", _tickers),
        ask("/kline", _klines),
        ask("/full_orderbook", _book),
        ask("/orderbook", _book),
        ask("/account-ratio", _ratio),
        ask("/open-interest", _past),
        ask("/funding/history", _settled),
    ]


def _tickers(seen: Seen, query: Query) -> dict[str, Any]:
    spot = query["category"] == "spot"
    told = [_ticker(seen, symbol, spot) for symbol in (_PAIRS if spot else _CONTRACTS)]
    return {"category": query["category"], "list": told}


def _ticker(seen: Seen, symbol: str, spot: bool) -> dict[str, str]:
    one, now_ms = (_PAIRS if spot else _CONTRACTS)[symbol], seen.now_ms
    volume = seen.world.volume(one.coin, "bybit", spot, now_ms)
    price = seen.world.prices.at(one.coin, now_ms) * one.per
    told = {"symbol": symbol, "lastPrice": number(price), "turnover24h": f"{volume:.4f}"}
    if spot:
        return told
    held = seen.world.interest(one.coin, "bybit", now_ms) / one.per
    return {
        **told,
        "markPrice": number(price),
        "openInterest": f"{2 * held:.3f}",
        "openInterestValue": f"{2 * held * price:.2f}",
        "singleOpenInterest": f"{held:.3f}",
        "singleOpenInterestValue": f"{held * price:.2f}",
        "fundingRate": f"{seen.world.funding(one.coin, now_ms):.8f}",
        "fundingIntervalHour": "8",
    }


def _klines(seen: Seen, query: Query) -> dict[str, Any]:
    """Newest first: start, four prices, coins, dollars."""
    one, span_ms, limit = _CONTRACTS[query["symbol"]], _SPANS[query["interval"]], query["limit"]
    now_ms = seen.now_ms
    to_ms = min(int(query.get("end", now_ms)) + 1, now_ms)
    from_ms = max(int(query.get("start", 0)), to_ms - int(limit) * span_ms)
    told = seen.world.candles(one.coin, "bybit", False, span_ms, from_ms, to_ms, now_ms)
    lines = [
        [
            str(bar.start_ms),
            *(number(price * one.per) for price in bar[1:]),
            f"{volume / bar.close / one.per:.4f}",
            f"{volume:.4f}",
        ]
        for bar, volume, _ in reversed(told)
    ]
    return {"category": "linear", "symbol": one.symbol, "list": lines}


def _book(seen: Seen, query: Query) -> dict[str, Any]:
    spot = query["category"] == "spot"
    one = (_PAIRS if spot else _CONTRACTS)[query["symbol"]]
    bids, asks = seen.world.book(one.coin, "bybit", spot, seen.now_ms)
    sides = {"b": rows(bids, one.per), "a": rows(asks, one.per)}
    return {"s": one.symbol, **sides, "ts": seen.now_ms, "u": 1}


def _ratio(seen: Seen, query: Query) -> dict[str, Any]:
    one = _CONTRACTS[query["symbol"]]
    longs = seen.world.longs(one.coin, seen.now_ms)
    ratios = {"buyRatio": f"{longs:.4f}", "sellRatio": f"{1 - longs:.4f}"}
    return {"list": [{"symbol": one.symbol, **ratios, "timestamp": str(seen.now_ms)}]}


def _past(seen: Seen, query: Query) -> dict[str, Any]:
    one = _CONTRACTS[query["symbol"]]
    told = []
    for at_ms in seen.hours(int(query["startTime"]), int(query["endTime"]) + 1):
        held = seen.world.interest(one.coin, "bybit", at_ms) / one.per
        coins = {"openInterest": f"{2 * held:.3f}", "singleOpenInterest": f"{held:.3f}"}
        told.append({**coins, "timestamp": str(at_ms)})
    return {"symbol": one.symbol, "category": "linear", "list": told[::-1]}


def _settled(seen: Seen, query: Query) -> dict[str, Any]:
    one = _CONTRACTS[query["symbol"]]
    told = [
        {
            "symbol": one.symbol,
            "fundingRate": f"{seen.world.funding(one.coin, at_ms):.8f}",
            "fundingRateTimestamp": str(at_ms),
        }
        for at_ms in seen.hours(int(query["startTime"]), int(query["endTime"]) + 1, FUNDED_MS)
    ]
    return {"category": "linear", "list": told[::-1]}
