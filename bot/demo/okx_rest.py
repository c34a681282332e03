"""OKX's answers about markets, under ``/okx``; written after its documentation."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.answering import FUNDED_MS, Query, Seen, answer, listed, number, rows
from bot.demo.listed import CONTRACTS

PREFIX = "/okx/api/v5"

_SWAPS, _PAIRS = listed("{}-USDT-SWAP", ""), listed("{}-USDT", "")
_SIZES = {one.symbol: float(one.size) for one in CONTRACTS if one.exchange == "okx"}
_SPANS = {"1m": MINUTE_MS, "1H": HOUR_MS}
_RATIO_MS = 5 * MINUTE_MS


def routes(seen: Seen) -> list[web.RouteDef]:
    def ask(path: str, body: Callable[[Seen, Query], Any]) -> web.RouteDef:
        return answer(PREFIX + path, lambda q: {"code": "0", "msg": "", "data": body(seen, q)})

    return [
        ask("/public/open-interest", _interest),
        ask("/public/mark-price", _marks),
        ask("/public/funding-rate", _funding),
        ask("/public/funding-rate-history", _settled),
        ask("/market/tickers", _tickers),
        ask("/market/candles", _candles),
        ask("/market/books-full", _book),
        ask("/rubik/stat/contracts/long-short-account-ratio", _ratio),
        ask("/rubik/stat/contracts/open-interest-history", _past),
    ]


def _interest(seen: Seen, query: Query) -> list[dict[str, str]]:
    now_ms = seen.now_ms
    return [_held(seen, symbol, now_ms) | {"ts": str(now_ms)} for symbol in _SWAPS]


def _held(seen: Seen, symbol: str, at_ms: int) -> dict[str, str]:
    coin = _SWAPS[symbol].coin
    coins = seen.world.interest(coin, "okx", at_ms)
    return {
        "instType": "SWAP",
        "instId": symbol,
        "oi": f"{coins / _SIZES[symbol]:.2f}",
        "oiCcy": f"{coins:.4f}",
        "oiUsd": f"{coins * seen.world.prices.at(coin, at_ms):.2f}",
    }


def _marks(seen: Seen, query: Query) -> list[dict[str, str]]:
    now_ms = seen.now_ms
    return [
        {
            "instType": "SWAP",
            "instId": one.symbol,
            "markPx": number(seen.world.prices.at(one.coin, now_ms)),
            "ts": str(now_ms),
        }
        for one in _SWAPS.values()
    ]


def _funding(seen: Seen, query: Query) -> list[dict[str, str]]:
    one, now_ms = _SWAPS[query["instId"]], seen.now_ms
    next_ms = (now_ms // FUNDED_MS + 1) * FUNDED_MS
    return [
        {
            "instId": one.symbol,
            "fundingRate": f"{seen.world.funding(one.coin, now_ms):.10f}",
            "fundingTime": str(next_ms),
            "nextFundingTime": str(next_ms + FUNDED_MS),
            "ts": str(now_ms),
        }
    ]


def _settled(seen: Seen, query: Query) -> list[dict[str, str]]:
    one, until_ms = _SWAPS[query["instId"]], int(query["after"])
    times = list(seen.hours(until_ms - int(query["limit"]) * FUNDED_MS, until_ms, FUNDED_MS))
    return [
        {
            "instId": one.symbol,
            "fundingRate": (rate := f"{seen.world.funding(one.coin, at_ms):.10f}"),
            "realizedRate": rate,
            "fundingTime": str(at_ms),
        }
        for at_ms in reversed(times)
    ]


def _tickers(seen: Seen, query: Query) -> list[dict[str, str]]:
    """``volCcy24h``: coins of a swap, and of a pair what was paid for them."""
    spot, now_ms = query["instType"] == "SPOT", seen.now_ms
    told = []
    for one in (_PAIRS if spot else _SWAPS).values():
        price = seen.world.prices.at(one.coin, now_ms)
        volume = seen.world.volume(one.coin, "okx", spot, now_ms)
        traded = f"{volume if spot else volume / price:.4f}"
        named = {"instType": query["instType"], "instId": one.symbol}
        told.append({**named, "last": number(price), "volCcy24h": traded, "ts": str(now_ms)})
    return told


def _candles(seen: Seen, query: Query) -> list[list[str]]:
    """Newest first: start, four prices, contracts, coins, dollars, whether it has ended."""
    one, span_ms, now_ms = _SWAPS[query["instId"]], _SPANS[query["bar"]], seen.now_ms
    to_ms = min(int(query.get("after", now_ms)), now_ms)
    from_ms = to_ms - int(query["limit"]) * span_ms
    told = seen.world.candles(one.coin, "okx", False, span_ms, from_ms, to_ms, now_ms)
    return [
        [
            str(bar.start_ms),
            *(number(price) for price in bar[1:]),
            f"{volume / bar.close / _SIZES[one.symbol]:.2f}",
            f"{volume / bar.close:.4f}",
            f"{volume:.4f}",
            "1" if bar.start_ms + span_ms <= now_ms else "0",
        ]
        for bar, volume, _ in reversed(told)
    ]


def _book(seen: Seen, query: Query) -> list[dict[str, Any]]:
    """Quantities of a swap are contracts."""
    symbol = query["instId"]
    spot = symbol in _PAIRS
    coin = (_PAIRS if spot else _SWAPS)[symbol].coin
    size = 1.0 if spot else _SIZES[symbol]
    bids, asks = seen.world.book(coin, "okx", spot, seen.now_ms)
    return [{"bids": rows(bids, 1, size), "asks": rows(asks, 1, size), "ts": str(seen.now_ms)}]


def _ratio(seen: Seen, query: Query) -> list[list[str]]:
    at_ms = seen.now_ms // _RATIO_MS * _RATIO_MS
    longs = seen.world.longs(_PAIRS[f"{query['ccy']}-USDT"].coin, at_ms)
    return [[str(at_ms), f"{longs / (1 - longs):.4f}"]]


def _past(seen: Seen, query: Query) -> list[list[str]]:
    """By the start of the hour, as it was at its end."""
    symbol = query["instId"]
    told = []
    for at_ms in seen.hours(int(query["begin"]) + 1, int(query["end"])):
        held = _held(seen, symbol, min(at_ms + HOUR_MS, seen.now_ms))
        told.append([str(at_ms), held["oi"], held["oiCcy"], held["oiUsd"]])
    return told[::-1]
