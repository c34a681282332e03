"""Binance's answers about markets, futures under ``/binance`` and spot under ``/binance-spot``.

Written after its documentation, as ``bot.demo.wire`` is.
"""

from typing import Any

from aiohttp import web

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.answering import FUNDED_MS, Query, Seen, answer, listed, number, rows

FUTURES, SPOT = "/binance", "/binance-spot"

_CONTRACTS, _PAIRS = listed("{}USDT"), listed("{}USDT", "")
_SPANS = {"1m": MINUTE_MS, "1h": HOUR_MS}


def routes(seen: Seen) -> list[web.RouteDef]:
    return [
        answer(f"{FUTURES}/fapi/v1/fundingInfo", lambda q: []),
        answer(f"{FUTURES}/fapi/v1/premiumIndex", lambda q: _premiums(seen)),
        answer(f"{FUTURES}/fapi/v1/openInterest", lambda q: _interest(seen, q)),
        answer(f"{FUTURES}/fapi/v1/klines", lambda q: _klines(seen, q, False)),
        answer(f"{FUTURES}/fapi/v1/depth", lambda q: _book(seen, q, False)),
        answer(f"{FUTURES}/fapi/v1/ticker/24hr", lambda q: _day(seen, q, False)),
        answer(f"{FUTURES}/fapi/v1/fundingRate", lambda q: _settled(seen, q)),
        answer(f"{FUTURES}/futures/data/globalLongShortAccountRatio", lambda q: _ratio(seen, q)),
        answer(f"{FUTURES}/futures/data/openInterestHist", lambda q: _past(seen, q)),
        answer(f"{SPOT}/api/v3/ticker/price", lambda q: _pairs(seen)),
        answer(f"{SPOT}/api/v3/klines", lambda q: _klines(seen, q, True)),
        answer(f"{SPOT}/api/v3/depth", lambda q: _book(seen, q, True)),
        answer(f"{SPOT}/api/v3/ticker/24hr", lambda q: _day(seen, q, True)),
    ]


def _premiums(seen: Seen) -> list[dict[str, Any]]:
    now_ms = seen.now_ms
    return [
        {
            "symbol": one.symbol,
            "markPrice": number(seen.world.prices.at(one.coin, now_ms) * one.per),
            "lastFundingRate": f"{seen.world.funding(one.coin, now_ms):.8f}",
            "time": now_ms,
        }
        for one in _CONTRACTS.values()
    ]


def _pairs(seen: Seen) -> list[dict[str, Any]]:
    return [
        {"symbol": one.symbol, "price": number(seen.world.prices.at(one.coin, seen.now_ms))}
        for one in _PAIRS.values()
    ]


def _interest(seen: Seen, query: Query) -> dict[str, Any]:
    one = _CONTRACTS[query["symbol"]]
    coins = seen.world.interest(one.coin, "binance", seen.now_ms) / one.per
    return {"openInterest": f"{coins:.3f}", "symbol": one.symbol, "time": seen.now_ms}


def _klines(seen: Seen, query: Query, spot: bool) -> list[list[Any]]:
    """Oldest first: start, four prices, coins, end, dollars, trades, and what takers bought."""
    one = (_PAIRS if spot else _CONTRACTS)[query["symbol"]]
    span_ms, now_ms = _SPANS[query["interval"]], seen.now_ms
    from_ms = now_ms - int(query["limit"]) * span_ms
    told = seen.world.candles(one.coin, "binance", spot, span_ms, from_ms, now_ms, now_ms)
    return [
        [
            bar.start_ms,
            *(number(price * one.per) for price in bar[1:]),
            f"{volume / bar.close / one.per:.6f}",
            bar.start_ms + span_ms - 1,
            f"{volume:.6f}",
            int(volume / 4_000),
            f"{bought / bar.close / one.per:.6f}",
            f"{bought:.6f}",
            "0",
        ]
        for bar, volume, bought in told
    ]


def _book(seen: Seen, query: Query, spot: bool) -> dict[str, Any]:
    one = (_PAIRS if spot else _CONTRACTS)[query["symbol"]]
    bids, asks = seen.world.book(one.coin, "binance", spot, seen.now_ms)
    told = {"lastUpdateId": 1, "bids": rows(bids, one.per), "asks": rows(asks, one.per)}
    return told if spot else {**told, "E": seen.now_ms, "T": seen.now_ms}


def _day(seen: Seen, query: Query, spot: bool) -> dict[str, Any]:
    one = (_PAIRS if spot else _CONTRACTS)[query["symbol"]]
    volume = seen.world.volume(one.coin, "binance", spot, seen.now_ms)
    return {"symbol": one.symbol, "quoteVolume": f"{volume:.2f}", "closeTime": seen.now_ms}


def _ratio(seen: Seen, query: Query) -> list[dict[str, Any]]:
    one = _CONTRACTS[query["symbol"]]
    longs = seen.world.longs(one.coin, seen.now_ms)
    return [
        {
            "symbol": one.symbol,
            "longAccount": f"{longs:.4f}",
            "shortAccount": f"{1 - longs:.4f}",
            "longShortRatio": f"{longs / (1 - longs):.4f}",
            "timestamp": seen.now_ms,
        }
    ]


def _past(seen: Seen, query: Query) -> list[dict[str, Any]]:
    one = _CONTRACTS[query["symbol"]]
    return [
        {
            "symbol": one.symbol,
            "sumOpenInterest": f"{seen.world.interest(one.coin, 'binance', at_ms) / one.per:.3f}",
            "timestamp": at_ms,
        }
        for at_ms in seen.hours(int(query["startTime"]), int(query["endTime"]) + 1)
    ]


def _settled(seen: Seen, query: Query) -> list[dict[str, Any]]:
    one = _CONTRACTS[query["symbol"]]
    return [
        {
            "symbol": one.symbol,
            "fundingRate": f"{seen.world.funding(one.coin, at_ms):.8f}",
            "fundingTime": at_ms,
        }
        for at_ms in seen.hours(int(query["startTime"]), int(query["endTime"]) + 1, FUNDED_MS)
    ]
