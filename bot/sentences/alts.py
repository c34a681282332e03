"""Whether altcoins follow BTC, and by how many minutes (METRICS 4.3)."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import correlation

from bot.sentences.case import Case
from bot.sentences.inputs import heard, is_over, minutes
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import signed
from bot.wording.text import Line

LEAST_BINS = 30
FURTHEST = 15
"""Minutes; a lag beyond is another event."""

LEAST_CORRELATION = 0.6
"""Of 31 lags over 30 bins of noise the best reaches about 0.5."""

CLEARLY = 0.1
"""How much better the lag must fit than none at all."""


def weigh(case: Case) -> Verdict:
    if case.coin is not None:
        return unsaid(("asked of the whole market only",))
    if is_over(case):
        return unsaid(("it is over",))
    known = minutes(case, least=LEAST_BINS + 1)
    heard(case, known[0].start_ms)
    btc = _changes([minute.btc for minute in known])
    alts = _changes([minute.alts for minute in known])
    fits = {
        lag: fit
        for lag in range(-FURTHEST, FURTHEST + 1)
        if (fit := _fit(btc, alts, lag)) is not None
    }
    if not fits:
        return unsaid(("liquidations did not change",))
    lag = max(fits, key=lambda each: (fits[each], -abs(each)))
    at_once = fits.get(0, 0.0)
    apart = f"changes by the minute fit best {_apart(lag)}"
    evidence: tuple[Line, ...] = (
        (f"{apart}: correlation {signed(fits[lag])}, {signed(at_once)} at once",),
        (f"{len(btc) - abs(lag)} bins ({LEAST_BINS} needed)",),
        (f"said from {LEAST_CORRELATION}, {CLEARLY} above none",),
    )
    if lag <= 0 or fits[lag] < LEAST_CORRELATION or fits[lag] < at_once + CLEARLY:
        return unsaid(*evidence)
    return said("alts lag", (f"Alts follow BTC by {lag} min",), *evidence)


def _apart(lag: int) -> str:
    if lag == 0:
        return "at once"
    return f"{abs(lag)} min after {'BTC' if lag > 0 else 'alts'}"


def _changes(amounts: Sequence[int]) -> list[float]:
    """In US dollars' unit of sums; correlation does not care."""
    return [float(later - earlier) for earlier, later in pairwise(amounts)]


def _fit(btc: Sequence[float], alts: Sequence[float], lag: int) -> float | None:
    """The correlation of BTC's changes with those of alts ``lag`` bins later."""
    early = btc[: len(btc) - lag] if lag >= 0 else btc[-lag:]
    late = alts[lag:] if lag >= 0 else alts[: len(alts) + lag]
    if len(early) < LEAST_BINS or min(early) == max(early) or min(late) == max(late):
        return None
    return correlation(early, late)


SENTENCE = Rule("alts", 1, "BTC and alts minute by minute", weigh)
