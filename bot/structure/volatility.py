"""Realised volatility from candles: Rogers-Satchell, which a trend does not fool (METRICS 4.9)."""

import math
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from bot.clock import HOUR_MS, MINUTE_MS
from bot.structure.facts import Candle
from bot.structure.look import Look
from bot.structure.view import Figure

MINUTES_A_YEAR = 525_600
HOURS_A_YEAR = 8_760
RECENT_BARS = 15
USUAL_BARS = 30 * 24
COVERED = 0.9
"""The least share of the bars that must be there."""

MINUTE_LAG_MS = 3 * MINUTE_MS
"""A minute is told up to a poll after it ended."""

HOUR_LAG_MS = 2 * HOUR_MS


def rogers_satchell(candles: Sequence[Candle], bars_a_year: int) -> float | None:
    """Per year: sqrt(N/n * sum(ln(H/C) ln(H/O) + ln(L/C) ln(L/O))), N bars a year, n candles.

    Source: L. C. G. Rogers and S. E. Satchell, "Estimating variance from high, low and closing
    prices", 1991; as ``volatility(calc="rogers.satchell")`` of R's TTR has it. None without
    candles, and where a price is outside of its candle.
    """
    if not candles or not all(_is_sound(candle) for candle in candles):
        return None
    return math.sqrt(bars_a_year * math.fsum(map(_variance, candles)) / len(candles))


def recent(look: Look) -> dict[str, Figure]:
    """By source, over the last 15 minutes, from candles of a minute."""
    told = look.candles(MINUTE_MS, RECENT_BARS, MINUTE_LAG_MS)
    return {
        source: Figure(value, candles[-1].end_ms, (look.sources[source],))
        for source, candles in told.items()
        if len(candles) >= COVERED * RECENT_BARS
        and (value := rogers_satchell(candles, MINUTES_A_YEAR)) is not None
    }


def usual(look: Look) -> dict[str, Figure]:
    """By source, over 30 days, from candles of an hour."""
    told = look.candles(HOUR_MS, USUAL_BARS, HOUR_LAG_MS)
    return {
        source: Figure(value, candles[-1].end_ms, (look.sources[source],))
        for source, candles in told.items()
        if len(candles) >= COVERED * USUAL_BARS
        and (value := rogers_satchell(candles, HOURS_A_YEAR)) is not None
    }


def both(look: Look) -> tuple[Figure | None, Figure | None]:
    """``recent`` and ``usual``, by the first source that has both where there is one."""
    now, then = recent(look), usual(look)
    common = next((source for source in now if source in then), None)
    if common is not None:
        return now[common], then[common]
    return next(iter(now.values()), None), next(iter(then.values()), None)


def bars(look: Look, count: int, step_ms: int = 5 * MINUTE_MS) -> tuple[float, ...]:
    """The last ``count`` volatilities over 15 minutes, ``step_ms`` apart, oldest first.

    All of one source; as many as follow one another without a hole until now.
    """
    source = next(iter(recent(look)), None)
    if source is None:
        return ()
    one = replace(look, sources={source: look.sources[source]})
    found: list[float] = []
    for steps in range(count):
        earlier = recent(replace(one, at_ms=look.at_ms - steps * step_ms))
        if source not in earlier:
            break
        found.append(earlier[source].value)
    return tuple(reversed(found))


def falling(values: Sequence[float], times: int) -> bool:
    """Whether each of the last ``times`` values is below the one before it."""
    last = values[-times - 1 :]
    return len(last) == times + 1 and all(later < before for before, later in pairwise(last))


def _is_sound(candle: Candle) -> bool:
    inside = (candle.open, candle.close)
    return 0 < candle.low <= min(inside) and max(inside) <= candle.high < math.inf


def _variance(candle: Candle) -> float:
    up = math.log(candle.high / candle.close) * math.log(candle.high / candle.open)
    down = math.log(candle.low / candle.close) * math.log(candle.low / candle.open)
    return up + down
