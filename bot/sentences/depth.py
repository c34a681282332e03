"""Forced flow against the resting orders that it had to be sold into (METRICS 4.14)."""

from bot.clock import MINUTE_MS
from bot.market import USD, Side
from bot.sentences.case import Case
from bot.sentences.covered import at_least
from bot.sentences.inputs import before, is_over, side, subject, window
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import money, together
from bot.wording.text import Line, Moment

WINDOW_MS = 15 * MINUTE_MS


def weigh(case: Case) -> Verdict:
    if is_over(case):
        return unsaid(("it is over",))
    hit = side(case)
    resting = before(case, "bids_1" if hit is Side.LONG else "asks_1")
    forced = at_least(case, window(case, WINDOW_MS), resting.sources, hit)
    there = round(resting.value * USD)
    name = "bids" if hit is Side.LONG else "asks"
    evidence: tuple[Line, ...] = (
        (f"at least {money(forced)} of {subject(case)} {hit.word}s in 15 min",),
        (f"{money(there)} {name} within 1% at ", Moment(resting.at_ms)),
        (f"{together(resting.sources)} on both sides, {forced / there:.1f}x; said above 1x",),
    )
    if forced <= there:
        return unsaid(*evidence)
    more = f"more than the {name} within 1% ({money(there)})"
    return said("depth", (f"{subject(case)}: {money(forced)} in 15 min, {more}",), *evidence)


SENTENCE = Rule("depth", 1, "order book depth", weigh)
