"""Decoding: frames to liquidations, against ccxt on three exchanges and cryptofeed on Binance.

Each library gets the same frames, its own way (see ``baselines``), and rounds alternate. ccxt keeps
one order of each OKX row and drops the others; what counts is the orders kept.
"""

import gc
import sys
from collections.abc import Callable
from statistics import median
from time import thread_time

from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events
from bot.market import Instrument, Liquidation
from tests.bench.baselines import RECEIVED_MS, Decode, ccxt_decode, cryptofeed_decode
from tests.bench.table import Row
from tests.bench.wire import TAPES, Tape, binance

_ORDERS = 1_000
_ROUNDS = 31
_ROUND_S = 0.04

_Race = tuple[float, float]
"""Orders kept per second: ours, theirs."""


def ours(tape: Tape) -> Decode:
    """The dialect of ``tape.exchange``, which knows the tape's contracts."""
    exchange = EXCHANGES[tape.exchange]
    parse = exchange.parse
    listed: dict[str, Instrument] = {}
    for body in tape.listings.values():
        listed |= {found.symbol: found for found in exchange.instruments(body, "")[0]}
    frames = [text.encode() for text in tape.frames]  # as our connections hand them over

    def decode() -> list[Liquidation]:
        kept: list[Liquidation] = []
        for frame in frames:
            parsed = parse(frame, RECEIVED_MS, listed)
            if type(parsed) is Events:
                kept += parsed.liquidations
        return kept

    return decode


def _check(tape: Tape, mine: list[Liquidation], theirs: list[Liquidation]) -> None:
    """We keep every order; what another library keeps is equal, and in the same order."""
    _expect(len(mine) == tape.orders, f"{tape.exchange}: {len(mine)} of {tape.orders} kept")
    _expect(tape.exchange == "okx" or len(theirs) == tape.orders, "others keep all but on OKX")
    rest = iter(mine)
    for order in theirs:
        _expect(order in rest, f"{tape.exchange}: only the other library tells {order}")


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _race(one: Decode, other: Decode) -> _Race:
    """Medians of rounds in turn.

    The collector rests meanwhile, to the advantage of who makes more objects for it.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        rounds = [(_rate(one), _rate(other)) for _ in range(_ROUNDS)]
    finally:
        gc.enable()
        gc.unfreeze()
    mine, theirs = zip(*rounds, strict=True)
    return median(mine), median(theirs)


def _rate(work: Decode) -> float:
    """Orders kept per second of this thread's processor time: others on the machine are left out.

    Rounds are equally long, not equally large: the first caches to warm would cost the faster more.
    """
    gc.collect()
    kept, start = 0, thread_time()
    while (spent := thread_time() - start) < _ROUND_S:
        kept += len(work())
    return kept / spent


def _against(library: Callable[[Tape], Decode], tape: Tape) -> _Race:
    mine, theirs = ours(tape), library(tape)
    _check(tape, mine(), theirs())
    return _race(mine, theirs)


def _row(what: str, race: _Race, must: float) -> Row:
    ratio = race[0] / race[1]
    mine, theirs = (f"{rate:,.0f} events/s" for rate in race)
    return Row(what, mine, theirs, f"{ratio:.1f}x", f"{must:g}x", ratio >= must)


def run() -> list[Row]:
    """Raises ``AssertionError`` where two libraries disagree about a frame."""
    rows = [
        _row(f"decode {make.__name__}, ccxt", _against(ccxt_decode, make(_ORDERS)), 10)
        for make in TAPES
    ]
    usd_m = binance(_ORDERS, inverse=False, combined=True)
    return [*rows, _row("decode binance, cryptofeed", _against(cryptofeed_decode, usd_m), 3)]


if __name__ == "__main__":
    table = run()
    for row in table:
        print(f"{row.what:28}{row.ours:>18}{row.baseline:>18}{row.ratio:>8}  must {row.must}")
    sys.exit(not all(row.ok for row in table))
