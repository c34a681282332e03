"""What became of funding: reset towards nothing, or flipped to the other side (METRICS 4.13)."""

from bot.sentences.case import Case
from bot.sentences.inputs import alike, before, now, start_ms
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.structure.regime import FLIP_PER_HOUR, SETTLEMENT_MS
from bot.wording.numbers import together
from bot.wording.prices import per_8h
from bot.wording.text import Line, Moment

RESET = 0.5
"""Of what it was."""


def weigh(case: Case) -> Verdict:
    then, current = before(case, "funding"), now(case, "funding")
    alike(then, current)
    told = f"{per_8h(then.value)} → {per_8h(current.value)} per 8 h"
    evidence: tuple[Line, ...] = (
        (told,),
        (f"{together(current.sources)} at ", Moment(then.at_ms), " and ", Moment(current.at_ms)),
        ("said from 1 bp per 8 h, when half of it or more is gone",),
    )
    gone = current.value * then.value <= 0 or abs(current.value) <= RESET * abs(then.value)
    if abs(then.value) < FLIP_PER_HOUR or not gone:
        return unsaid(*evidence)
    return said(
        "funding", (f"Funding {told}: {_meaning(case, then.value, current.value)}",), *evidence
    )


def _meaning(case: Case, then: float, current: float) -> str:
    payers, others = ("longs", "shorts") if then > 0 else ("shorts", "longs")
    if then * current > 0:
        return f"{payers} pay far less"
    flipped = abs(current) > FLIP_PER_HOUR and case.at_ms - start_ms(case) >= SETTLEMENT_MS
    return f"{others} pay now" if flipped else f"{payers} pay no more"


SENTENCE = Rule("funding", 1, "funding before and now", weigh)
