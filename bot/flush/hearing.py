"""Who was heard during a flush, and whether its calm may be deafness."""

from collections.abc import Sequence

from bot.clock import MINUTE_MS
from bot.engine.hearing import Ears
from bot.figures import Deaf, Hearing
from bot.flush.flush import Stage, Wave

SHARE = 5
"""Exchanges that made up a fifth of a flush: without them nobody knows whether it goes on."""

BRIEF_MS = MINUTE_MS
"""An outage shorter than this, which is over, hides no calm."""

PEAK_MS = 5 * MINUTE_MS
FADING_MS = 15 * MINUTE_MS


def hearing(ears: Ears, from_ms: int, now_ms: int) -> Hearing:
    """What was heard since then."""
    return ears.hearing(None, max(1, now_ms - from_ms), now_ms)


def calm_ms(stage: Stage, wave: Wave, now_ms: int) -> int | None:
    """Since when it has been calm, as the stage says; None where it says no such thing."""
    if wave.end_ms is not None:
        return wave.end_ms
    calm = {Stage.PEAK: PEAK_MS, Stage.FADING: FADING_MS}.get(stage)
    return None if calm is None else now_ms - calm


def uncertain(waves: Sequence[Wave], deaf: Sequence[Deaf], since_ms: int) -> bool:
    """Whether exchanges that made up a fifth of all waves were deaf since then."""
    missed = {gap.exchange for gap in deaf if _hides(gap, since_ms)}
    total = sum(wave.total for wave in waves)
    theirs = sum(split.total for wave in waves for split in wave.exchanges if split.name in missed)
    return bool(missed) and SHARE * theirs >= total


def _hides(gap: Deaf, since_ms: int) -> bool:
    if gap.to_ms is None:
        return True
    return gap.to_ms - max(gap.from_ms, since_ms) >= BRIEF_MS
