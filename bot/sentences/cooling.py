"""Whether volatility cools down since its peak, and how fast (METRICS 4.10)."""

import math

from bot.clock import DAY_MS, MINUTE_MS
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, alike, is_over, now, window, worst
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.structure.cooling import BARS, COOL, half_life_ms
from bot.structure.view import Figure
from bot.structure.volatility import falling
from bot.wording.numbers import duration
from bot.wording.prices import times
from bot.wording.text import Line, Moment


def weigh(case: Case) -> Verdict:
    current, peak = now(case, "volatility"), worst(case, "volatility")
    alike(current, peak)
    bars = case.volatilities
    if len(bars) <= BARS or not all(math.isfinite(bar) for bar in bars):
        raise UncheckedError("not enough bars of 15 min")
    left, falls = current.value / peak.value, falling(bars, BARS)
    evidence: list[Line] = [
        (f"{left:.0%} of its peak at ", Moment(peak.at_ms), f"; said from {COOL:.0%}"),
        (f"{'' if falls else 'not '}falling for {BARS} bars",),
        *_half_life(current, peak),
    ]
    if is_over(case):
        return _after(case, current, peak, evidence)
    if left > COOL or not falls:
        return unsaid(*evidence)
    line = f"15-min volatility at {left:.0%} of its peak and falling"
    return said("volatility", (f"Cooling: {line}" if _quiet(case) else line,), *evidence)


def _after(case: Case, current: Figure, peak: Figure, evidence: list[Line]) -> Verdict:
    """``Volatility 1.2× its 30-day level, 6.1× at the peak``"""
    usual = now(case, "usual_volatility")
    alike(current, usual)
    level, high = current.value / usual.value, peak.value / usual.value
    evidence.append((f"{times(level)} of 30 days; said from {COOL:.0%} of the peak",))
    if current.value > COOL * peak.value:
        return unsaid(*evidence)
    line = f"Volatility {times(level)} its 30-day level, {times(high)} at the peak"
    return said("volatility", (line,), *evidence)


def _quiet(case: Case) -> bool:
    """Whether liquidations too are back among the three lower quarters of all windows."""
    return case.busy is not None and window(case, 15 * MINUTE_MS).total < case.busy


def _half_life(current: Figure, peak: Figure) -> list[Line]:
    half_ms = half_life_ms(current.at_ms - peak.at_ms, peak.value, current.value)
    if half_ms is None or not 0 < half_ms < DAY_MS:
        return []
    return [(f"half of it gone every {duration(round(half_ms))}",)]


SENTENCE = Rule("cooling", 1, "volatility now and at its peak", weigh)
