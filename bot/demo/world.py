"""What the demo's exchanges know of their markets besides liquidations: positions, funding, books.

Invented like the hour: open interest falls with the longs that are closed and comes back in part,
funding falls with it, and books thin out while they are hit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.clock import DAY_MS, SECOND_MS
from bot.demo.aftermath import FIRST_ENDS, in_wave
from bot.demo.cascade import COINS, NOISE, PRICE_S, Course
from bot.demo.course import PRICE_MS, Bar, Prices, shaken
from bot.market import Side

VENUES: Mapping[str, float] = {"binance": 0.40, "bybit": 0.26, "okx": 0.18, "hyperliquid": 0.16}
"""Each one's share of a coin's open interest and volume."""

OPEN_USD: Mapping[str, float] = {
    "BTC": 21.4e9, "ETH": 11.8e9, "SOL": 4.3e9, "XRP": 2.2e9, "DOGE": 1.2e9,
    "PEPE": 0.3e9, "LINK": 0.5e9, "AVAX": 0.4e9, "SUI": 0.6e9,
}  # fmt: skip
DAY_USD: Mapping[str, float] = {
    "BTC": 38e9, "ETH": 24e9, "SOL": 8.5e9, "XRP": 4.2e9, "DOGE": 2.1e9,
    "PEPE": 0.8e9, "LINK": 0.7e9, "AVAX": 0.5e9, "SUI": 1.1e9,
}  # fmt: skip
"""Open interest and a day's volume on futures before the hour."""

SPOT = 0.17
"""Of the volume of futures, on spot."""

FLUSHED = 0.051
"""Of open interest in coins, in the first wave; a second takes in proportion."""
BACK, BACK_S = 0.29, 9_000.0
"""Of what was flushed, how much comes back and how fast: 28% in eight hours."""

FUNDING, FUNDING_FALL, FUNDING_BACK = 0.000118, 0.000164, 0.000052
"""A share of the position for eight hours: before, lost with the flush, and made good."""

LONGS, LONGS_FALL = 0.686, 0.058
"""Share of accounts that are long, before and lost."""

DEPTH = 0.55e6
"""US dollars of bids within 1% on futures for each unit of the model's depth."""
THIN, THIN_S = 0.64, 2_400.0
"""Of a book, what is gone at the worst, and how long it takes to come back."""

BIAS = 0.16
"""Of spot's volume, by how much more than half one side takes at the worst."""

ROWS, ROW_STEP = 50, 0.0005
"""A side of a book reaches 2.5% from the middle."""


@dataclass
class Flushed:
    """How far a coin's longs were closed, in steps of ``PRICE_S`` since the start: 1 is the first
    wave's. ``back``: how much of it is held again. ``strain``: how hard its books are hit, 0 to 1.
    """

    closed: list[float]
    back: list[float]
    strain: list[float]


Row = tuple[float, float]
"""A price, and the coins that rest there."""


class Candle(NamedTuple):
    """``volume`` and what buyers took of it, in US dollars."""

    bar: Bar
    volume: float
    taker_buys: float


