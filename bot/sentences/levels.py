"""Levels fixed before the event that a 15-minute candle closed beyond (METRICS 4.15)."""

from collections.abc import Sequence

from bot.clock import MINUTE_MS
from bot.market import Side
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, is_over, minutes, now, side, start_ms, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.structure.view import Level
from bot.wording.numbers import duration
from bot.wording.prices import price
from bot.wording.text import Line, Moment

CLOSE_MS = 15 * MINUTE_MS
"""A close counts, a wick does not."""

NEAR = 0.015
"""The next level is told with its distance when it is no further away."""


def weigh(case: Case) -> Verdict:
    if is_over(case):
        return unsaid(("it is over",))
    levels = _levels(case)
    current = now(case, "price").value
    closes = _closes(case)
    down = side(case) is Side.LONG
    reached = min if down else max
    if not closes:
        return unsaid((f"no close of {duration(CLOSE_MS)} since the start",))
    close_ms, close = reached(closes, key=lambda each: each[1])
    broken = [level for level in levels if (level.price > close) == down]
    evidence: list[Line] = [
        (f"{'lowest' if down else 'highest'} 15-min close {price(close)} at ", Moment(close_ms)),
        (", ".join(f"{level.name} {price(level.price)}" for level in levels),),
        ("fixed ", Moment(max(level.fixed_ms for level in levels), "f")),
    ]
    if not broken:
        return unsaid(*evidence)
    last, holding = broken[-1], levels[len(broken) :]
    beyond = "below" if down else "above"
    line = f"{subject(case)} closed {beyond} {_its(last)} {price(last.price)}"
    if holding and (current > holding[0].price) == down:
        line += f"; {holding[0].name} {price(holding[0].price)} holds"
        distance = abs(current - holding[0].price) / current
        evidence.append((f"{distance:.1%} from {price(current)} to {holding[0].name}",))
        if distance <= NEAR:
            line += f", {distance:.1%} away"
    return said("levels", (line,), *evidence)


def _levels(case: Case) -> Sequence[Level]:
    """Those on the way, the nearest to the price before first."""
    view = case.before
    if view is None or view.coin != subject(case) or not view.levels:
        raise UncheckedError("no levels were fixed before")
    down = side(case) is Side.LONG
    fixed = [
        level
        for level in view.levels
        if level.low == down and level.fixed_ms <= start_ms(case) and level.price > 0
    ]
    if not fixed:
        raise UncheckedError("no levels were fixed before")
    return sorted(fixed, key=lambda level: level.price, reverse=down)


def _closes(case: Case) -> list[tuple[int, float]]:
    """The ends and prices of the 15-minute candles that closed since the start."""
    closes = []
    for minute in minutes(case):
        end_ms = minute.start_ms + MINUTE_MS
        if end_ms % CLOSE_MS or not start_ms(case) < end_ms <= case.at_ms:
            continue
        if minute.close is None:
            raise UncheckedError("no price at a close of 15 minutes")
        closes.append((end_ms, minute.close))
    return closes


def _its(level: Level) -> str:
    return level.name if level.name.startswith("yesterday") else f"its {level.name}"


SENTENCE = Rule("levels", 1, "levels and closes", weigh)
