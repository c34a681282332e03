"""Whether it feeds itself: bursts and new lows that call each other (METRICS 4.5 d)."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import sqrt
from statistics import fmean, variance

from bot.clock import MINUTE_MS
from bot.flush.flush import Flush
from bot.market import Side
from bot.sentences.case import Case, MinuteSum
from bot.sentences.inputs import UncheckedError, amount, flush_of, heard, is_over, minutes
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.prices import tenths
from bot.wording.text import Line

LEAST_ROUNDS = 3
RISE = 1.5
"""A burst begins where a minute has so many times the one before: news keeps them level."""

MORE_ORDERS = 1.25
"""And so many times the orders, where they are counted: one giant is no burst."""

PART = 0.1
"""Of the event's largest minute; what is less is the noise after it."""

WITHIN = 10
"""Minutes after a burst in which the next must begin to count as its answer."""

LEAST_BINS = 30
"""Of minutes, for a branching ratio."""


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    if is_over(case):
        return unsaid(("it is over",))
    known = minutes(case, least=5)
    heard(case, max(flush.start_ms, known[0].start_ms))
    lows = _extremes(known, flush.side)
    end = "low" if flush.side is Side.LONG else "high"
    amounts = [amount(case, minute) for minute in known]
    least = max(flush.bar, 1, round(PART * max(amounts)))
    bursts = [
        at
        for at in range(1, len(known))
        if known[at].start_ms + MINUTE_MS > flush.start_ms
        and amounts[at] >= max(least, RISE * amounts[at - 1])
        and _more_orders(known[at - 1], known[at])
    ]
    rounds = _rounds(bursts, lows)
    told = f"{rounds} alternation{'' if rounds == 1 else 's'} of burst and new {end} within 60 s"
    counted: Line = (f"{told} ({LEAST_ROUNDS} needed)",)
    burst: Line = (f"a burst is a minute from {tenths(least)}, {RISE}x the one before",)
    if rounds < LEAST_ROUNDS:
        return unsaid(counted, burst)
    line = f"Self-feeding: {rounds} rounds of burst, new {end}, burst"
    doubt = (f"{_branching(known, flush)}consistent with a loop, not proof of one",)
    return said("self-feeding", (line,), counted, burst, doubt)


def _extremes(known: Sequence[MinuteSum], side: Side) -> list[float]:
    """Lows, or of a squeeze the highs turned upside down."""
    down = side is Side.LONG
    prices = [minute.low if down else minute.high for minute in known]
    if None in prices:
        raise UncheckedError("no prices minute by minute")
    return [price if down else -price for price in prices if price is not None]


def _more_orders(earlier: MinuteSum, later: MinuteSum) -> bool:
    if earlier.count is None or later.count is None:
        return True
    return later.count >= MORE_ORDERS * earlier.count


def _rounds(bursts: Sequence[int], lows: Sequence[float]) -> int:
    """Bursts that were answered by a new low in the minute after and then by another burst.

    The order within a minute is not known, so a low of the burst's own minute does not count.
    """
    deepest = list(accumulate(lows, min))
    return sum(
        following - burst <= WITHIN and lows[burst + 1] < deepest[burst]
        for burst, following in pairwise(bursts)
    )


def _branching(known: Sequence[MinuteSum], flush: Flush) -> str:
    """``branching ratio 0.62 by orders a minute; ``, shown only beside alternations.

    n = 1 - sqrt(mean / variance) of counts (METRICS 4.5 a): a burst of news fakes 0.81 with n = 0.
    """
    counts = [m.count for m in known if m.start_ms >= flush.start_ms and m.count is not None]
    if len(counts) < LEAST_BINS or not (spread := variance(counts)):
        return ""
    return f"branching ratio {max(0.0, 1 - sqrt(fmean(counts) / spread)):.2f} by orders a minute; "


SENTENCE = Rule("self_feeding", 1, "bursts and prices minute by minute", weigh)
