"""All that sentences may look at: one moment of one event, as plain values.

Stored as JSON beside what was said, so that the same sentences follow from it again.
"""

import msgspec

from bot.figures import Reading
from bot.flush.flush import Flush
from bot.history.standing import Standing
from bot.structure.view import MarketView


class Headline(msgspec.Struct, frozen=True):
    """What a news feed said, quoted with its source and time; never a cause."""

    source: str
    title: str
    at_ms: int


class News(msgspec.Struct, frozen=True):
    """Which feeds were read, when, those that could not be read with the reason, and the headlines
    of the hour before the event, newest first."""

    read: tuple[str, ...]
    read_ms: int
    failed: tuple[tuple[str, str], ...] = ()
    headlines: tuple[Headline, ...] = ()


class MinuteSum(msgspec.Struct, frozen=True, gc=False):
    """Liquidations of BTC and of all other coins in a minute (``market.USD``), BTC's low and close
    in US dollars; None where unknown."""

    start_ms: int
    btc: int
    alts: int
    low: float | None = None
    close: float | None = None


class Case(msgspec.Struct, frozen=True):
    """One moment of one event; ``coin`` None: the whole market.

    ``reading`` is the window that is told; ``windows`` are the same scope's others, shortest first.
    ``before`` is the market of ``coin`` (or BTC) right before the event, ``now`` at ``at_ms``;
    ``peak`` at its worst. ``minutes`` are the last two hours, oldest first. ``normal``: a normal
    window of the reading's span in ``market.USD``.
    """

    at_ms: int
    coin: str | None
    reading: Reading
    windows: tuple[Reading, ...] = ()
    flush: Flush | None = None
    standing: Standing | None = None
    normal: int | None = None
    one_sided_share: float | None = None
    """Of the busy windows in history, how many were at least 80% one-sided; 0 to 1."""
    before: MarketView | None = None
    peak: MarketView | None = None
    now: MarketView | None = None
    minutes: tuple[MinuteSum, ...] = ()
    news: News | None = None
