"""The market around an event, each moment of it looked at once."""

from collections import OrderedDict
from typing import TypeVar

from bot.casebook.worst import Worst
from bot.clock import MINUTE_MS, SECOND_MS
from bot.structure.comparing import comparable
from bot.structure.view import MarketView
from bot.structure.views import Views

FRESH_MS = 10 * SECOND_MS
"""A view costs 20 ms and a storm asks for many; within this the market is told once."""

UNKNOWN_MS = MINUTE_MS
"""What was not wholly known of a past moment may have been learned since."""

MOST = 64

K = TypeVar("K")
T = TypeVar("T")


class Moments:
    """``views`` None: no coin's market is followed."""

    def __init__(self, views: Views | None) -> None:
        self._views = views
        self._befores: OrderedDict[tuple[str, int], tuple[int, MarketView | None]] = OrderedDict()
        self._nows: OrderedDict[str, tuple[int, MarketView | None]] = OrderedDict()
        self._worst: OrderedDict[tuple[str, int], Worst] = OrderedDict()

    def around(
        self, coin: str, start_ms: int, at_ms: int, until_ms: int | None = None
    ) -> tuple[MarketView | None, MarketView | None, MarketView | None]:
        """Right before ``start_ms``, at its worst, and at ``at_ms``: over the same sources.

        ``until_ms``: the event's end, or now; None where nothing is asked of its worst.
        """
        views = self._views
        if views is None or coin not in views.coins():
            return None, None, None
        before = self._before(views, coin, start_ms // MINUTE_MS * MINUTE_MS, at_ms)
        now = self._now(views, coin, at_ms)
        if before is None or now is None:
            return before, None, now
        before, now = comparable((before, now))
        if until_ms is None:
            return before, None, now
        return before, self._peak(views, now, start_ms, until_ms, at_ms), now

    def _before(self, views: Views, coin: str, then_ms: int, at_ms: int) -> MarketView | None:
        """Kept for good once it is wholly known."""
        told_ms, view = self._befores.get((coin, then_ms), (-UNKNOWN_MS, None))
        whole = view is not None and view.price is not None and view.oi is not None
        if not whole and abs(at_ms - told_ms) >= UNKNOWN_MS:
            view = views.at(coin, then_ms)
            _keep(self._befores, (coin, then_ms), (at_ms, view))
        return view

    def _now(self, views: Views, coin: str, at_ms: int) -> MarketView | None:
        told_ms, view = self._nows.get(coin, (-FRESH_MS, None))
        if not 0 <= at_ms - told_ms < FRESH_MS:
            view = views.at(coin, at_ms)
            _keep(self._nows, coin, (at_ms, view))
        return view

    def _peak(
        self, views: Views, now: MarketView, start_ms: int, until_ms: int, at_ms: int
    ) -> MarketView:
        worst = self._worst.get((now.coin, start_ms)) or Worst(now.coin, start_ms)
        _keep(self._worst, (now.coin, start_ms), worst)
        worst.look(views, until_ms, now.volatility.sources if now.volatility else ())
        return worst.view(at_ms, {part.source for part in now.oi_parts}, now)


def _keep(kept: "OrderedDict[K, T]", key: K, value: T) -> None:
    """The one that was kept longest ago goes."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
