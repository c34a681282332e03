"""What a measure over a window is, and how it moves while money comes and falls out.

The index asks nothing of a metric but what stands in ``Metric``; the three families below give it.
"""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

import msgspec

from bot.market import LARGEST_ORDER, USD
from bot.rules import ESCALATIONS, SHARE

NEVER = 1 << 200
"""More than any value can reach."""

ESCALATING = (1, *ESCALATIONS)


class Unit(Enum):
    """What a metric's integers count: ``market.USD``, ``rules.SHARE``, or orders.

    ``PART`` and ``TIMES`` are billionths as well: of a whole that may be exceeded, and of a
    multiple.
    """

    USD = "usd"
    SHARE = "share"
    COUNT = "count"
    PART = "part"
    TIMES = "times"


class Sums(msgspec.Struct, frozen=True, gc=False):
    """What one window of one scope holds: amounts in ``market.USD``, ``count`` in orders."""

    long: int
    short: int
    count: int
    largest: int

    @property
    def total(self) -> int:
        return self.long + self.short


Slack = tuple[int, int, int, int, int]
"""What may happen before a metric can matter: (adds, longs, shorts, order, peak).

``adds`` may come in, ``longs`` and ``shorts`` fall out, all of it: US dollars (``market.USD``), or
orders for a metric whose unit is ``COUNT`` (of whichever side: ``longs``). Meanwhile no single
order may exceed ``order``, and the largest of the window may not go below ``peak``. A plain tuple,
because one is made for each look at a group.
"""


class Metric(Protocol):
    """One measure over a window."""

    @property
    def name(self) -> str: ...
    @property
    def noun(self) -> str:
        """What it measures, in a few words for texts: ``longs``."""
        ...

    @property
    def unit(self) -> Unit: ...
    @property
    def windowed(self) -> bool:
        """Whether it is judged over a window; ``order`` is judged order by order."""
        ...

    @property
    def told(self) -> bool:
        """Whether sums do not make it: somebody tells what it is, of one coin on all exchanges."""
        ...

    @property
    def levels(self) -> tuple[int, ...]:
        """Multiples of the threshold at which it speaks within one episode, 1 first."""
        ...

    @property
    def least(self) -> int:
        """The lowest threshold that makes sense."""
        ...

    @property
    def most(self) -> int:
        """The highest threshold that makes sense."""
        ...

    def value(self, sums: Sums, floor: int) -> int | None:
        """The measure, or None where it is unknown."""
        ...

    def low(self, sums: Sums, floor: int) -> int | None:
        """What is held against ``rearm_below``; 0 where a share has lost its floor for good."""
        ...

    def rearm_below(self, threshold: int) -> int:
        """A rule that has spoken is armed again at values strictly below this."""
        ...

    def slack(self, sums: Sums, floor: int, rise: int, fall: int) -> Slack | None:
        """What may pass before ``value`` exceeds ``rise`` or ``low`` goes below ``fall``.

        None when one of them already holds. ``rise`` is ``NEVER`` and ``fall`` is -1 where nothing
        waits.
        """
        ...


