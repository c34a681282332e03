"""Hyperliquid's answers about markets, under ``/hyperliquid``; written after its documentation."""

from typing import Any

from aiohttp import web

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.answering import Listed, Seen, listed, number

PREFIX = "/hyperliquid"

_PERPETUALS = listed("{}", "k{}")
_SPANS = {"1m": MINUTE_MS, "1h": HOUR_MS}
_PAID_HOURS = 8
"""For so many hours the world's funding is; here it is told for one."""


def routes(seen: Seen) -> list[web.RouteDef]:
    kinds = {
        "metaAndAssetCtxs": _states,
        "candleSnapshot": lambda seen, asked: _candles(seen, asked["req"]),
        "fundingHistory": _settled,
    }

    async def info(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(kinds[asked["type"]](seen, asked))

    return [web.post(f"{PREFIX}/info", info)]


def _states(seen: Seen, asked: dict[str, Any]) -> list[Any]:
    """Open interest counts both sides."""
    states = [_state(seen, one) for one in _PERPETUALS.values()]
    return [{"universe": [{"name": symbol} for symbol in _PERPETUALS]}, states]


def _state(seen: Seen, one: Listed) -> dict[str, str]:
    world, now_ms = seen.world, seen.now_ms
    held = world.interest(one.coin, "hyperliquid", now_ms) / one.per
    return {
        "dayNtlVlm": f"{world.volume(one.coin, 'hyperliquid', False, now_ms):.4f}",
        "funding": f"{world.funding(one.coin, now_ms) / _PAID_HOURS:.10f}",
        "markPx": number(world.prices.at(one.coin, now_ms) * one.per),
        "openInterest": f"{2 * held:.4f}",
    }


def _candles(seen: Seen, asked: dict[str, Any]) -> list[dict[str, Any]]:
    one, span_ms = _PERPETUALS[asked["coin"]], _SPANS[asked["interval"]]
    told = seen.world.candles(
        one.coin, "hyperliquid", False, span_ms, asked["startTime"], asked["endTime"], seen.now_ms
    )
    return [
        {
            "s": one.symbol,
            "i": asked["interval"],
            "t": bar.start_ms,
            "T": bar.start_ms + span_ms - 1,
            **{name: number(price * one.per) for name, price in zip("ohlc", bar[1:], strict=True)},
            "v": f"{volume / bar.close / one.per:.4f}",
        }
        for bar, volume, _ in told
    ]


def _settled(seen: Seen, asked: dict[str, Any]) -> list[dict[str, Any]]:
    one = _PERPETUALS[asked["coin"]]
    return [
        {
            "coin": one.symbol,
            "fundingRate": f"{seen.world.funding(one.coin, at_ms) / _PAID_HOURS:.10f}",
            "time": at_ms,
        }
        for at_ms in seen.hours(asked["startTime"], asked["endTime"] + 1)
    ]
