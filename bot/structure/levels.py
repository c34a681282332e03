"""Prices that were fixed before an event, and whether one was broken on close (METRICS 4.15)."""

from collections.abc import Iterable, Mapping, Sequence

from bot.clock import DAY_MS, HOUR_MS
from bot.structure.facts import Candle
from bot.structure.look import Look
from bot.structure.view import Level
from bot.structure.volatility import HOUR_LAG_MS

DAYS: Mapping[str, int] = {"7-day": 7, "30-day": 30}


def levels(look: Look) -> tuple[Level, ...]:
    """Highs and lows of yesterday (UTC), 7 and 30 days, of whole hours that ended before the look.

    All of one source: the first that knows most of them. A span of which an hour is missing gives
    no level, because the hole may hide its extreme. Shortest span first.
    """
    told = look.candles(HOUR_MS, max(DAYS.values()) * 24, HOUR_LAG_MS)
    known = (_levels(candles) for candles in told.values())
    return max(known, key=len, default=())


def nearest(levels: Iterable[Level], price: float) -> tuple[Level | None, Level | None]:
    """The next level below a price (or at it) and the next above; of equal ones that of the longest
    span."""
    told = list(levels)
    below = [level for level in told if level.price <= price]
    above = [level for level in told if level.price > price]
    return (
        max(reversed(below), key=lambda level: level.price, default=None),
        min(reversed(above), key=lambda level: level.price, default=None),
    )


def closes(candles: Iterable[Candle], span_ms: int, from_ms: int, to_ms: int) -> list[float | None]:
    """The closing price of each whole span in [from, to], oldest first, None where it is missing.

    Spans are cut at multiples of ``span_ms``; ``candles`` are of one source and of any length that
    divides it. A bar that began before ``from_ms`` is none of the event's.
    """
    by_end = {candle.end_ms: candle.close for candle in candles}
    first_ms = -(-from_ms // span_ms) * span_ms + span_ms
    return [by_end.get(end_ms) for end_ms in range(first_ms, to_ms + 1, span_ms)]


def broken(level: Level, closed: Sequence[float | None], bars: int = 1) -> bool | None:
    """Whether so many bars in a row closed beyond the level: below a low, above a high.

    None where a missing close leaves it open. A wick is no close.
    """
    beyond = [None if close is None else _is_beyond(level, close) for close in closed]
    runs = [beyond[at : at + bars] for at in range(len(beyond) - bars + 1)]
    if any(all(run) for run in runs):
        return True
    return None if any(False not in run for run in runs) else False


def _is_beyond(level: Level, price: float) -> bool:
    return price < level.price if level.low else price > level.price


def _levels(candles: Sequence[Candle]) -> tuple[Level, ...]:
    fixed_ms = candles[-1].end_ms
    midnight_ms = fixed_ms - fixed_ms % DAY_MS
    spans = {"yesterday's": (midnight_ms - DAY_MS, midnight_ms)}
    spans |= {name: (fixed_ms - days * DAY_MS, fixed_ms) for name, days in DAYS.items()}
    found: list[Level] = []
    for name, (from_ms, to_ms) in spans.items():
        inside = [one for one in candles if from_ms <= one.start_ms < to_ms]
        if len(inside) == (to_ms - from_ms) // HOUR_MS:
            low, high = min(one.low for one in inside), max(one.high for one in inside)
            found.append(Level(f"{name} low", low, True, fixed_ms))
            found.append(Level(f"{name} high", high, False, fixed_ms))
    return tuple(found)
