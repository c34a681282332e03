"""What is watched: instruments, liquidations, and the gaps between them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, Overflow
from enum import IntEnum
from typing import Literal

import msgspec

USD = 100_000_000
"""One US dollar in the unit of every sum: hundred-millionths of a dollar, exact integers.

Recorded prices times quantities have eight decimals, so their sums are exact too.
"""

LARGEST_ORDER = 50_000_000_000 * USD
"""A single order above this is a broken frame, not a trade; it also keeps sums inside 64 bits."""

EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow])
"""Products of what frames say: exact, or an ``ArithmeticError``; never silently rounded."""

ONE = Decimal(1)
"""The size of contracts that count coins or dollars themselves: always this very object."""

_times = EXACT.multiply

DOLLARS = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDE", "USD1", "DAI"})
"""Quote currencies counted at one US dollar each. Anything else stays unpriced."""


class Side(IntEnum):
    """The position that was closed, never the side of the order that closed it."""

    LONG = 0
    SHORT = 1

    __hash__ = int.__hash__  # part of every event's key; an Enum hashes its name in Python

    @property
    def word(self) -> str:
        return "long" if self is Side.LONG else "short"


class Instrument(msgspec.Struct, frozen=True, gc=False):
    """One contract as listed.

    ``size`` is what one unit of the exchange's quantity stands for: coins when ``linear``
    (notional = quantity * size * price), US dollars when not (notional = quantity * size).
    ``quote`` outside ``DOLLARS`` leaves the notional unknown. ``in_dollars`` follows from the rest:
    the notional is quantity * size * price.
    """

    exchange: str
    symbol: str
    coin: str
    quote: str
    size: Decimal
    linear: bool
    in_dollars: bool = False

    def __post_init__(self) -> None:
        in_dollars = self.linear and self.quote in DOLLARS
        msgspec.structs.force_setattr(self, "in_dollars", in_dollars)
        if self.size == ONE:
            msgspec.structs.force_setattr(self, "size", ONE)

    def notional(self, quantity: Decimal, price: Decimal) -> Decimal | None:
        """US dollars of a position, exact, or None where they cannot be known.

        Raises ``ArithmeticError`` for numbers of more digits than ``EXACT`` holds.
        """
        if not self.linear:
            return _times(quantity, self.size)
        return _times(_times(quantity, price), self.size) if self.in_dollars else None


Instruments = Mapping[str, Instrument]
"""One exchange's table, by symbol as the exchange spells it."""


class Liquidation(msgspec.Struct, frozen=True, gc=False):
    """One forced liquidation.

    ``quantity`` is in the exchange's own unit (coins or contracts), ``notional`` in US dollars,
    exact, or None where the contract is unknown. ``time_ms`` is the exchange's time,
    ``received_ms`` ours. ``id`` is the exchange's own identity where it gives one.
    """

    exchange: str
    symbol: str
    coin: str
    side: Side
    price: Decimal
    quantity: Decimal
    notional: Decimal | None
    time_ms: int
    received_ms: int
    id: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same event when it is heard again (FEEDS: per exchange)."""
        if self.id:
            return (self.exchange, self.id)
        return (self.exchange, self.symbol, self.side, self.time_ms, self.quantity, self.price)


GapKind = Literal["stopped", "unwatched", "off", "mute", "garbled"]
"""Why something was not heard.

No process of ours ran; the exchange was not watched yet; it was not heard; it was connected and
silent while the market moved; a part of its frames could not be read.
"""


class Gap(msgspec.Struct, frozen=True):
    """An interval in which a stream of an exchange was not heard; open while ``end_ms`` is None.

    A ``Gap`` is sent twice: open, then again with its end; a third time, ``filled``, when the
    exchange's own history told what had been missed.
    """

    exchange: str
    stream: str
    start_ms: int
    end_ms: int | None
    reason: str
    kind: GapKind = "off"
    filled: bool = False


def usd(notional: Decimal) -> int:
    """US dollars as the integer unit of every sum; half even below a hundred-millionth."""
    return int((notional * USD).to_integral_value(ROUND_HALF_EVEN))


def dollars(amount: int) -> Decimal:
    """The exact decimal of an integer amount."""
    return Decimal(amount).scaleb(-8)