class World:
    """``course`` with flows in US dollars; ``start_ms`` is a whole hour."""

    def __init__(self, course: Course, start_ms: int, seed: int) -> None:
        self._start_ms = start_ms
        self._coins = {coin.name: _flushed(course, coin.name) for coin in COINS}
        quoted = {
            coin: shaken(course.prices[coin], told.strain, f"{seed} {coin}")
            for coin, told in self._coins.items()
        }
        self.prices = Prices(quoted, start_ms, seed)
        self._depths = {coin.name: coin.depth * DEPTH for coin in COINS}

    def interest(self, coin: str, venue: str, at_ms: int) -> float:
        """Open interest in coins, one-sided."""
        held = OPEN_USD[coin] / self.prices.at(coin, self._start_ms)
        sway = 0.04 * math.sin((min(at_ms, self._start_ms) - self._start_ms) / (5 * DAY_MS))
        gone = self._of(coin, "closed", at_ms) - self._of(coin, "back", at_ms)
        return VENUES[venue] * held * (1 + sway - FLUSHED * gone)

    def funding(self, coin: str, at_ms: int) -> float:
        """A share of the position for eight hours; +: longs pay."""
        closed, back = self._of(coin, "closed", at_ms), self._of(coin, "back", at_ms)
        sway = 0.000022 * math.sin(at_ms / (0.7 * DAY_MS))
        return FUNDING + sway - FUNDING_FALL * closed + FUNDING_BACK * back / BACK

    def longs(self, coin: str, at_ms: int) -> float:
        """Share of the accounts."""
        return LONGS - LONGS_FALL * min(1.0, self._of(coin, "closed", at_ms))

    def volume(self, coin: str, venue: str, spot: bool, at_ms: int) -> float:
        """US dollars in the last 24 hours."""
        more = 0.35 * self._of(coin, "closed", at_ms)
        return DAY_USD[coin] * VENUES[venue] * (SPOT if spot else 1.0) * (1 + more)

    def book(self, coin: str, venue: str, spot: bool, at_ms: int) -> tuple[list[Row], list[Row]]:
        """Bids and asks, the best first: price and coins."""
        middle = self.prices.at(coin, at_ms)
        strain = THIN * self._of(coin, "strain", at_ms)
        within = self._depths[coin] * VENUES[venue] * (0.5 if spot else 1.0)
        each = within * ROW_STEP / 0.01
        bids = [_row(middle, -n, each * (1 - strain)) for n in range(1, ROWS + 1)]
        asks = [_row(middle, n, each * (1 - strain / 2)) for n in range(1, ROWS + 1)]
        return bids, asks

    def candles(
        self, coin: str, venue: str, spot: bool, span_ms: int, from_ms: int, to_ms: int, now_ms: int
    ) -> list[Candle]:
        """With a start in [from, to), oldest first, the running one too."""
        first = -(-from_ms // span_ms) * span_ms
        bars = (
            self.prices.bar(coin, start_ms, span_ms, now_ms)
            for start_ms in range(first, min(to_ms, now_ms), span_ms)
        )
        each = DAY_USD[coin] * VENUES[venue] * (SPOT if spot else 1.0) * span_ms / DAY_MS
        return [
            Candle(bar, *_traded(bar, each, span_ms, self._bias(coin, bar.start_ms)))
            for bar in bars
            if bar is not None
        ]

    def _bias(self, coin: str, at_ms: int) -> float:
        """Who takes: sellers while longs are closed, buyers where that has ended."""
        strain = self._of(coin, "strain", at_ms)
        return BIAS * (-strain if in_wave((at_ms - self._start_ms) // SECOND_MS) else strain)

    def _of(self, coin: str, what: str, at_ms: int) -> float:
        step = (at_ms - self._start_ms) // PRICE_MS
        values: list[float] = getattr(self._coins[coin], what)
        return values[min(step, len(values)) - 1] if step > 0 else 0.0


def _flushed(course: Course, coin: str) -> Flushed:
    each = [0.0] * len(course.prices[coin])
    for flow in course.flows:
        if flow.coin == coin and flow.side is Side.LONG:
            each[flow.second // PRICE_S] += flow.usd
    first = sum(each[: FIRST_ENDS // PRICE_S])
    hardest = max(_recent(each))
    told = Flushed([], [], [])
    closed = back = strain = 0.0
    for step, (usd, near) in enumerate(zip(each, _recent(each), strict=True)):
        if in_wave(step * PRICE_S):
            closed += usd / first
        else:
            back += (BACK * closed - back) * PRICE_S / BACK_S
        strain = max(strain * math.exp(-PRICE_S / THIN_S), near / hardest)
        told.closed.append(closed)
        told.back.append(back)
        told.strain.append(strain)
    return told


def _recent(each: Sequence[float], span_s: int = 300) -> list[float]:
    """Sums over the last five minutes."""
    total, sums = 0.0, []
    for step, usd in enumerate(each):
        total += usd
        gone = step - span_s // PRICE_S
        total -= each[gone] if gone >= 0 else 0.0
        sums.append(total)
    return sums


def _row(middle: float, step: int, usd: float) -> Row:
    price = middle * (1 + step * ROW_STEP)
    return price, usd / price


def _traded(bar: Bar, each: float, span_ms: int, bias: float) -> tuple[float, float]:
    """More than usual where the price moves; buyers take more where it rises."""
    usual = NOISE * math.sqrt(span_ms / 1000) * 1.6
    volume = each * (0.4 + 0.6 * (bar.high - bar.low) / bar.low / usual)
    lean = max(-0.16, min(0.16, 0.09 * math.log(bar.close / bar.open) / usual))
    return volume, volume * (0.5 + lean + bias)
