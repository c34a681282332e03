"""Whether it slows down or speeds up (METRICS 4.5 b)."""

from bot.clock import MINUTE_MS
from bot.flush.flush import Flush, Span, Stage
from bot.sentences.case import Case
from bot.sentences.inputs import amount, flush_of, heard, minutes, window
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import duration, money
from bot.wording.prices import tenths
from bot.wording.text import Line, Moment

FIVE_MS, FIFTEEN_MS = 5 * MINUTE_MS, 15 * MINUTE_MS
SLOWING = 0.5
"""Of the worst span of its length."""

SPEEDING = 1.5
"""Times the 5 minutes before."""


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    fading = flush.stage is Stage.FADING
    span_ms = FIFTEEN_MS if fading else FIVE_MS
    last = window(case, span_ms).total
    known = [amount(case, minute) for minute in minutes(case, least=10)]
    latest, earlier = sum(known[-5:]), sum(known[-10:-5])
    worst = _worst(flush, span_ms)
    heard(case, min(worst.at_ms - span_ms, case.at_ms - 2 * FIVE_MS))
    spans = duration(span_ms)
    worst_one = f"{tenths(last)} in {spans}, {tenths(worst.total)} in the worst, until "
    evidence: tuple[Line, ...] = (
        (worst_one, Moment(worst.at_ms), f"; slowing at {SLOWING:.0%} of it"),
        (f"{tenths(latest)} after {tenths(earlier)}, each 5 whole minutes",),
        (f"speeding up at {SPEEDING}x",),
    )
    running = flush.last.end_ms is None
    if running and latest >= SPEEDING * max(earlier, 1) and latest >= 5 * flush.bar:
        line = f"Speeding up: {money(latest)} in the last 5 min, {money(earlier)} in the 5 before"
        return said("pace", (line,), *evidence, place=Place.FACT)
    if not running or last > SLOWING * worst.total:
        return unsaid(*evidence)
    line = f"Slowing: {money(last)} in the last {spans}, {money(worst.total)} in the worst 5"
    if fading:
        line = f"{money(last)} in the last 15 min, after {money(worst.total)} in the worst 15"
    return said("pace", (line,), *evidence, place=Place.FACT)


def _worst(flush: Flush, span_ms: int) -> Span:
    return flush.last.worst_5m if span_ms == FIVE_MS else flush.last.worst_15m


SENTENCE = Rule("pace", 1, "the pace minute by minute", weigh)