def _seven_tenths(amount: int) -> int:
    """70%, rounded up: an integer is below 70% exactly when it is below this."""
    return -(-amount * 7 // 10)


class Amount(msgspec.Struct, frozen=True):
    """A measure that grows by what comes in and falls by what falls out, by no more than that.

    ``longs`` and ``shorts``: whose falling out can make it fall.
    """

    name: str
    noun: str
    measure: Callable[[Sums], int]
    longs: bool = True
    shorts: bool = True
    unit: Unit = Unit.USD
    windowed: bool = True
    told: bool = False
    levels: tuple[int, ...] = ESCALATING
    least: int = USD
    most: int = LARGEST_ORDER

    def value(self, sums: Sums, floor: int) -> int | None:
        return self.measure(sums)

    def low(self, sums: Sums, floor: int) -> int | None:
        return self.measure(sums)

    def rearm_below(self, threshold: int) -> int:
        return _seven_tenths(threshold)

    def slack(self, sums: Sums, floor: int, rise: int, fall: int) -> Slack | None:
        value = self.measure(sums)
        if value > rise or value < fall:
            return None
        if fall < 0:
            return rise - value, NEVER, NEVER, NEVER, -1
        exits = value - fall
        if self.longs and self.shorts and self.unit is Unit.USD:
            return rise - value, exits >> 1, exits >> 1, NEVER, -1
        return (
            rise - value,
            exits if self.longs else NEVER,
            exits if self.shorts else NEVER,
            NEVER,
            -1,
        )


class Peak(Amount, frozen=True):
    """A measure that single orders make: it follows the largest of the window."""

    def slack(self, sums: Sums, floor: int, rise: int, fall: int) -> Slack | None:
        if sums.largest > rise or sums.largest < fall:
            return None
        return NEVER, NEVER, NEVER, rise, fall


class Share(msgspec.Struct, frozen=True):
    """A side's part of the total, in billionths, or the larger part where both sides are meant.

    Unknown while the total is below the rule's floor.
    """

    name: str
    noun: str
    longs: bool
    shorts: bool
    unit: Unit = Unit.SHARE
    windowed: bool = True
    told: bool = False
    levels: tuple[int, ...] = (1,)
    least: int = SHARE * 51 // 100
    most: int = SHARE - 1

    def value(self, sums: Sums, floor: int) -> int | None:
        total = sums.long + sums.short
        if total < floor or not total:
            return None
        return self._part(sums) * SHARE // total

    def low(self, sums: Sums, floor: int) -> int | None:
        if sums.long + sums.short < _lost(floor):
            return 0
        return self.value(sums, floor)

    def rearm_below(self, threshold: int) -> int:
        half = SHARE // 2
        return min(threshold, half + _seven_tenths(threshold - half))

    def slack(self, sums: Sums, floor: int, rise: int, fall: int) -> Slack | None:
        """Bounds on how fast the share can turn.

        A dollar more in a part moves ``part - share * total`` by at most ``1 - share``, a dollar
        less in the rest by ``share``, so half of the distance is left to either.
        """
        total = sums.long + sums.short
        if total < floor or not total:
            exits = (total - _lost(floor)) >> 1 if fall >= 0 else NEVER
            return (max(floor, 1) - total - 1, exits, exits, NEVER, -1) if exits >= 0 else None
        adds = longs = shorts = NEVER
        if rise < SHARE:
            line = (rise + 1) * total - 1
            if self.longs:
                way = (line - sums.long * SHARE) >> 1
                adds, shorts = way // (SHARE - rise), way // (rise + 1)
            if self.shorts:
                way = (line - sums.short * SHARE) >> 1
                adds, longs = min(adds, way // (SHARE - rise)), way // (rise + 1)
        if fall >= 0:
            way = (self._part(sums) * SHARE - fall * total) >> 1
            gone, lost = way // (SHARE - fall + 1), (total - _lost(floor)) >> 1
            adds = min(adds, way // (fall + 1))
            if self.longs and (sums.long >= sums.short or not self.shorts):
                longs, shorts = min(longs, gone, lost), min(shorts, lost)
            else:
                longs, shorts = min(longs, lost), min(shorts, gone, lost)
        if adds < 0 or longs < 0 or shorts < 0:
            return None
        return adds, longs, shorts, NEVER, -1

    def _part(self, sums: Sums) -> int:
        if self.longs and self.shorts:
            return max(sums.long, sums.short)
        return sums.long if self.longs else sums.short


class Structural(msgspec.Struct, frozen=True):
    """A measure of the market around the liquidations: no order moves it, it is told.

    Not ``windowed``: it is of the moment.
    """

    name: str
    noun: str
    unit: Unit = Unit.PART
    windowed: bool = True
    told: bool = True
    levels: tuple[int, ...] = (1,)
    least: int = SHARE // 1_000_000
    most: int = 1_000 * SHARE

    def value(self, sums: Sums, floor: int) -> int | None:
        return None

    def low(self, sums: Sums, floor: int) -> int | None:
        return None

    def rearm_below(self, threshold: int) -> int:
        """Of a multiple above one, what is above one must fall to seven tenths."""
        whole = SHARE if self.unit is Unit.TIMES and threshold > SHARE else 0
        return whole + _seven_tenths(threshold - whole)

    def slack(self, sums: Sums, floor: int, rise: int, fall: int) -> Slack | None:
        return NEVER, NEVER, NEVER, NEVER, -1


def _lost(floor: int) -> int:
    """A total below this has lost its floor: a rule may speak anew when it is back."""
    return max(_seven_tenths(floor), 1)
