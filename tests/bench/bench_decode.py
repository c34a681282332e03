"""Decoding: frames to liquidations, against ccxt on three exchanges and cryptofeed on Binance.

Each library gets the same frames, its own way (see ``baselines``), and rounds alternate. ccxt keeps
one order of each OKX row and drops the others; what counts is the orders kept.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from functools import partial
from math import isclose
from statistics import median
from time import thread_time
from typing import Any

from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events
from bot.market import Instrument, Liquidation, Side
from tests.bench.baselines import Told, ccxt_decode, cryptofeed_decode
from tests.bench.table import Row
from tests.bench.wire import TAPES, Tape, binance

_ORDERS = 2_000
_ROUNDS = 25
_RECEIVED_MS = 1_770_000_000_000

_Race = tuple[float, float]
"""Orders kept per second: ours, theirs."""


def ours(tape: Tape) -> Callable[[Sequence[bytes]], list[Liquidation]]:
    """The dialect of ``tape.exchange``, which knows the tape's contracts."""
    exchange = EXCHANGES[tape.exchange]
    listed: dict[str, Instrument] = {}
    for body in tape.listings.values():
        listed |= {found.symbol: found for found in exchange.instruments(body, "")[0]}
    parse = exchange.parse

    def decode(frames: Sequence[bytes]) -> list[Liquidation]:
        kept: list[Liquidation] = []
        for frame in frames:
            parsed = parse(frame, _RECEIVED_MS, listed)
            if type(parsed) is Events:
                kept += parsed.liquidations
        return kept

    return decode


def _told(order: Liquidation) -> Told:
    long = order.side is Side.LONG
    return Told(long, order.price, order.quantity, order.notional, order.time_ms)


def _check_ccxt(tape: Tape, mine: list[Liquidation], theirs: list[Told]) -> None:
    """We keep every order. What ccxt keeps is the same, in order, as near as floats come."""
    _expect(len(mine) == tape.orders, f"{tape.exchange}: {len(mine)} of {tape.orders} kept")
    _expect(tape.exchange == "okx" or len(theirs) == tape.orders, "ccxt keeps all others")
    rest = map(_told, mine)
    for order in theirs:
        found = any(_near(order, own) for own in rest)
        _expect(found, f"{tape.exchange}: ccxt alone tells {order}")


def _near(a: Told, b: Told) -> bool:
    return all(isclose(x, y, rel_tol=1e-12) for x, y in zip(a, b, strict=True))


def _check_cryptofeed(mine: list[Liquidation], theirs: list[Told]) -> None:
    """The same decimals, digit by digit."""
    for own, order in zip(map(_told, mine), theirs, strict=True):
        _expect(list(map(str, own)) == list(map(str, order)), f"{own}, cryptofeed: {order}")


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _race(one: Callable[[], list[Any]], other: Callable[[], list[Any]]) -> _Race:
    """Medians of rounds in turn.

    The collector rests meanwhile, to the advantage of who makes more objects for it.
    """
    kept = len(one()), len(other())
    gc.freeze()
    gc.disable()
    try:
        rounds = [(_seconds(one), _seconds(other)) for _ in range(_ROUNDS)]
    finally:
        gc.enable()
        gc.unfreeze()
    mine, theirs = zip(*rounds, strict=True)
    return kept[0] / median(mine), kept[1] / median(theirs)


def _seconds(work: Callable[[], object]) -> float:
    """Processor time of this thread: what else the machine does is left out."""
    gc.collect()
    start = thread_time()
    work()
    return thread_time() - start


def _against_ccxt(make: Callable[[int], Tape]) -> _Race:
    tape = make(_ORDERS)
    frames = [text.encode() for text in tape.frames]  # as our connections hand them over
    mine, theirs = partial(ours(tape), frames), partial(ccxt_decode(tape), tape.frames)
    _check_ccxt(tape, mine(), theirs())
    return _race(mine, theirs)


def _against_cryptofeed() -> _Race:
    tape = binance(_ORDERS, inverse=False, combined=True)
    frames = [text.encode() for text in tape.frames]
    mine, theirs = partial(ours(tape), frames), partial(cryptofeed_decode(tape), tape.frames)
    _check_cryptofeed(mine(), theirs())
    return _race(mine, theirs)


def _row(what: str, race: _Race, must: float) -> Row:
    ratio = race[0] / race[1]
    mine, theirs = (f"{rate:,.0f} events/s" for rate in race)
    return Row(what, mine, theirs, f"{ratio:.1f}x", f"{must:g}x", ratio >= must)


def run() -> list[Row]:
    """Raises ``AssertionError`` where two libraries disagree about a frame."""
    rows = [_row(f"decode {make.__name__}, ccxt", _against_ccxt(make), 10) for make in TAPES]
    return [*rows, _row("decode binance, cryptofeed", _against_cryptofeed(), 3)]


if __name__ == "__main__":
    table = run()
    for row in table:
        print(f"{row.what:28}{row.ours:>18}{row.baseline:>18}{row.ratio:>8}  must {row.must}")
    sys.exit(not all(row.ok for row in table))
