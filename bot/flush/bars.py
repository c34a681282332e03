"""What a minute has to reach to be a part of a flush, by how large the scope is."""

import msgspec

from bot.flush.past import Past
from bot.market import USD

DAY = 24 * 60
"""Minutes of history before a baseline counts for anything."""

UNTRIED = 2
"""Times the floor that alone decides before."""


class Size(msgspec.Struct, frozen=True):
    """``floor`` in ``market.USD`` a minute of one side; ``times`` the baseline (METRICS 4.6)."""

    floor: int
    times: int


MARKET = Size(5_000_000 * USD, 12)
LARGE = Size(2_000_000 * USD, 12)
SMALL = Size(1_000_000 * USD, 20)
"""Floors, chosen so that a flush of the whole market comes about once a week.

BTC's half hours on Binance, Bybit and OKX, February to May 2026 (``data/history``): one side
reached 25M USD 1.3 times a week and 30M 0.9 times, counting once in 8 hours. BTC is about four
tenths of the market and these three about three quarters of what is heard, so a half hour of 95M
of the whole market comes weekly. In a flush the second worst minute of three neighbours holds about
a twentieth of the worst half hour: 5M, and 2M of BTC. One in 14 weeks stayed below 9M a half hour,
a third of that: it raises nothing.
"""

COINS = {"BTC": LARGE, "ETH": LARGE}


def size(coin: str | None) -> Size:
    return MARKET if coin is None else COINS.get(coin, SMALL)


def bar(coin: str | None, past: Past | None, now: int, since: int) -> tuple[int, int]:
    """Baseline and bar of the minute ``now``; the past is known since the minute ``since``.

    The baseline is the median minute of seven days, 0 where it is not known. The bar is
    max(floor, times * (median + MAD)): for sums that are never negative the deviation is at most
    the median, so it moves the bar by a factor of two at most.
    """
    its = size(coin)
    if now - since < DAY:
        return 0, UNTRIED * its.floor
    if past is None:
        return 0, its.floor
    middle, deviation = past.usual(now, since)
    return middle, max(its.floor, its.times * (middle + deviation))
