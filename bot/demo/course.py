"""Prices of the demo's coins at any time: those of the model, and an invented walk before them."""

import math
import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.demo.cascade import COINS, NOISE, PRICE_S

PRICE_MS = PRICE_S * SECOND_MS

PAST_HOURS = 65 * 24
PAST_MINUTES = 27 * 60
"""How far the walk goes back, by the hour and, of its end, by the minute."""

CALM = 0.8
"""Of the model's noise: before the hour it was calmer."""

SWING, SETTLING = 0.0007, 0.9
"""Of a quote in ``PRICE_S`` seconds where a book is hit hardest, and what of it is still there in
the next."""


class Bar(NamedTuple):
    """Prices over [start, start + span) in US dollars."""

    start_ms: int
    open: float
    high: float
    low: float
    close: float


class Prices:
    """``course``: prices at the end of every ``PRICE_S`` seconds since ``start_ms``, a whole hour.

    The walk before is the same for the same seed. Whoever asks tells the time up to which things
    have happened: nothing that comes later is in an answer.
    """

    def __init__(self, course: Mapping[str, Sequence[float]], start_ms: int, seed: int) -> None:
        self._course = course
        self._start_ms = start_ms
        self._past = {coin.name: _walked(coin.price, coin.beta, seed, coin.name) for coin in COINS}

    def at(self, coin: str, at_ms: int) -> float:
        """The last price at a moment."""
        steps = (at_ms - self._start_ms) // PRICE_MS
        if steps > 0:
            known = self._course[coin]
            return known[min(steps, len(known)) - 1]
        minutes, hours = self._past[coin]
        ago = (self._start_ms - at_ms) // MINUTE_MS
        if ago < len(minutes):
            return minutes[ago].close
        return hours[min((self._start_ms - at_ms) // HOUR_MS, len(hours) - 1)].close

    def bar(self, coin: str, start_ms: int, span_ms: int, now_ms: int) -> Bar | None:
        """A minute's or an hour's, as far as it has gone; None of what is not known."""
        if start_ms >= now_ms:
            return None
        if start_ms >= self._start_ms:
            return self._made(coin, start_ms, min(start_ms + span_ms, now_ms))
        known = self._past[coin][span_ms == HOUR_MS]
        ago = (self._start_ms - start_ms) // span_ms - 1
        return known[ago]._replace(start_ms=start_ms) if ago < len(known) else None

    def _made(self, coin: str, start_ms: int, end_ms: int) -> Bar:
        first = (start_ms - self._start_ms) // PRICE_MS
        last = max(first + 1, (end_ms - self._start_ms) // PRICE_MS)
        prices = [self.at(coin, start_ms), *self._course[coin][first:last]]
        return Bar(start_ms, prices[0], max(prices), min(prices), prices[-1])


def shaken(prices: Sequence[float], strain: Sequence[float], seed: str) -> list[float]:
    """Quotes around the model's prices: they swing the more, the harder a book is hit."""
    dice = random.Random(seed)
    swing, quoted = 0.0, []
    for price, hit in zip(prices, strain, strict=True):
        swing = SETTLING * swing + dice.gauss(0.0, SWING * hit)
        quoted.append(price * math.exp(swing))
    return quoted


Past = tuple[Sequence[Bar], Sequence[Bar]]


@cache
def _walked(price: float, beta: float, seed: int, coin: str) -> Past:
    """Minutes and hours, the latest first; their starts are not filled in."""
    dice = random.Random(f"{seed} {coin}")
    shake = NOISE * CALM * beta
    minutes = _back(price, PAST_MINUTES, shake * math.sqrt(60), dice)
    whole = [_joined(minutes[n : n + 60]) for n in range(0, PAST_MINUTES, 60)]
    older = _back(whole[-1].open, PAST_HOURS - len(whole), shake * 60, dice)
    return minutes, [*whole, *older]


def _back(price: float, many: int, shake: float, dice: random.Random) -> list[Bar]:
    """A walk that ends at a price, its steps with wicks."""
    bars = []
    for _ in range(many):
        opened = price * math.exp(dice.gauss(0.0, shake))
        high = max(opened, price) * math.exp(abs(dice.gauss(0.0, shake / 2)))
        low = min(opened, price) * math.exp(-abs(dice.gauss(0.0, shake / 2)))
        bars.append(Bar(0, opened, high, low, price))
        price = opened
    return bars


def _joined(bars: Sequence[Bar]) -> Bar:
    """Of bars that follow one another, the latest first."""
    high, low = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return Bar(0, bars[-1].open, high, low, bars[0].close)
