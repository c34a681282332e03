"""One coin's market at one moment, as sentences and answers need it: figures with their evidence.

Plain values only: it is stored with a case as JSON, so that the case can be told again.
"""

import msgspec

from bot.structure.facts import Measure


class Figure(msgspec.Struct, frozen=True):
    """A value, when its oldest part was true, and which sources it comes from (titles, sorted)."""

    value: float
    at_ms: int
    sources: tuple[str, ...]


class Level(msgspec.Struct, frozen=True):
    """A price fixed before the event. ``name``: ``yesterday's low``, ``7-day high`` ..."""

    name: str
    price: float
    low: bool
    """Whether it is a support (a low) or a resistance (a high)."""
    fixed_ms: int


class Missing(msgspec.Struct, frozen=True):
    """What could not be learned: ``order book depth``, of which source, and why; ``since_ms``.

    ``coin`` "": of all of them.
    """

    what: str
    source: str
    reason: str
    since_ms: int
    coin: str = ""


class Part(msgspec.Struct, frozen=True):
    """One source's open interest, by its title; ``usd`` at its own mark, None where it has none."""

    source: str
    coins: float
    usd: float | None
    at_ms: int


class Elsewhere(msgspec.Struct, frozen=True):
    """What one source says of exchanges that are not heard: never added to what is."""

    measure: Measure
    figure: Figure


class Trend(msgspec.Struct, frozen=True):
    """A ratio now, and its median over the last 30 and 90 days (None: not so long watched)."""

    now: float
    month: float | None
    quarter: float | None


class MarketView(msgspec.Struct, frozen=True):
    """What is known of a coin at ``at_ms``; None where nothing fresh is known.

    ``oi`` in coins and ``oi_usd``: sums over sources that told both times they are compared at.
    ``funding``: share per hour, weighted by open interest. ``volatility``: realised over the last
    15 minutes, and ``usual_volatility`` over 30 days, both per year (Rogers-Satchell). Depth in US
    dollars, sums over sources. ``oi_share``: the coin's part of the open interest of all coins,
    over sources that list all. Percentiles are shares 0 to 1 of the last 90 days.
    ``day_change`` and ``oi_day_change`` are shares of the value 24 h before, the latter in coins.
    ``spot_buys`` and ``spot_sells``: taker flow of the last 15 minutes in US dollars.
    ``oi_parts``: what ``oi`` is the sum of, so that ``bot.structure.comparing`` can form two views
    over the same sources.
    """

    coin: str
    at_ms: int
    price: Figure | None = None
    day_change: float | None = None
    oi: Figure | None = None
    oi_usd: Figure | None = None
    oi_day_change: float | None = None
    oi_share: Figure | None = None
    funding: Figure | None = None
    funding_percentile: float | None = None
    oi_percentile: float | None = None
    long_accounts: Figure | None = None
    volatility: Figure | None = None
    usual_volatility: Figure | None = None
    volume: Figure | None = None
    spot_volume: Figure | None = None
    spot_buys: Figure | None = None
    spot_sells: Figure | None = None
    bids_1: Figure | None = None
    asks_1: Figure | None = None
    bids_2: Figure | None = None
    asks_2: Figure | None = None
    spot_bids_1: Figure | None = None
    spot_asks_1: Figure | None = None
    spot_bids_2: Figure | None = None
    spot_asks_2: Figure | None = None
    futures_to_spot: Trend | None = None
    oi_to_depth: Trend | None = None
    levels: tuple[Level, ...] = ()
    missing: tuple[Missing, ...] = ()
    oi_parts: tuple[Part, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
