"""The markets that the stand-in of structure sources tells of, set by tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Ladder = list[tuple[float, float]]
"""Distances from the middle as shares of it, and US dollars that rest there."""


def ladder(dollars: float, rows: int = 30) -> Ladder:
    """Equal amounts out to 3% of the middle."""
    return [(0.0001 + 0.03 * step / rows, dollars) for step in range(rows)]


@dataclass
class Coin:
    """One coin on one exchange. ``oi`` in coins and of one side, ``funding`` per hour, settled
    every ``hours``; volumes in US dollars of 24 hours, spread evenly over the minutes.

    ``units``: the contract is of so many coins at once. ``past`` gives price, open interest and
    funding at a time; without it they were always as they are.
    """

    price: float = 100.0
    oi: float = 1_000.0
    funding: float = 0.000_01
    hours: int = 8
    volume: float = 14_400_000.0
    spot_volume: float = 1_440_000.0
    longs: float = 0.6
    bids: Ladder = field(default_factory=lambda: ladder(10_000.0))
    asks: Ladder = field(default_factory=lambda: ladder(20_000.0))
    spot_bids: Ladder = field(default_factory=lambda: ladder(3_000.0))
    spot_asks: Ladder = field(default_factory=lambda: ladder(4_000.0))
    buys: float = 0.55
    units: int = 1
    spot: bool = True
    past: Callable[[int], tuple[float, float, float]] | None = None

    def at(self, time: int) -> tuple[float, float, float]:
        return self.past(time) if self.past else (self.price, self.oi, self.funding)

    def bar(self, start: int, span: int, spot: bool = False) -> "Bar":
        """Wicks are a thousandth longer than the body on both sides."""
        opened, closed = self.at(start)[0], self.at(start + span)[0]
        traded = (self.spot_volume if spot else self.volume) * span / DAY
        return Bar(
            start, opened, max(opened, closed) * 1.001, min(opened, closed) * 0.999, closed, traded
        )


@dataclass
class Bar:
    """``traded`` in US dollars."""

    start: int
    opened: float
    high: float
    low: float
    closed: float
    traded: float


def text(value: float) -> str:
    """A plain decimal, as exchanges write numbers."""
    return format(Decimal(repr(value)), "f")


def starts(span: int, first: int, last: int) -> list[int]:
    """Of spans that begin in [first, last]."""
    return list(range(-(-first // span) * span, last + 1, span))


def rows(side: Ladder, middle: float, is_bid: bool, most: int) -> list[tuple[str, str]]:
    """Price and quantity in coins, the best first."""
    found = []
    for distance, dollars in sorted(side)[:most]:
        price = middle * (1 - distance if is_bid else 1 + distance)
        found.append((text(price), text(dollars / price)))
    return found
