"""What is kept in memory of facts and candles: enough for any view of the last 90 days."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Protocol

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.columns import Bars, Line
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.source import Told

FINE_MS = 2 * DAY_MS
"""For so long the first fact of each minute is kept, and the newest."""

LONG_MS = 91 * DAY_MS
"""For so long the first of each hour: 90 days can be looked back at from a moment ago."""

MINUTES_MS = 36 * HOUR_MS
"""Candles below an hour: a window of a day, also as it was half a day ago."""

HOURS_MS = 33 * DAY_MS
"""Candles of an hour: 30 days, also as they were in an event that is two days old."""


class Kept(Protocol):
    """As much of ``bot.ports.Facts`` as is needed."""

    async def facts(
        self, measure: Measure, coin: str, from_ms: int, to_ms: int, every_ms: int = 0
    ) -> list[Fact]: ...

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]: ...


class Shelf:
    """Fulfils ``bot.structure.look.Shelf``. Filled by pollers, and from storage at the start.

    It holds one series for each source, coin and measure that it was told of: pollers tell of the
    coins that are followed, and of nothing that has not happened yet. What is old is told by the
    newest of all that came. 5 coins by 4 sources that told everything for 90 days took 66 MB.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[Measure, str], dict[str, Line]] = defaultdict(dict)
        self._bars: dict[tuple[str, bool, int], dict[str, Bars]] = defaultdict(dict)
        self._now_ms = 0

    def put(self, told: Told) -> None:
        """Add; the same moment of a series again replaces."""
        self._put_facts(told.facts)
        self._put_candles(told.candles)

    def coins(self) -> set[str]:
        """Of which anything is known."""
        told = {coin for (_, coin), lines in self._lines.items() if lines and coin != ALL}
        return told | {coin for (coin, _, _), bars in self._bars.items() if bars}

    def latest(self, measure: Measure, coin: str) -> dict[str, Fact]:
        """By source, however old."""
        return self.at(measure, coin, self._now_ms, self._now_ms)

    def at(self, measure: Measure, coin: str, at_ms: int, tolerance_ms: int) -> dict[str, Fact]:
        """By source, the newest at or before ``at_ms``, at most ``tolerance_ms`` older."""
        found: dict[str, Fact] = {}
        for source, line in self._lines.get((measure, coin), {}).items():
            near = line.before(at_ms)
            if near is not None and near[0] >= at_ms - tolerance_ms:
                found[source] = Fact(source, coin, measure, *near)
        return found

    def facts(self, measure: Measure, coin: str, from_ms: int, to_ms: int) -> list[Fact]:
        """Of all sources in [from, to), oldest first."""
        found = [
            Fact(source, coin, measure, at_ms, value)
            for source, line in self._lines.get((measure, coin), {}).items()
            for at_ms, value in line.between(from_ms, to_ms)
        ]
        found.sort(key=lambda fact: fact.at_ms)
        return found

    def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> dict[str, list[Candle]]:
        """By source, those with a start in [from, to), oldest first; sources with none are left
        out."""
        known = self._bars.get((coin, spot, span_ms), {})
        told = {source: bars.between(from_ms, to_ms) for source, bars in known.items()}
        return {source: candles for source, candles in told.items() if candles}

    async def load(self, kept: Kept, coins: Collection[str], now_ms: int) -> None:
        """Take in what storage knows of these coins and of all together. Raises ``StoreError``."""
        for coin in (*coins, ALL):
            for measure in Measure:
                fine_ms = now_ms - FINE_MS
                self._put_facts(await kept.facts(measure, coin, now_ms - LONG_MS, fine_ms, HOUR_MS))
                self._put_facts(await kept.facts(measure, coin, fine_ms, now_ms + 1, MINUTE_MS))
        for coin in coins:
            for spot in (False, True):
                for span_ms in (MINUTE_MS, HOUR_MS):
                    from_ms = now_ms - _age(span_ms)
                    self._put_candles(await kept.candles(coin, spot, span_ms, from_ms, now_ms))

    def _put_facts(self, facts: Sequence[Fact]) -> None:
        self._now_ms = max(self._now_ms, *(fact.at_ms for fact in facts), 0)
        for fact in facts:
            lines = self._lines[fact.measure, fact.coin]
            line = lines.get(fact.source)
            if line is None:
                line = lines[fact.source] = Line(((MINUTE_MS, FINE_MS), (HOUR_MS, LONG_MS)))
            line.put(fact.at_ms, fact.value, self._now_ms)

    def _put_candles(self, candles: Sequence[Candle]) -> None:
        self._now_ms = max(self._now_ms, *(candle.start_ms for candle in candles), 0)
        for candle in candles:
            by_source = self._bars[candle.coin, candle.spot, candle.span_ms]
            bars = by_source.get(candle.source)
            if bars is None:
                bars = by_source[candle.source] = Bars(_age(candle.span_ms))
            bars.put(candle, self._now_ms)


def _age(span_ms: int) -> int:
    return MINUTES_MS if span_ms < HOUR_MS else HOURS_MS
