"""What price and open interest say together, and when funding has turned."""

from enum import StrEnum

from bot.clock import HOUR_MS

FLIP_PER_HOUR = 0.0001 / 8
"""1 bp in 8 hours: less than this is about zero."""

SETTLEMENT_MS = 8 * HOUR_MS


class Regime(StrEnum):
    """The quadrants of METRICS 4.12."""

    NEW_LONGS = "new longs"
    SHORT_COVERING = "short covering"
    NEW_SHORTS = "new shorts"
    LONG_FLUSH = "long flush"


def quadrant(price_change: float | None, oi_change: float | None) -> Regime | None:
    """By the signs of both changes (METRICS 4.12); None where one is unknown or zero.

    Shares of the value before; open interest in coins.
    """
    if not price_change or not oi_change:
        return None
    if price_change > 0:
        return Regime.NEW_LONGS if oi_change > 0 else Regime.SHORT_COVERING
    return Regime.NEW_SHORTS if oi_change > 0 else Regime.LONG_FLUSH
