"""The one scale of severity.

| | minor | notable | major | severe |
|---|---|---|---|---|
| the worst hour's rank: once in so many days | less | 7 | 30 | 60 |
| liquidated share of open interest | less | 0.05% | 0.2% | 0.5% |
| else the worst hour as multiples of a normal one | less | 20 | 50 | 100 |
| else as multiples of the bar | less | 10 | 30 | 100 |

Where rank or share of open interest is known the higher of the two decides; only where neither is,
multiples do. Severity rises only: ``Flush`` keeps the highest it has reached.
"""

from collections.abc import Callable, Sequence

from bot.clock import HOUR_MS, MINUTE_MS
from bot.flush.flush import Severity
from bot.history.standing import Standing

Rank = Callable[[str | None, int, int], Standing | None]
"""Where an hour's total (``market.USD``) of a scope stands, at this time in ms, or None."""

OpenInterest = Callable[[str | None, int], float | None]
"""The open interest of a scope in US dollars right before this time in ms, or None."""

DAYS = (7.0, 30.0, 60.0)
SHARES = (0.0005, 0.002, 0.005)
HOURS = (20.0, 50.0, 100.0)
BARS = (10.0, 30.0, 100.0)

COVERAGE = 0.95
"""A rank among days that were heard less than this says nothing."""


def severity(
    worst_hour: int, baseline: int, bar: int, standing: Standing | None, share: float | None
) -> Severity:
    """Amounts in ``market.USD``; ``share``: liquidated open interest, 0 to 1, None if unknown."""
    known = []
    if standing is not None and standing.coverage >= COVERAGE and standing.rank > 0:
        known.append(_step(standing.days / standing.rank, DAYS))
    if share is not None:
        known.append(_step(share, SHARES))
    if known:
        return max(known)
    if baseline > 0:
        return _step(worst_hour / (baseline * (HOUR_MS // MINUTE_MS)), HOURS)
    return _step(worst_hour / max(bar, 1), BARS)


def _step(value: float, steps: Sequence[float]) -> Severity:
    return Severity(1 + sum(value >= step for step in steps))
