"""What rests in an order book near its middle."""

from collections.abc import Sequence
from itertools import pairwise

from bot.errors import ParseError
from bot.structure.facts import Measure
from bot.structure.reading import amount, price
from bot.structure.source import RefusedError

Rows = Sequence[Sequence[str]]
"""Of one side, the best first: price and quantity, and what a source adds."""

_FUTURES = {
    (0.01, True): Measure.BIDS_1,
    (0.01, False): Measure.ASKS_1,
    (0.02, True): Measure.BIDS_2,
    (0.02, False): Measure.ASKS_2,
}
_SPOT = {
    (0.01, True): Measure.SPOT_BIDS_1,
    (0.01, False): Measure.SPOT_ASKS_1,
    (0.02, True): Measure.SPOT_BIDS_2,
    (0.02, False): Measure.SPOT_ASKS_2,
}


def depth(
    bids: Rows, asks: Rows, asked: int, spot: bool, size: float = 1.0
) -> dict[Measure, float]:
    """US dollars within 1% and 2% of the middle of the best bid and ask, by measure.

    ``size``: coins (as many as the price is for) in one unit of quantity. A side that ends before
    it has reached a limit gives no sum for it: the rest is not known. Where it has fewer rows than
    were ``asked`` for it is whole. Raises ``ParseError`` for a book that cannot be and
    ``RefusedError`` for one without bids or asks.
    """
    if not bids or not asks:
        raise RefusedError("empty order book")
    buyers, sellers = _levels(bids), _levels(asks)
    if any(later >= earlier for (earlier, _), (later, _) in pairwise(buyers)):
        raise ParseError("bids that do not fall")
    if any(later <= earlier for (earlier, _), (later, _) in pairwise(sellers)):
        raise ParseError("asks that do not rise")
    if buyers[0][0] >= sellers[0][0]:
        raise ParseError(f"a bid of {buyers[0][0]} above an ask of {sellers[0][0]}")
    middle = (buyers[0][0] + sellers[0][0]) / 2
    found: dict[Measure, float] = {}
    for (limit, is_bid), measure in (_SPOT if spot else _FUTURES).items():
        levels = buyers if is_bid else sellers
        edge = middle * (1 - limit if is_bid else 1 + limit)
        inside = [(at, much) for at, much in levels if (at >= edge if is_bid else at <= edge)]
        if len(inside) < len(levels) or len(levels) < asked:
            found[measure] = sum(at * much for at, much in inside) * size
    return found


def _levels(rows: Rows) -> list[tuple[float, float]]:
    if any(len(row) < 2 for row in rows):
        raise ParseError("a row of an order book without a price and a quantity")
    return [(price(row[0]), amount(row[1])) for row in rows]
