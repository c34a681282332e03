"""Forced flow as a part of all that was traded (METRICS 4.4)."""

from bot.clock import MINUTE_MS
from bot.market import USD
from bot.sentences.case import Case
from bot.sentences.covered import at_least
from bot.sentences.inputs import UncheckedError, is_over, sensible, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import clock, duration, money, together
from bot.wording.text import Line

LEAST_SHARE = 0.1
LIMIT_MS = 5 * MINUTE_MS


def weigh(case: Case) -> Verdict:
    if is_over(case):
        return unsaid(("it is over",))
    traded = case.traded
    if traded is None:
        raise UncheckedError("no source told it")
    sensible(traded)
    if not case.at_ms - LIMIT_MS <= traded.at_ms <= case.at_ms:
        raise UncheckedError(f"last told {clock(traded.at_ms)}")
    forced = at_least(case, case.reading, traded.sources, None)
    volume = round(traded.value * USD)
    part = forced / volume
    evidence: tuple[Line, ...] = (
        (f"at least {money(forced)} of {money(volume)} traded",),
        (f"on {together(traded.sources)}",),
        (f"{part:.1%}; said from {LEAST_SHARE:.0%}",),
    )
    if part < LEAST_SHARE:
        return unsaid(*evidence)
    span = duration(case.reading.span_ms)
    line = f"Forced flow was {part:.0%} of all {subject(case)} futures volume in {span}"
    return said("forced flow", (line,), *evidence)


SENTENCE = Rule("forced", 1, "futures volume of the window", weigh)
