"""The gaps of a day, in an order from which the same hearing follows again."""

from collections.abc import Mapping

import msgspec

from bot.clock import DAY_MS
from bot.engine.hearing import Ears
from bot.exchanges.dialect import Publication
from bot.market import Gap

MOST = 2_000
"""Gaps that are kept; the oldest ended ones go first."""


class Listened(msgspec.Struct):
    """Plain values: ``heard`` is when the last event of an exchange came."""

    start_ms: int
    gaps: list[Gap] = []
    heard: dict[str, int] = {}


class Listening:
    """``ears`` of its own, whatever else listens: what flushes say follows from their state."""

    def __init__(self, exchanges: Mapping[str, Publication], listened: Listened) -> None:
        self.listened = listened
        self.ears = Ears(exchanges, listened.start_ms)
        for gap in listened.gaps:
            self.ears.note(gap)
        for exchange, at_ms in listened.heard.items():
            self.ears.heard(exchange, at_ms)

    def hear(self, exchange: str, now_ms: int) -> None:
        """An event of it came."""
        self.ears.heard(exchange, now_ms)
        self.listened.heard[exchange] = now_ms

    def note(self, gap: Gap, now_ms: int) -> None:
        """A gap begins, ends, or was filled afterwards."""
        self.ears.note(gap)
        stream = (gap.exchange, gap.stream)
        kept = [
            past
            for past in self.listened.gaps
            if (past.end_ms is not None and past.end_ms > now_ms - DAY_MS)
            or (past.end_ms is None and ((past.exchange, past.stream) != stream or gap.filled))
        ]
        kept.append(gap)
        if len(kept) > MOST:
            ended = [place for place, past in enumerate(kept) if past.end_ms is not None]
            if ended:
                del kept[ended[0]]
        self.listened.gaps = kept
