"""How far the price went since the start, and how much of it came back."""

from bot.flush.flush import Stage
from bot.market import Side
from bot.sentences.case import Case
from bot.sentences.inputs import before, now, side, start_ms, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import together
from bot.wording.prices import percent, price
from bot.wording.text import Line, Moment

LEAST_MOVE = 0.005
"""Less is what prices do in any hour."""

CALMING = (Stage.FADING, Stage.OVER, Stage.CLOSED)
"""Where the way back is the news."""


def weigh(case: Case) -> Verdict:
    then, current = before(case, "price"), now(case, "price")
    change = current.value / then.value - 1
    at_first: Line = (f"{price(then.value)} at ", Moment(then.at_ms))
    at_last: Line = (f"{price(current.value)} at ", Moment(current.at_ms))
    since: Line = (f"{percent(change, 2)} since ", Moment(start_ms(case)))
    evidence = (
        at_first,
        at_last,
        since,
        (f"said from {LEAST_MOVE:.1%}",),
        (together(current.sources),),
    )
    told = _back(case, current.value, change) or _beyond(case, current.value)
    if told is None and abs(change) >= LEAST_MOVE:
        told = f"{percent(change)} to {price(current.value)}"
    if told is None:
        return unsaid(*evidence)
    return said("price", (f"{subject(case)} {told}",), *evidence, place=Place.LEAD)


def _back(case: Case, value: float, change: float) -> str | None:
    """``$88,260: +2.0% off the low, −3.5% from before``, once it calms down."""
    extreme = _extreme(case)
    if extreme is None or case.flush is None or case.flush.stage not in CALMING:
        return None
    back = value / extreme - 1
    if abs(back) < LEAST_MOVE or _further(case, value, extreme):
        return None
    end = "low" if side(case) is Side.LONG else "high"
    if case.flush.stage is Stage.FADING:
        return f"{price(value)}, {percent(back)} off the {end} {price(extreme)}"
    return f"{price(value)}: {percent(back)} off the {end}, {percent(change)} from before"


def _beyond(case: Case, value: float) -> str | None:
    """``$86,310, below the first low $86,540``, in a second wave."""
    extreme = _extreme(case)
    if extreme is None or case.flush is None or case.flush.stage is not Stage.SECOND_WAVE:
        return None
    if not _further(case, value, extreme):
        return None
    end = "below the first low" if side(case) is Side.LONG else "above the first high"
    return f"{price(value)}, {end} {price(extreme)}"


def _further(case: Case, value: float, extreme: float) -> bool:
    return value < extreme if side(case) is Side.LONG else value > extreme


def _extreme(case: Case) -> float | None:
    """The first wave's low, of shorts its high."""
    if case.flush is None:
        return None
    extreme = case.flush.first.low if side(case) is Side.LONG else case.flush.first.high
    return extreme if extreme is not None and extreme > 0 else None


SENTENCE = Rule("move", 1, "price before and now", weigh)
