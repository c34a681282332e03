"""What price, open interest and funding say together; each a small rule with its source."""

from collections.abc import Sequence
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


def funding_flip(told: Sequence[tuple[int, float]], now_ms: int) -> int | None:
    """+1 or -1 where funding has changed its sign to that and kept it; 0 where it has not.

    ``told``: (time, share per hour weighted by open interest), oldest first. Kept: all of the last
    8 hours have the sign, at least two values, the newest is more than 1 bp per 8 hours, and the
    value before them had the other sign (METRICS 4.13). None where nothing before them is known.
    """
    start_ms = now_ms - SETTLEMENT_MS
    before = [rate for at_ms, rate in told if at_ms < start_ms]
    within = [rate for at_ms, rate in told if start_ms <= at_ms <= now_ms]
    if not before or len(within) < 2:
        return None
    sign = 1 if within[-1] > 0 else -1
    kept = all(rate * sign > 0 for rate in within) and abs(within[-1]) > FLIP_PER_HOUR
    return sign if kept and before[-1] * sign < 0 else 0


def oi_flush(before: float, now: float) -> float | None:
    """now / before - 1 in coins (METRICS 4.11); None without a before."""
    return now / before - 1 if before > 0 else None


def flush_efficiency(
    before: float, now: float, price_before: float, liquidated: float
) -> float | None:
    """Open interest that went, at the price of before, over what was liquidated, in US dollars.

    Above 1: others closed by themselves too; below 1: new positions took their place (METRICS
    4.11). None where nothing was liquidated.
    """
    return (before - now) * price_before / liquidated if liquidated > 0 else None
