"""OKX's REST, after its documentation; see ``structure``."""

from typing import Any

from tests.doubles.structure_binance import Query, Reply
from tests.doubles.structure_world import DAY, HOUR, MINUTE, Coin, rows, starts, text

SPANS = {"1m": MINUTE, "1H": HOUR}
SIZE = 0.01
"""Coins in a contract."""

KEPT = 5 * DAY
"""Hours of open interest."""


class Okx:
    """Swaps and pairs in USDT, and one of each in another currency."""

    def __init__(self, coins: dict[str, Coin]) -> None:
        self.coins = coins
        self.weight = 0

    def answer(self, path: str, query: Query, now: int) -> Reply:
        self.weight += 1
        data = self._data(path, query, now)
        if data is None:
            message = "Instrument ID does not exist"
            return 200, {"code": "51001", "data": [], "msg": message}
        return 200, {"code": "0", "msg": "", "data": data}

    def _data(self, path: str, query: Query, now: int) -> Any:
        swaps = {f"{name}-USDT-SWAP": coin for name, coin in self.coins.items()}
        pairs = {f"{name}-USDT": coin for name, coin in self.coins.items() if coin.spot}
        ts = str(now - 40)
        listed = {**swaps, "BTC-USD-SWAP": Coin(), "BTC-USDC-SWAP": Coin()}
        match path:
            case "/api/v5/public/instruments":
                return [
                    {
                        "instType": "SWAP",
                        "instId": each,
                        "ctVal": text(SIZE),
                        "ctMult": "1",
                        "ctValCcy": each.partition("-")[0],
                        "ctType": "linear",
                        "settleCcy": "USDT",
                        "state": "live",
                    }
                    for each in listed
                ]
            case "/api/v5/public/open-interest":
                return [
                    {
                        "instType": "SWAP",
                        "instId": each,
                        "oi": text(coin.oi / SIZE),
                        "oiCcy": text(coin.oi),
                        "oiUsd": text(coin.oi * coin.price),
                        "ts": ts,
                    }
                    for each, coin in listed.items()
                ]
            case "/api/v5/public/mark-price":
                return [
                    {"instType": "SWAP", "instId": each, "markPx": text(coin.price), "ts": ts}
                    for each, coin in listed.items()
                ]
            case "/api/v5/market/tickers" if query["instType"] == "SWAP":
                return [
                    _ticker(each, coin.price, coin.volume / coin.price, ts)
                    for each, coin in listed.items()
                ]
            case "/api/v5/market/tickers":
                told = [
                    _ticker(each, coin.price, coin.spot_volume, ts) for each, coin in pairs.items()
                ]
                return [*told, _ticker("BTC-EUR", 1.0, 1.0, ts)]
            case "/api/v5/rubik/stat/contracts/long-short-account-ratio":
                return self._ratios(query, now)
        coin = {**swaps, **pairs}.get(query.get("instId", ""))
        return None if coin is None else self._of(path, query, coin, now)

    def _ratios(self, query: Query, now: int) -> Any:
        """Newest first."""
        coin = self.coins.get(query["ccy"])
        if coin is None:
            return None
        newest, ratio = now - now % (5 * MINUTE), coin.longs / (1 - coin.longs)
        earlier = [[str(newest - step * 5 * MINUTE), "1.0"] for step in range(1, 20)]
        return [[str(newest), text(ratio)], *earlier]

    def _of(self, path: str, query: Query, coin: Coin, now: int) -> Any:
        inst, spot = query["instId"], not query["instId"].endswith("SWAP")
        match path:
            case "/api/v5/public/funding-rate":
                span = coin.hours * HOUR
                due = now - now % span + span
                return [
                    {
                        "instType": "SWAP",
                        "instId": inst,
                        "fundingTime": str(due),
                        "fundingRate": text(coin.funding * coin.hours),
                        "method": "current_period",
                        "nextFundingTime": str(due + span),
                        "nextFundingRate": "",
                        "settState": "settled",
                        "ts": str(now - 15),
                    }
                ]
            case "/api/v5/market/books-full":
                bids, asks = (coin.spot_bids, coin.spot_asks) if spot else (coin.bids, coin.asks)
                size, most = (1.0 if spot else SIZE), min(int(query["sz"]), 5_000)
                return [
                    {
                        "bids": _sized(rows(bids, coin.price, True, most), size),
                        "asks": _sized(rows(asks, coin.price, False, most), size),
                        "ts": str(now - 60),
                    }
                ]
            case "/api/v5/market/candles":
                return self._candles(coin, query, now)
            case "/api/v5/public/funding-rate-history":
                last, limit = int(query["after"]) - 1, min(int(query["limit"]), 400)
                times = starts(coin.hours * HOUR, now - 95 * DAY, min(last, now))[::-1][:limit]
                return [
                    {
                        "instType": "SWAP",
                        "instId": inst,
                        "fundingTime": str(time),
                        "fundingRate": text(coin.at(time)[2] * coin.hours),
                        "realizedRate": text(coin.at(time)[2] * coin.hours),
                        "method": "current_period",
                    }
                    for time in times
                ]
            case "/api/v5/rubik/stat/contracts/open-interest-history":
                first, last = max(int(query["begin"]), now - KEPT), min(int(query["end"]), now)
                times = starts(HOUR, first, last)[::-1][: min(int(query["limit"]), 100)]
                return [
                    [str(time), text(held / SIZE), text(held), text(held * price)]
                    for time in times
                    for price, held, _ in (coin.at(min(time + HOUR, now)),)
                ]
        return None

    def _candles(self, coin: Coin, query: Query, now: int) -> list[list[str]]:
        """Newest first, of the latest 1440."""
        span, limit = SPANS[query["bar"]], min(int(query["limit"]), 300)
        last = min(int(query.get("after", now + 1)) - 1, now)
        told = []
        for start in starts(span, now - 1_440 * span, last)[::-1][:limit]:
            bar = coin.bar(start, span)
            prices = [text(each) for each in (bar.opened, bar.high, bar.low, bar.closed)]
            coins = bar.traded / bar.closed
            ended = "1" if start + span <= now else "0"
            told.append(
                [str(start), *prices, text(coins / SIZE), text(coins), text(bar.traded), ended]
            )
        return told


def _ticker(inst: str, price: float, volume: float, ts: str) -> dict[str, str]:
    return {
        "instType": "ANY",
        "instId": inst,
        "last": text(price),
        "volCcy24h": text(volume),
        "vol24h": "1",
        "ts": ts,
    }


def _sized(told: list[tuple[str, str]], size: float) -> list[list[str]]:
    return [[price, text(float(quantity) / size), "0", "1"] for price, quantity in told]
