"""Liquidations on those exchanges alone that a figure of the market covers."""

from bot.figures import Reading, Split
from bot.market import Side
from bot.sentences.case import Case
from bot.sentences.inputs import subject
from bot.wording.numbers import named


def at_least(case: Case, reading: Reading, sources: tuple[str, ...], side: Side | None) -> int:
    """What was liquidated at least of the coin on the exchanges of ``sources`` (their titles).

    Exact for a coin's own case. Of the whole market only sums by coin and sums by exchange are
    known: what lies on other exchanges is taken off as if all of it were of this coin.
    """
    covered = [part for part in reading.exchanges if named(part.name) in sources]
    if case.coin is not None:
        return sum(_of(part, side) for part in covered)
    coin = sum(_of(part, side) for part in reading.coins if part.name == subject(case))
    whole = sum(_of(part, side) for part in reading.exchanges)
    return max(0, coin - (whole - sum(_of(part, side) for part in covered)))


def _of(part: Split, side: Side | None) -> int:
    if side is None:
        return part.total
    return part.long if side is Side.LONG else part.short
