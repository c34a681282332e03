"""Hyperliquid's and CoinGlass's REST, after their documentation; see ``structure``."""

from typing import Any

from tests.doubles.structure_binance import Query, Reply
from tests.doubles.structure_world import HOUR, MINUTE, Coin, starts, text

KEY = "an-invented-key-of-32-characters"
SPANS = {"1m": MINUTE, "1h": HOUR}
_PREFIXES = {1: "", 1_000: "k"}


class Hyperliquid:
    """One contract has been taken off the list, and one is held by nobody and has no price."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.weight = 0

    def answer(self, asked: Any, now: int) -> Reply:
        known = {_PREFIXES[coin.units] + name: coin for name, coin in self.coins.items()}
        match asked:
            case {"type": "metaAndAssetCtxs"}:
                self.weight += 20
                return 200, self._states(known)
            case {"type": "candleSnapshot", "req": {"coin": name}} if name in known:
                told = self._candles(name, known[name], asked["req"], now)
                self.weight += 20 + len(told) // 60
                return 200, told
            case {"type": "fundingHistory", "coin": name} if name in known:
                last = min(asked.get("endTime", now), now)
                times = starts(HOUR, asked["startTime"], last)[:500]
                self.weight += 20 + len(times) // 20
                return 200, [
                    {
                        "coin": name,
                        "fundingRate": text(known[name].at(time)[2]),
                        "premium": "-0.00052196",
                        "time": time + 76,
                    }
                    for time in times
                ]
        return 500, None

    def _states(self, known: dict[str, Coin]) -> list[Any]:
        listed = [{"name": name, "szDecimals": 5, "maxLeverage": 50} for name in known]
        gone = {"name": "GONE", "szDecimals": 1, "maxLeverage": 3, "isDelisted": True}
        states = [_state(coin, 2 * coin.oi / coin.units) for coin in known.values()]
        unheld = {**_state(Coin(), 0.0), "markPx": None}
        fresh = {"name": "FRESH", "szDecimals": 1, "maxLeverage": 3}
        return [{"universe": [*listed, gone, fresh]}, [*states, _state(Coin(), 9e9), unheld]]

    def _candles(self, name: str, coin: Coin, wanted: Any, now: int) -> list[Any]:
        span = SPANS[wanted["interval"]]
        times = starts(span, wanted["startTime"] - span + 1, min(wanted["endTime"], now))[-5_000:]
        told = []
        for bar in (coin.bar(start, span) for start in times):
            units = coin.units
            told.append(
                {
                    "t": bar.start,
                    "T": bar.start + span - 1,
                    "s": name,
                    "i": wanted["interval"],
                    "o": text(bar.opened * units),
                    "c": text(bar.closed * units),
                    "h": text(bar.high * units),
                    "l": text(bar.low * units),
                    "v": text(bar.traded / bar.closed / units),
                    "n": 10,
                }
            )
        return told


def _state(coin: Coin, both_sides: float) -> dict[str, Any]:
    price = text(coin.price * coin.units)
    return {
        "dayNtlVlm": text(coin.volume),
        "funding": text(coin.funding),
        "impactPxs": None,
        "markPx": price,
        "midPx": None,
        "openInterest": text(both_sides),
        "oraclePx": price,
        "premium": None,
        "prevDayPx": price,
    }


class CoinGlass:
    """``liquidated`` in 24 hours by exchange; ``plan``: whether the key has one."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.liquidated = {
            "Binance": 5e6,
            "Bybit": 2e6,
            "Bitmex": 1e5,
            "Hyperliquid": 3e6,
            "Coinbase": 5e5,
        }
        self.plan = True
        self.keys: list[str] = []
        self.weight = 0

    def answer(self, path: str, query: Query, key: str, now: int) -> Reply:
        self.weight += 1
        self.keys.append(key)
        if key != KEY:
            return 200, {"code": "400", "msg": "Invalid API key provided"}
        if not self.plan:
            return 200, {"code": "401", "msg": "Upgrade plan"}
        data = self._data(path, query, now)
        if data is None:
            return 200, {"code": "400", "msg": "The requested coin is not supported"}
        return 200, {"code": "0", "msg": "success", "data": data}

    def _data(self, path: str, query: Query, now: int) -> Any:
        if path == "/api/futures/liquidation/exchange-list" and query["range"] == "24h":
            everywhere = {"All": sum(self.liquidated.values()), **self.liquidated}
            return [
                {
                    "exchange": each,
                    "liquidation_usd": usd,
                    "long_liquidation_usd": usd / 2,
                    "short_liquidation_usd": usd / 2,
                }
                for each, usd in everywhere.items()
            ]
        coin = self.coins.get(query.get("symbol", ""))
        if coin is None:
            return None
        if path == "/api/futures/open-interest/exchange-list":
            return [
                {
                    "exchange": each,
                    "symbol": query["symbol"],
                    "open_interest_usd": coin.oi * coin.price * part,
                    "open_interest_quantity": coin.oi * part,
                    "open_interest_change_percent_1h": 2.27,
                }
                for each, part in (("All", 1.0), ("CME", 0.25))
            ]
        if path == "/api/futures/funding-rate/oi-weight-history":
            span, rate = 4 * HOUR, text(coin.funding * 100 * 8)
            return [
                {"time": start, "open": rate, "high": rate, "low": rate, "close": rate}
                for start in starts(span, now - 2 * span, now)[-int(query["limit"]) :]
            ]
        return None
