"""All that sentences may look at: one moment of one event, as plain values.

Stored as JSON beside what was said, so that the same sentences follow from it again.
"""

import msgspec

from bot.figures import Reading
from bot.flush.flush import Flush
from bot.history.standing import Standing
from bot.structure.view import Figure, MarketView


class Headline(msgspec.Struct, frozen=True):
    """What a news feed said, quoted with its source and time; never a cause."""

    source: str
    title: str
    at_ms: int


class News(msgspec.Struct, frozen=True):
    """Which feeds were read, those that could not be read with the reason, and what they said.

    ``read_ms``: when the feed was read that was read longest ago. ``headlines``: from an hour
    before the event until now, newest first. ``newest``: the newest headline of all, also one from
    before that hour.
    """

    read: tuple[str, ...]
    read_ms: int
    failed: tuple[tuple[str, str], ...] = ()
    headlines: tuple[Headline, ...] = ()
    newest: Headline | None = None


class MinuteSum(msgspec.Struct, frozen=True, gc=False):
    """Liquidations of BTC and of all other coins in a minute (``market.USD``).

    ``own`` are those of the case's coin, where it is another than BTC. Prices in US dollars are of
    the case's coin, of BTC where it is about the whole market; None where unknown. ``count``:
    orders in the case's scope.
    """

    start_ms: int
    btc: int
    alts: int
    low: float | None = None
    close: float | None = None
    high: float | None = None
    own: int | None = None
    count: int | None = None


class Case(msgspec.Struct, frozen=True):
    """One moment of one event; ``coin`` None: the whole market.

    ``reading`` is the window that is told; ``windows`` are the same scope's others, shortest first.
    ``before`` is the market of ``coin`` (or BTC) right before the event, ``now`` at ``at_ms``;
    ``peak`` at its worst: the lowest open interest, the highest volatility. ``minutes`` are the
    last two hours, oldest first, those without liquidations too. ``normal``: a normal window of the
    reading's span in ``market.USD``. ``traded``: US dollars traded on futures of ``coin`` (or BTC)
    over the reading's span, and on which exchanges. ``volatilities``: realised over 15 minutes,
    per year, the last bars until ``at_ms``, oldest first. ``busy``: three of four windows of 15
    minutes in history were below this, ``hour_since``: the largest hour since the last wave ended;
    both in ``market.USD``.
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
    traded: Figure | None = None
    volatilities: tuple[float, ...] = ()
    busy: int | None = None
    hour_since: int | None = None
