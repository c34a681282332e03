"""Figures as they are told: what a window holds, and what it is worth.

A ``Reading`` is the evidence of an alert and the answer to ``/liqs``; it is stored as JSON, so it
holds plain values only. All amounts are integers of ``market.USD``; all times are milliseconds.
"""

import msgspec

from bot.market import GapKind, Side


class Order(msgspec.Struct, frozen=True):
    """The largest single order of a window."""

    usd: int
    coin: str
    exchange: str
    side: Side
    time_ms: int


class Split(msgspec.Struct, frozen=True):
    """Longs and shorts of one coin or one exchange."""

    name: str
    long: int
    short: int

    @property
    def total(self) -> int:
        return self.long + self.short


class Deaf(msgspec.Struct, frozen=True):
    """An exchange that was not heard for a part of the window; ``to_ms`` None: still not."""

    exchange: str
    from_ms: int
    to_ms: int | None
    reason: str
    kind: GapKind = "off"


class Hearing(msgspec.Struct, frozen=True):
    """What a figure is worth: who was heard, since when, who publishes samples only."""

    heard: tuple[str, ...]
    sampled: tuple[str, ...]
    deaf: tuple[Deaf, ...]
    since_ms: int
    unpriced: int = 0

    @property
    def asked(self) -> int:
        """How many exchanges belong to the figure, heard or not."""
        return len(set(self.heard) | {d.exchange for d in self.deaf})


class Reading(msgspec.Struct, frozen=True):
    """One window of one scope, complete with what is needed to tell it.

    ``coin`` or ``exchange`` None means all. ``coins`` and ``exchanges`` are sorted by total,
    largest first, and add up to the whole. ``complete`` is false when the window overlaps a gap or
    has not run its whole span since the start.
    """

    coin: str | None
    exchange: str | None
    span_ms: int
    at_ms: int
    long: int
    short: int
    count: int
    largest: Order | None
    coins: tuple[Split, ...]
    exchanges: tuple[Split, ...]
    hearing: Hearing
    complete: bool

    @property
    def total(self) -> int:
        return self.long + self.short

    @property
    def imbalance(self) -> float | None:
        """(long - short) / (long + short) in [-1, 1]; None when nothing was liquidated."""
        return (self.long - self.short) / self.total if self.total else None
