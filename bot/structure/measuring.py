"""Tells the engine what rules about the market's structure wait for, four times a minute."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from bot.clock import Clock, Now
from bot.events import Event, Measured
from bot.figures import Reading
from bot.rules import MOMENT, SHARE, WINDOWS
from bot.structure import measures
from bot.structure.view import Figure, MarketView

EVERY_S = 15.0

Topic = tuple[str, str, str]
"""(coin, window, metric); the window of a metric of the moment is ""."""


class Markets(Protocol):
    """As much of ``bot.structure.views.Views`` as is needed."""

    def around(self, coin: str, *moments: int) -> list[MarketView]: ...
    def traded(self, coin: str, at_ms: int, span_ms: int) -> Figure | None: ...


class Readings(Protocol):
    """As much of a ``Desk`` as is needed."""

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading: ...


class Measuring:
    """``awaited`` names what rules wait for; ``tell`` is the engine's door."""

    def __init__(
        self,
        markets: Markets,
        desk: Readings,
        awaited: Callable[[], Iterable[Topic]],
        tell: Callable[[Event], Awaitable[None]],
        real: Clock,
        market: Now,
    ) -> None:
        self._markets = markets
        self._desk = desk
        self._awaited = awaited
        self._tell = tell
        self._real = real
        self._market = market
        self._told: dict[Topic, int | None] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._real.sleep(EVERY_S)

    async def look(self) -> None:
        """Measure what is waited for, and tell what has changed."""
        scopes: dict[tuple[str, str], list[str]] = {}
        for coin, window, metric in self._awaited():
            scopes.setdefault((coin, window), []).append(metric)
        for (coin, window), metrics in scopes.items():
            await asyncio.sleep(0)  # a view takes its time
            for metric, value in self._measured(coin, window, metrics).items():
                topic = (coin, window, metric)
                if topic not in self._told or self._told[topic] != value:
                    self._told[topic] = value
                    await self._tell(Measured(coin, window, metric, value))

    def _measured(self, coin: str, window: str, metrics: list[str]) -> dict[str, int | None]:
        at_ms, span_ms = self._market.now_ms(), WINDOWS[window or MOMENT]
        seen = self._markets.around(coin, at_ms - span_ms, at_ms)
        if len(seen) < 2:
            return dict.fromkeys(metrics)
        start, now = seen
        reading = self._desk.reading(coin, None, window or MOMENT)
        known: dict[str, Callable[[], float | None]] = {
            "oi_drop": lambda: measures.oi_drop(reading, now, start),
            "funding": lambda: measures.funding(reading, now, start),
            "volatility": lambda: measures.volatility(reading, now, start),
            "liq_to_oi": lambda: measures.liq_to_oi(reading, now, start),
            "liq_to_depth": lambda: measures.liq_to_depth(reading, now, start),
            "liq_to_volume": lambda: measures.liq_to_volume(
                reading, self._markets.traded(coin, at_ms, span_ms)
            ),
            "tilt": lambda: measures.tilt(
                reading, self._desk.reading(None, None, window or MOMENT), now
            ),
        }
        return {metric: _whole(known[metric]()) for metric in metrics}


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value * SHARE)
