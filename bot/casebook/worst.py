"""The market at the worst of an event: its lowest open interest and its highest volatility."""

from collections.abc import Collection

from bot.clock import MINUTE_MS
from bot.structure.comparing import total
from bot.structure.view import Figure, MarketView
from bot.structure.views import Views

STEP_MS = 5 * MINUTE_MS
"""How far apart it is looked at; volatility is over 15 minutes anyway."""

MOST = 60
"""Looks at one event: beyond five hours they lie further apart."""


class Worst:
    """What a coin's market was from ``start_ms`` on, looked at as time goes by."""

    def __init__(self, coin: str, start_ms: int) -> None:
        self._coin = coin
        self._start_ms = start_ms
        self._glances: dict[int, MarketView] = {}

    def look(self, views: Views, until_ms: int, sources: tuple[str, ...]) -> None:
        """Take in what is new until then; ``sources`` tell volatility."""
        span_ms = max(0, until_ms - self._start_ms)
        step_ms = STEP_MS * (1 + span_ms // (STEP_MS * MOST))
        for at_ms in range(self._start_ms + step_ms, until_ms + 1, step_ms):
            if at_ms not in self._glances:
                self._glance(views, at_ms, sources)

    def view(self, at_ms: int, sources: Collection[str], now: MarketView) -> MarketView:
        """The worst until now, ``now`` counted: open interest over these sources, volatility by
        the source that tells it now."""
        glances = [*self._glances.values(), now]
        return MarketView(
            self._coin,
            at_ms,
            oi=self._lowest(glances, sources),
            volatility=_highest(glances, now.volatility),
            missing=now.missing,
        )

    def _glance(self, views: Views, at_ms: int, sources: tuple[str, ...]) -> None:
        glance = views.glance(self._coin, at_ms, sources)
        if glance is not None:
            self._glances[at_ms] = glance

    def _lowest(self, glances: list[MarketView], sources: Collection[str]) -> Figure | None:
        found = []
        for glance in glances:
            parts = [part for part in glance.oi_parts if part.source in sources]
            coins, _ = total(parts)
            if coins is not None and len(parts) == len(sources) and self._within(coins):
                found.append(coins)
        return min(found, key=lambda figure: figure.value, default=None)

    def _within(self, figure: Figure) -> bool:
        return figure.at_ms >= self._start_ms


def _highest(glances: list[MarketView], now: Figure | None) -> Figure | None:
    sources = now.sources if now else None
    told = [
        glance.volatility
        for glance in glances
        if glance.volatility is not None and sources in (None, glance.volatility.sources)
    ]
    return max(told, key=lambda figure: figure.value, default=None)
