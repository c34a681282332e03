"""What the doubles publish: an order in neutral words, the contract it is in, what it comes to."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, Self

Side = Literal["long", "short"]
ONE = Decimal(1)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Order:
    """A forced order: a ``side`` of ``size`` coins was closed at ``price`` US dollars a coin.

    ``contract`` names one of the coin's contracts by its symbol; by default the first listed.
    """

    coin: str
    side: Side
    price: Decimal
    size: Decimal
    time_ms: int = field(default_factory=now_ms)
    contract: str = ""


@dataclass(frozen=True)
class Contract:
    """A listed contract. ``unit``: one unit of quantity, in coins, or in US dollars if inverse.

    ``step``: the smallest quantity in units. ``per``: coins that one quoted price is for, 1000 for
    ``1000PEPEUSDT``. ``kind`` is the exchange's own word for its class, ``number`` its own id.
    """

    symbol: str
    coin: str
    unit: Decimal = ONE
    step: Decimal = ONE
    per: int = 1
    inverse: bool = False
    kind: str = ""
    number: int = 0

    def units(self, order: Order) -> Decimal:
        """The quantity that the exchange can have dealt, at least one step."""
        worth = order.size * order.price if self.inverse else order.size
        steps = (worth / self.unit / self.step).to_integral_value()
        return max(steps, ONE) * self.step


@dataclass(frozen=True)
class Fill:
    """An order in its contract; ``number`` counts on its double and tells true twins apart."""

    order: Order
    contract: Contract
    units: Decimal
    number: int

    @property
    def usd(self) -> Decimal:
        """FEEDS section 2, the usual way: inverse contracts need no price."""
        worth = self.units * self.contract.unit
        return worth if self.contract.inverse else worth * self.order.price

    @property
    def price(self) -> Decimal:
        """As the exchange quotes it."""
        return self.order.price * self.contract.per

    @property
    def long(self) -> bool:
        return self.order.side == "long"

    @property
    def ms(self) -> int:
        return self.order.time_ms

    def closing(self, sell: str, buy: str) -> str:
        """The closing order's side: a long is sold, a short bought back."""
        return sell if self.long else buy


@dataclass(frozen=True)
class Taken:
    """What a listener should have taken: liquidations, and US dollars of positions closed."""

    count: int = 0
    long_usd: Decimal = Decimal(0)
    short_usd: Decimal = Decimal(0)

    @property
    def usd(self) -> Decimal:
        return self.long_usd + self.short_usd

    def __add__(self, other: Self) -> "Taken":
        longs, shorts = self.long_usd + other.long_usd, self.short_usd + other.short_usd
        return Taken(self.count + other.count, longs, shorts)

    @classmethod
    def all(cls, parts: Iterable["Taken"]) -> "Taken":
        return sum(parts, Taken())


def text(value: Decimal) -> str:
    """A decimal string without an exponent or trailing zeros."""
    return format(value.normalize(), "f")


def num(value: Decimal) -> int | float:
    """A JSON number with the same digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def iso(ms: int) -> str:
    """2026-09-17T13:39:47.542Z"""
    stamp = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def from_iso(stamp: str) -> int:
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)
