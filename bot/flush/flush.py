"""One market event with its life: when it began, its worst moments, and whether it is over."""

from enum import IntEnum

import msgspec

from bot.figures import Deaf, Order, Split
from bot.market import Side


class Stage(IntEnum):
    """In this order, never back. ``OVER`` begins the watch for a second wave, ``CLOSED`` ends it.

    While a second (or third) wave runs and after it the stage is ``SECOND_WAVE`` until ``CLOSED``.
    """

    ONSET = 1
    BUILDING = 2
    PEAK = 3
    FADING = 4
    OVER = 5
    SECOND_WAVE = 6
    CLOSED = 7

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", " ")


class Severity(IntEnum):
    """How bad, by one documented scale; ``bot.flush.severity`` decides."""

    MINOR = 1
    NOTABLE = 2
    MAJOR = 3
    SEVERE = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class Span(msgspec.Struct, frozen=True):
    """The worst span of a length: it ended at ``at_ms``."""

    long: int
    short: int
    at_ms: int

    @property
    def total(self) -> int:
        return self.long + self.short


class Wave(msgspec.Struct, frozen=True):
    """One cascade (METRICS 4.6): amounts in ``market.USD``, times in ms of the market.

    ``end_ms`` None: it goes on. ``coins`` and ``exchanges`` are sorted by total, largest first.
    ``low`` and ``high`` are BTC's or the coin's extreme prices within it, None where unknown.
    """

    start_ms: int
    end_ms: int | None
    long: int
    short: int
    count: int
    largest: Order | None
    worst_minute: Span
    worst_5m: Span
    worst_15m: Span
    worst_hour: Span
    coins: tuple[Split, ...] = ()
    exchanges: tuple[Split, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def total(self) -> int:
        return self.long + self.short

    @property
    def side(self) -> Side:
        """Of which more was closed."""
        return Side.LONG if self.long >= self.short else Side.SHORT


class Entry(msgspec.Struct, frozen=True):
    """When a stage was entered."""

    stage: Stage
    at_ms: int


class Flush(msgspec.Struct, frozen=True):
    """One event of a scope: ``coin`` None is the whole market. ``id`` 0: it has none yet.

    ``within``: the market-wide flush that a coin's flush folds into. ``baseline``: the minute
    that was normal before, ``bar`` what a minute had to reach, both in ``market.USD``. ``deaf``:
    what was not heard from ``waves[0].start_ms`` until now.
    """

    coin: str | None
    stage: Stage
    stages: tuple[Entry, ...]
    waves: tuple[Wave, ...]
    baseline: int
    bar: int
    severity: Severity = Severity.MINOR
    id: int = 0
    within: int | None = None
    heard: tuple[str, ...] = ()
    sampled: tuple[str, ...] = ()
    deaf: tuple[Deaf, ...] = ()
    uncertain: bool = False
    """It is past its peak, and may seem calmer than it is: exchanges that made up a fifth of it
    were not heard meanwhile. No all-clear, then."""

    @property
    def start_ms(self) -> int:
        return self.waves[0].start_ms

    @property
    def first(self) -> Wave:
        return self.waves[0]

    @property
    def last(self) -> Wave:
        return self.waves[-1]

    @property
    def side(self) -> Side:
        return self.first.side

    @property
    def total(self) -> int:
        return sum(wave.total for wave in self.waves)

    @property
    def short_id(self) -> str:
        """``F311``"""
        return f"F{self.id}"

    def entered_ms(self, stage: Stage) -> int | None:
        """When it entered a stage, None where it has not (a stage may be passed over)."""
        return next((entry.at_ms for entry in self.stages if entry.stage is stage), None)
