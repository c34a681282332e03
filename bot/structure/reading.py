"""Documents, numbers and candles of a source: as documented, or refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from bot.errors import ParseError
from bot.structure.facts import Candle, Fact, Measure
from bot.structure.source import RefusedError, Told

T = TypeVar("T")

Number = str | float
"""In quotes or not."""

LARGEST = 1e18
LARGEST_PRICE = 1e9
LARGEST_RATE = 1.0
"""Nobody pays the whole position as funding at once."""

_MALFORMED = (ValueError, ArithmeticError, RecursionError)
_ROUNDING = 1 + 1e-6


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Raises ``ParseError`` for what the documentation does not say."""
    try:
        return decoder.decode(body)
    except _MALFORMED as error:
        raise ParseError(f"not as documented: {error}") from error


def some(rows: list[T]) -> list[T]:
    """The rows of a question that always has an answer. Raises ``RefusedError`` for none."""
    if not rows:
        raise RefusedError("answered with nothing")
    return rows


def series(source: str, coin: str, measure: Measure, rows: Iterable[tuple[int, float]]) -> Told:
    """One measure at many times."""
    return Told(tuple(Fact(source, coin, measure, at_ms, value) for at_ms, value in rows))


def together(source: str, coin: str, at_ms: int, values: Mapping[Measure, float]) -> Told:
    """Many measures at one time."""
    facts = (Fact(source, coin, measure, at_ms, value) for measure, value in values.items())
    return Told(tuple(facts))


def number(told: Number) -> float:
    """Raises ``ParseError`` for what is no finite number, or is absurdly large."""
    try:
        value = msgspec.convert(told, float, strict=False)
    except _MALFORMED as error:
        raise ParseError(f"{told!r:.40} is no number") from error
    if not abs(value) < LARGEST:  # NaN does not compare
        raise ParseError(f"{told!r:.40} cannot be")
    return value


def amount(told: Number) -> float:
    """A number that is not negative."""
    value = number(told)
    if value < 0:
        raise ParseError(f"an amount of {value}")
    return value


def price(told: Number) -> float:
    """US dollars, more than nothing."""
    value = number(told)
    if not 0 < value < LARGEST_PRICE:
        raise ParseError(f"a price of {value}")
    return value


def rate(told: Number) -> float:
    """A share of the position that is paid as funding, of either sign."""
    value = number(told)
    if abs(value) > LARGEST_RATE:
        raise ParseError(f"funding of {value}")
    return value


def share(told: Number) -> float:
    """0 to 1."""
    value = number(told)
    if not 0 <= value <= 1:
        raise ParseError(f"a share of {value}")
    return value


def candle(
    source: str,
    coin: str,
    spot: bool,
    span_ms: int,
    start_ms: int,
    prices: Sequence[Number],
    volume: Number | None = None,
    taker_buys: Number | None = None,
    multiple: int = 1,
) -> Candle:
    """``prices``: open, high, low and close of so many coins at once as ``multiple`` says.

    Raises ``ParseError`` for a candle whose prices lie outside of its wicks, that begins within a
    span, or of which more was bought than traded.
    """
    opened, high, low, closed = (price(each) / multiple for each in prices)
    if not low <= min(opened, closed) or not high >= max(opened, closed):
        raise ParseError(f"a candle from {low} to {high} that holds {opened} and {closed}")
    if start_ms % span_ms:
        raise ParseError(f"{start_ms} is not where a span begins")
    traded = None if volume is None else amount(volume)
    bought = None if taker_buys is None else amount(taker_buys)
    if traded is not None and bought is not None and bought > traded * _ROUNDING:
        raise ParseError(f"{bought} bought of {traded} traded")
    return Candle(source, coin, spot, span_ms, start_ms, opened, high, low, closed, traded, bought)
