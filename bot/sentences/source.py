"""BTC as the largest source, and how much of that its open interest explains (METRICS 4.2)."""

from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, before, is_over
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import share, together
from bot.wording.prices import tenths
from bot.wording.text import Line

FAR_ABOVE = 1.5
FAR_BELOW = 0.67
"""Tilt: the share of liquidations by the share of open interest before the event."""


def weigh(case: Case) -> Verdict:
    reading = case.reading
    if case.coin is not None:
        return unsaid(("asked of the whole market only",))
    if is_over(case):
        return unsaid(("it is over",))
    if not reading.coins or reading.total <= 0:
        raise UncheckedError("nothing was liquidated")
    leader = reading.coins[0]
    if leader.name != "BTC":
        return unsaid(
            (f"the largest source is {leader.name}: {share(leader.total, reading.total)}",)
        )
    interest = before(case, "oi_share")
    part = leader.total / reading.total
    tilt = part / interest.value
    told, fair = share(leader.total, reading.total), f"{interest.value:.0%}"
    evidence: tuple[Line, ...] = (
        (f"{tenths(leader.total)} of {tenths(reading.total)}",),
        (f"open interest share {interest.value:.1%} by {together(interest.sources)}",),
        (f"tilt {tilt:.2f}: {_meaning(tilt)}",),
    )
    return said(f"{told} BTC", (f"BTC is {told} of this, {_explained(tilt)} ({fair})",), *evidence)


def _explained(tilt: float) -> str:
    if tilt > FAR_ABOVE:
        return "far above its share of open interest"
    if tilt < FAR_BELOW:
        return "far below its share of open interest"
    return "about its share of open interest"


def _meaning(tilt: float) -> str:
    if tilt > FAR_ABOVE:
        return f"BTC leads (above {FAR_ABOVE})"
    if tilt < FAR_BELOW:
        return f"other coins lead (below {FAR_BELOW})"
    return "as big as BTC is, no more"


SENTENCE = Rule("source", 1, "shares of open interest", weigh)
