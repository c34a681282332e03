"""Bybit's REST, after its documentation; see ``structure``."""

from typing import Any

from tests.doubles.structure_binance import Query, Reply
from tests.doubles.structure_world import HOUR, MINUTE, Coin, rows, starts, text

SPANS = {"1": MINUTE, "60": HOUR}


class Bybit:
    """``wide``: full books of futures are served too; ``single``: open interest of one side is
    told beside that of both."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.wide = False
        self.single = True
        self.weight = 0

    def symbols(self, category: str) -> dict[str, Coin]:
        spot = category == "spot"
        return {
            f"{'' if coin.units == 1 or spot else coin.units}{name}USDT": coin
            for name, coin in self.coins.items()
            if coin.spot or not spot
        }

    def answer(self, path: str, query: Query, now: int) -> Reply:
        self.weight += 1
        result = self._result(path, query, now)
        code = 0 if result is not None else 10001
        message = "OK" if result is not None else "params error: symbol invalid"
        return 200, {
            "retCode": code,
            "retMsg": message,
            "result": result or {},
            "retExtInfo": {},
            "time": now - 20,
        }

    def _result(self, path: str, query: Query, now: int) -> Any:
        category = query["category"]
        known = self.symbols(category)
        if path == "/v5/market/tickers":
            ticker = self._spot_ticker if category == "spot" else self._ticker
            told = [ticker(symbol, coin, now) for symbol, coin in known.items()]
            others = [ticker(each, Coin(), now) for each in ("BTCPERP", "BTCUSDT-25DEC27")]
            return {"category": category, "list": told + (others if category == "linear" else [])}
        coin = known.get(query["symbol"])
        if coin is None:
            return None
        return self._of(path, query, coin, now)

    def _of(self, path: str, query: Query, coin: Coin, now: int) -> Any:
        symbol, spot = query["symbol"], query["category"] == "spot"
        match path:
            case "/v5/market/orderbook":
                return self._book(coin, symbol, spot, min(int(query["limit"]), 1_000), now)
            case "/v5/market/full_orderbook":
                return self._book(coin, symbol, spot, 10_000, now) if spot or self.wide else None
            case "/v5/market/kline":
                return {
                    "category": query["category"],
                    "symbol": symbol,
                    "list": self._klines(coin, query, spot, now),
                }
            case "/v5/market/open-interest":
                return {
                    "symbol": symbol,
                    "category": "linear",
                    "nextPageCursor": "",
                    "list": self._past_interest(coin, query, now),
                }
            case "/v5/market/account-ratio":
                row = {
                    "symbol": symbol,
                    "buyRatio": text(coin.longs),
                    "sellRatio": text(1 - coin.longs),
                    "timestamp": str(now - now % (5 * MINUTE)),
                }
                return {"list": [row], "nextPageCursor": ""}
            case "/v5/market/funding/history":
                first, last = int(query["startTime"]), min(int(query["endTime"]), now)
                times = starts(coin.hours * HOUR, first, last)[::-1][
                    : min(int(query["limit"]), 200)
                ]
                return {
                    "category": "linear",
                    "list": [
                        {
                            "symbol": symbol,
                            "fundingRate": text(coin.at(time)[2] * coin.hours),
                            "fundingRateTimestamp": str(time),
                        }
                        for time in times
                    ],
                }
        return None

    def _ticker(self, symbol: str, coin: Coin, now: int) -> dict[str, Any]:
        price, held = coin.price * coin.units, coin.oi / coin.units
        told = {
            "symbol": symbol,
            "lastPrice": text(price),
            "indexPrice": text(price),
            "markPrice": text(price),
            "openInterest": text(2 * held),
            "openInterestValue": text(2 * held * price),
            "turnover24h": text(coin.volume),
            "volume24h": text(coin.volume / price),
            "fundingRate": text(coin.funding * coin.hours),
            "nextFundingTime": str(now + HOUR),
            "basis": "",
            "deliveryTime": "0",
            "fundingIntervalHour": str(coin.hours),
            "fundingCap": "0.005",
        }
        if self.single:
            told["singleOpenInterest"] = text(held)
            told["singleOpenInterestValue"] = text(held * price)
        return told

    def _spot_ticker(self, symbol: str, coin: Coin, now: int) -> dict[str, Any]:
        return {
            "symbol": symbol,
            "lastPrice": text(coin.price),
            "bid1Price": text(coin.price),
            "turnover24h": text(coin.spot_volume),
            "usdIndexPrice": "",
            "volume24h": text(coin.spot_volume / coin.price),
        }

    def _book(self, coin: Coin, symbol: str, spot: bool, most: int, now: int) -> dict[str, Any]:
        bids, asks = (coin.spot_bids, coin.spot_asks) if spot else (coin.bids, coin.asks)
        middle = coin.price * (1 if spot else coin.units)
        return {
            "s": symbol,
            "b": rows(bids, middle, True, most),
            "a": rows(asks, middle, False, most),
            "ts": now - 30,
            "u": 230704,
            "seq": 1432604333,
            "cts": now - 31,
        }

    def _klines(self, coin: Coin, query: Query, spot: bool, now: int) -> list[list[str]]:
        span, limit = SPANS[query["interval"]], min(int(query["limit"]), 1_000)
        last = min(int(query.get("end", now)), now)
        times = starts(span, int(query.get("start", last - limit * span)), last)
        units, told = 1 if spot else coin.units, []
        for start in times[::-1][:limit]:
            bar = coin.bar(start, span, spot)
            prices = [text(each * units) for each in (bar.opened, bar.high, bar.low, bar.closed)]
            told.append([str(start), *prices, text(bar.traded / bar.closed), text(bar.traded)])
        return told

    def _past_interest(self, coin: Coin, query: Query, now: int) -> list[dict[str, str]]:
        first, last = int(query["startTime"]), min(int(query["endTime"]), now)
        told = []
        for time in starts(HOUR, first, last)[::-1][: min(int(query["limit"]), 200)]:
            held = coin.at(time)[1] / coin.units
            row = {"openInterest": text(2 * held), "timestamp": str(time)}
            told.append({**row, "singleOpenInterest": text(held)} if self.single else row)
        return told
