"""What no frame may say, whichever exchange sent it: impossible bytes, numbers and times."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Subnormal
from math import inf
from typing import Annotated, TypeVar

import msgspec

from bot.errors import ParseError
from bot.exchanges.dialect import Marks
from bot.market import EXACT, LARGEST_ORDER, ONE, USD, Instrument, Liquidation, Side

_Row = TypeVar("_Row")

MALFORMED = (ValueError, ArithmeticError, RecursionError)
"""All that decoding and reckoning raise for bytes that are not what they should be."""

times = EXACT.multiply

_SIZES = Context(
    prec=EXACT.prec, Emin=-30, Emax=30, traps=[Inexact, InvalidOperation, Overflow, Subnormal]
)
number = _SIZES.create_decimal
"""The exact decimal of a text. Raises ``ArithmeticError`` outside 1e-30 to 1e31.

NaN, infinity, zero and what is below it pass, for ``liquidation`` to refuse.
"""

ZERO = Decimal(0)
LARGEST_USD = Decimal(LARGEST_ORDER // USD)

Milliseconds = Annotated[int, msgspec.Meta(gt=1_262_304_000_000, lt=4_102_444_800_000)]
"""A time from 2010 to 2100: whoever writes seconds or microseconds is outside."""

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time that names its zone, as ISO 8601 wants it."""


def milliseconds(time: datetime) -> int:
    """Raises ``ValueError`` for a time that cannot be."""
    return msgspec.convert(round(time.timestamp() * 1000), Milliseconds)


def json_of(frame: bytes | str) -> object:
    """The plain value of a frame that did not fit its Structs. Raises ``ParseError``."""
    try:
        return msgspec.json.decode(frame)
    except MALFORMED as error:
        raise ParseError(f"not JSON: {error}") from error


def liquidation(
    listed: Instrument,
    side: Side,
    price: Decimal,
    quantity: Decimal,
    time_ms: int,
    received_ms: int,
    own_id: str = "",
) -> Liquidation:
    """A ``Liquidation`` whose numbers can be. Raises ``ParseError`` or ``ArithmeticError``.

    ``price`` and ``quantity`` come from ``number``, and NaN does not compare. All exchanges pass
    here for every order, hence no check twice and no call that most orders can do without.
    """
    product = times(quantity, price)
    if not (product > ZERO and price > ZERO):
        raise ParseError(f"{listed.symbol}: a price or a quantity that cannot be")
    notional: Decimal | None
    if listed.in_dollars:
        notional = product if listed.size is ONE else times(product, listed.size)
    elif product.is_finite():
        notional = listed.notional(quantity, price)
    else:
        raise ParseError(f"{listed.symbol}: an infinite order")
    if notional is not None and notional > LARGEST_USD:
        raise ParseError(f"{listed.symbol}: larger than any order")
    return Liquidation(
        listed.exchange, listed.symbol, listed.coin, side, price, quantity, notional,
        time_ms, received_ms, own_id,
    )  # fmt: skip


def worth(event: Liquidation, dollars: Decimal) -> Liquidation:
    """The same order at the US dollars that its exchange tells; ``dollars`` comes from ``number``.

    Raises ``ParseError`` or ``ArithmeticError``.
    """
    if not ZERO < dollars <= LARGEST_USD:
        raise ParseError(f"{event.symbol}: a value that cannot be")
    return msgspec.structs.replace(event, notional=dollars)


def marks(quoted: Iterable[tuple[str, str | float]]) -> Marks:
    """Mark prices by symbol. What cannot be a price is left out: marks judge, they do not count."""
    prices = []
    for symbol, number_or_text in quoted:
        try:
            price = float(number_or_text)
        except (ValueError, OverflowError):
            continue
        if 0.0 < price < inf:
            prices.append((symbol, price))
    return Marks(tuple(prices))


def contract_size(text: str) -> Decimal:
    """A multiplier of an instrument table. Raises ``ValueError`` or ``ArithmeticError``."""
    size = number(text)
    if not size > ZERO or not size.is_finite():
        raise ValueError("a contract size that cannot be")
    return size


def unpriced(exchange: str, symbol: str, coin: str) -> Instrument:
    """A contract whose size nobody told us: without a quote it prices nothing."""
    return Instrument(exchange, symbol, coin, "", ONE, linear=True)


def listed_rows(rows: Sequence[_Row], instrument: Callable[[_Row], Instrument]) -> list[Instrument]:
    """The instruments of a table's rows, without those that say nonsense.

    One contract with an impossible size is unpriced; it does not cost all the others theirs.
    Raises ``ValueError`` where not one row of many makes sense.
    """
    made: list[Instrument] = []
    for row in rows:
        try:
            made.append(instrument(row))
        except MALFORMED:
            continue
    if rows and not made:
        raise ValueError("no row makes sense")
    return made
