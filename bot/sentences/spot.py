"""Whether takers on the spot market buy or sell, of their own will."""

from bot.market import USD
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, alike, now, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import money, together
from bot.wording.text import Line, Moment

LEANING = 0.55
"""Share of the taker flow on one side."""


def weigh(case: Case) -> Verdict:
    buys, sells = now(case, "spot_buys"), now(case, "spot_sells")
    alike(buys, sells)
    flow = buys.value + sells.value
    if flow <= 0 or min(buys.value, sells.value) < 0:
        raise UncheckedError("no number that makes sense")
    bought = buys.value / flow
    evidence: tuple[Line, ...] = (
        (
            f"{bought:.0%} of {money(round(flow * USD))} were taker buys in the 15 min to ",
            Moment(buys.at_ms),
        ),
        (f"on {together(buys.sources)}; said from {LEANING:.0%} of one side",),
    )
    leaning = max(bought, 1 - bought)
    if leaning < LEANING:
        return unsaid(*evidence)
    how = "buying" if bought > 0.5 else "selling"
    part = f"{leaning:.0%} of {money(round(flow * USD))} in 15 min"
    return said("spot takers", (f"{subject(case)} spot takers are {how}: {part}",), *evidence)


SENTENCE = Rule("spot", 1, "taker flow on spot", weigh)
