"""What was traded over a span, from candles of a minute: takers on spot, volume of futures."""

from collections.abc import Sequence

from bot.clock import MINUTE_MS
from bot.structure.facts import Candle
from bot.structure.look import Look
from bot.structure.view import Figure
from bot.structure.volatility import MINUTE_LAG_MS

TAKERS_MINUTES = 15
COVERED = 0.99
"""The least share of the minutes that must be there: a sum with holes is too small."""


def takers(look: Look) -> tuple[Figure | None, Figure | None]:
    """US dollars that takers bought and sold on spot in the last 15 minutes, over the sources
    that tell both of every minute."""
    told = _whole(look, TAKERS_MINUTES, spot=True)
    known = [
        candles for candles in told if all(candle.taker_sells is not None for candle in candles)
    ]
    buys = [sum(candle.taker_buys or 0.0 for candle in candles) for candles in known]
    sells = [sum(candle.taker_sells or 0.0 for candle in candles) for candles in known]
    return _figure(look, known, buys), _figure(look, known, sells)


def traded(look: Look, span_ms: int) -> Figure | None:
    """US dollars traded on futures in the last whole minutes of a span, over the sources that
    tell all of them."""
    known = [
        candles
        for candles in _whole(look, span_ms // MINUTE_MS, spot=False)
        if all(candle.volume is not None for candle in candles)
    ]
    return _figure(look, known, [sum(one.volume or 0.0 for one in told) for told in known])


def _whole(look: Look, minutes: int, spot: bool) -> list[list[Candle]]:
    told = look.candles(MINUTE_MS, minutes, MINUTE_LAG_MS, spot)
    return [candles for candles in told.values() if len(candles) >= COVERED * minutes]


def _figure(look: Look, told: Sequence[list[Candle]], sums: Sequence[float]) -> Figure | None:
    if not told:
        return None
    titles = tuple(sorted(look.sources[candles[-1].source] for candles in told))
    return Figure(sum(sums), min(candles[-1].end_ms for candles in told), titles)
