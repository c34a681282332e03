"""One coin at one moment as the shelf has it: which facts are fresh, and how old they may be."""

from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.structure.facts import Candle, Fact, Measure

PRICE_LIMIT_MS = 2 * MINUTE_MS
BOOK_LIMIT_MS = 5 * MINUTE_MS
"""Of open interest, funding and depth."""

DAILY_LIMIT_MS = 15 * MINUTE_MS
"""Of what moves slowly: volumes of 24 hours, account ratios, what others count."""

_LIMITS: Mapping[Measure, int] = {
    Measure.MARK: PRICE_LIMIT_MS,
    Measure.VOLUME: DAILY_LIMIT_MS,
    Measure.SPOT_VOLUME: DAILY_LIMIT_MS,
    Measure.LONG_ACCOUNTS: DAILY_LIMIT_MS,
    Measure.LIQUIDATED: DAILY_LIMIT_MS,
}


class Shelf(Protocol):
    """What is kept in memory of facts and candles."""

    def at(self, measure: Measure, coin: str, at_ms: int, tolerance_ms: int) -> Mapping[str, Fact]:
        """By source, the newest at or before ``at_ms``, at most ``tolerance_ms`` older."""
        ...

    def facts(self, measure: Measure, coin: str, from_ms: int, to_ms: int) -> list[Fact]:
        """Of all sources in [from, to), oldest first."""
        ...

    def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> Mapping[str, list[Candle]]:
        """By source, those with a start in [from, to), oldest first."""
        ...


class Look(msgspec.Struct, frozen=True):
    """``sources``: titles by name, in the order of the registry; no other source is looked at.

    ``tolerance_ms``: how old facts may be instead of their limits: for moments long past, of which
    one fact an hour was kept, and for sources that are asked more rarely.
    """

    shelf: Shelf
    coin: str
    at_ms: int
    sources: Mapping[str, str]
    tolerance_ms: int | None = None

    def limit(self, measure: Measure) -> int:
        """Milliseconds after which a fact is missing, and not shown."""
        return self.tolerance_ms or _LIMITS.get(measure, BOOK_LIMIT_MS)

    def fresh(self, measure: Measure, coin: str | None = None) -> dict[str, Fact]:
        """By source, in the order of the registry; ``coin`` where it is another than the look's."""
        limit_ms = self.limit(measure)
        told = self.shelf.at(measure, self.coin if coin is None else coin, self.at_ms, limit_ms)
        return {
            source: told[source]
            for source in self.sources
            if source in told and 0 <= self.at_ms - told[source].at_ms <= limit_ms
        }

    def ago(self, span_ms: int, tolerance_ms: int) -> "Look":
        """The same coin, earlier."""
        return replace(self, at_ms=self.at_ms - span_ms, tolerance_ms=tolerance_ms)

    def candles(
        self, span_ms: int, count: int, lag_ms: int, spot: bool = False
    ) -> dict[str, list[Candle]]:
        """By source, what is there of the last ``count`` whole spans, oldest first.

        They end with the newest candle that had ended; a source whose newest ended more than
        ``lag_ms`` ago is left out.
        """
        from_ms = self.at_ms - lag_ms - (count + 1) * span_ms
        told = self.shelf.candles(self.coin, spot, span_ms, from_ms, self.at_ms)
        found = {}
        for source in self.sources:
            ended = [one for one in told.get(source, ()) if one.end_ms <= self.at_ms]
            if ended and ended[-1].end_ms >= self.at_ms - lag_ms:
                first_ms = ended[-1].end_ms - count * span_ms
                found[source] = [one for one in ended if one.start_ms >= first_ms]
        return found
