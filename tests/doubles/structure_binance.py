"""Binance's REST for futures and spot, after its documentation; see ``structure``."""

from typing import Any

from tests.doubles.structure_world import DAY, HOUR, MINUTE, Coin, rows, starts, text

Query = dict[str, str]
Reply = tuple[int, Any]
UNKNOWN: Reply = (400, {"code": -1121, "msg": "Invalid symbol."})
SPANS = {"1m": MINUTE, "1h": HOUR}
DEPTHS = {5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20}


class Futures:
    """USD-M. Of ``others`` there are marks too: of expiring contracts and of other quotes."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.weight = 0

    def symbols(self) -> dict[str, Coin]:
        return {
            f"{'' if coin.units == 1 else coin.units}{name}USDT": coin
            for name, coin in self.coins.items()
        }

    def answer(self, path: str, query: Query, now: int) -> Reply:
        known = self.symbols()
        if path == "/fapi/v1/premiumIndex":
            self.weight += 10
            others = [_premium("BTCUSDT_271225", Coin(), now), _premium("BTCUSDC", Coin(), now)]
            others[0]["lastFundingRate"] = ""
            return 200, [_premium(symbol, coin, now) for symbol, coin in known.items()] + others
        if path == "/fapi/v1/fundingInfo":
            self.weight += 1
            return 200, [
                {
                    "symbol": symbol,
                    "adjustedFundingRateCap": "0.02",
                    "fundingIntervalHours": c.hours,
                    "adjustedFundingRateFloor": "-0.02",
                    "disclaimer": False,
                }
                for symbol, c in known.items()
                if c.hours != 8
            ]
        coin = known.get(query.get("symbol", ""))
        if coin is None:
            return UNKNOWN
        return self._of(path, query, coin, now)

    def _of(self, path: str, query: Query, coin: Coin, now: int) -> Reply:
        symbol, price = query["symbol"], coin.price * coin.units
        match path:
            case "/fapi/v1/openInterest":
                self.weight += 1
                told = text(coin.oi / coin.units)
                return 200, {"openInterest": told, "symbol": symbol, "time": now - 500}
            case "/fapi/v1/ticker/24hr":
                self.weight += 1
                return 200, _day(symbol, price, coin.volume, now)
            case "/fapi/v1/depth":
                limit = int(query["limit"])
                if limit not in DEPTHS:
                    return 400, {"code": -4021, "msg": "Invalid depth limit."}
                self.weight += DEPTHS[limit]
                book = _book(coin.bids, coin.asks, price, limit)
                return 200, {**book, "E": now - 100, "T": now - 110}
            case "/fapi/v1/klines":
                limit = int(query["limit"])
                self.weight += (
                    1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10
                )
                return 200, _klines(coin, query, now, spot=False, most=1_500)
            case "/fapi/v1/fundingRate":
                return 200, self._settled(coin, query)
            case "/futures/data/globalLongShortAccountRatio":
                longs, at = coin.longs, now - now % (5 * MINUTE)
                return 200, [
                    {
                        "symbol": symbol,
                        "longShortRatio": text(longs / (1 - longs)),
                        "longAccount": text(longs),
                        "shortAccount": text(1 - longs),
                        "timestamp": at,
                    }
                ]
            case "/futures/data/openInterestHist":
                return self._past_interest(coin, query, now)
        return 404, "<html>Not Found</html>"

    def _settled(self, coin: Coin, query: Query) -> list[dict[str, Any]]:
        times = starts(coin.hours * HOUR, int(query["startTime"]), int(query["endTime"]))
        return [
            {
                "symbol": query["symbol"],
                "fundingRate": text(coin.at(time)[2] * coin.hours),
                "fundingTime": time + 3,
                "markPrice": "",
                "rateType": "Regular",
            }
            for time in times[: int(query["limit"])]
        ]

    def _past_interest(self, coin: Coin, query: Query, now: int) -> Reply:
        first, last = int(query["startTime"]), min(int(query["endTime"]), now)
        if first < now - 30 * DAY:
            return 400, {"code": -1130, "msg": "parameter 'startTime' is invalid."}
        if int(query["limit"]) > 500 or query["period"] != "1h":
            return 400, {"code": -1130, "msg": "parameter 'limit' is invalid."}
        return 200, [
            {
                "symbol": query["symbol"],
                "sumOpenInterest": text(coin.at(time)[1] / coin.units),
                "sumOpenInterestValue": text(coin.at(time)[1] * coin.at(time)[0]),
                "timestamp": str(time),
            }
            for time in starts(HOUR, first, last)[: int(query["limit"])]
        ]


class Spot:
    """Pairs in USDT, and one in another currency."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.weight = 0

    def answer(self, path: str, query: Query, now: int) -> Reply:
        known = {f"{name}USDT": coin for name, coin in self.coins.items() if coin.spot}
        if path == "/api/v3/ticker/price":
            self.weight += 4
            told = [{"symbol": each, "price": text(coin.price)} for each, coin in known.items()]
            return 200, [*told, {"symbol": "BTCEUR", "price": "1.0"}]
        symbol = query.get("symbol", "")
        coin = known.get(symbol)
        if coin is None:
            return UNKNOWN
        match path:
            case "/api/v3/ticker/24hr":
                self.weight += 2
                return 200, _day(symbol, coin.price, coin.spot_volume, now)
            case "/api/v3/depth":
                limit = int(query["limit"])
                steps = ((100, 5), (500, 25), (1000, 50), (5000, 250))
                self.weight += next(weight for most, weight in steps if limit <= most)
                return 200, _book(coin.spot_bids, coin.spot_asks, coin.price, limit)
            case "/api/v3/klines":
                self.weight += 2
                return 200, _klines(coin, query, now, spot=True, most=1_000)
        return 404, "<html>Not Found</html>"


def _premium(symbol: str, coin: Coin, now: int) -> dict[str, Any]:
    price = text(coin.price * coin.units)
    return {
        "symbol": symbol,
        "markPrice": price,
        "indexPrice": price,
        "estimatedSettlePrice": price,
        "lastFundingRate": text(coin.funding * coin.hours),
        "interestRate": "0.00010000",
        "nextFundingTime": now + HOUR,
        "time": now - 900,
    }


def _day(symbol: str, price: float, volume: float, now: int) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "lastPrice": text(price),
        "volume": text(volume / price),
        "quoteVolume": text(volume),
        "openTime": now - DAY,
        "closeTime": now - 50,
        "firstId": 1,
        "lastId": 2,
        "count": 2,
    }


def _book(bids: Any, asks: Any, price: float, limit: int) -> dict[str, Any]:
    return {
        "lastUpdateId": 1027024,
        "bids": rows(bids, price, True, limit),
        "asks": rows(asks, price, False, limit),
    }


def _klines(coin: Coin, query: Query, now: int, spot: bool, most: int) -> list[list[Any]]:
    span, limit = SPANS[query["interval"]], min(int(query["limit"]), most)
    units = 1 if spot else coin.units
    told = []
    for start in starts(span, now - limit * span, now)[-limit:]:
        bar = coin.bar(start, span, spot)
        bought = bar.traded * coin.buys
        prices = [text(each * units) for each in (bar.opened, bar.high, bar.low, bar.closed)]
        told.append(
            [
                start,
                *prices,
                text(bar.traded / bar.closed),
                start + span - 1,
                text(bar.traded),
                100,
                text(bought / bar.closed),
                text(bought),
                "0",
            ]
        )
    return told
