"""How much of the flushed open interest has come back, in coins."""

from bot.sentences.case import Case
from bot.sentences.inputs import alike, before, now, subject, worst
from bot.sentences.open_interest import LEAST_DROP
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.prices import coins, percent
from bot.wording.text import Line, Moment

LEAST_BACK = 0.1
"""Of what was flushed."""


def weigh(case: Case) -> Verdict:
    then, low, current = before(case, "oi"), worst(case, "oi"), now(case, "oi")
    alike(then, current)
    alike(then, low)
    gone = 1 - low.value / then.value
    course = " → ".join(coins(figure.value) for figure in (then, low, current))
    evidence: tuple[Line, ...] = (
        (f"{course} {subject(case)}, the lowest at ", Moment(low.at_ms)),
        (f"said from {percent(-LEAST_DROP, 0)} flushed and {LEAST_BACK:.0%} of it back",),
    )
    if gone < LEAST_DROP:
        return unsaid(*evidence)
    back = (current.value - low.value) / (then.value - low.value)
    if back < LEAST_BACK:
        return unsaid(*evidence)
    line = f"{back:.0%} of the flushed open interest is back, in coins"
    if back > 1:
        line = "All of the flushed open interest is back, in coins"
    return said("refilled", (line,), *evidence)


SENTENCE = Rule("refilled", 1, "open interest at its lowest", weigh)
