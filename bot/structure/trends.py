"""Two ratios and their trend: futures to spot volume, and open interest to the spot book."""

from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import median
from typing import Literal

from bot.clock import DAY_MS, MINUTE_MS
from bot.structure.aggregates import oi_usd
from bot.structure.facts import Fact, Measure
from bot.structure.look import Look
from bot.structure.view import Trend

MONTH = 30
QUARTER = 90
COVERED = 0.8
"""The least share of the days that must be known."""

TOLERANCE_MS = 90 * MINUTE_MS
"""Of old facts the first of each hour is kept."""

Terms = Mapping[str, tuple[float, float]]
"""Numerator and denominator by source."""


def futures_to_spot(look: Look) -> Trend | None:
    """Volume of futures over volume of spot, both of 24 hours (METRICS 4.14)."""
    return trend(look, _volumes)


def oi_to_depth(look: Look) -> Trend | None:
    """Open interest over what spot books hold within 1% below the price (METRICS 4.14)."""
    return trend(look, _depths)


def trend(look: Look, terms: Callable[[Look], Terms]) -> Trend | None:
    """The ratio of sums now and its medians; None where no source tells both terms now.

    Each of the last days is taken at the same time of day, so that the day's own rhythm is no
    trend. All three ratios are over the same sources: those of now that were there on most days.
    """
    now = terms(look)
    days = [terms(look.ago(day * DAY_MS, TOLERANCE_MS)) for day in range(1, QUARTER + 1)]
    sources = _steady(now, days) or _steady(now, days[:MONTH]) or set(now)
    ratio = _ratio(now, sources)
    if ratio is None:
        return None
    return Trend(ratio, _median(days[:MONTH], sources), _median(days, sources))


def direction(told: Trend) -> Literal["widening", "narrowing"] | None:
    """Whether now, 30 days and 90 days follow one another up or down."""
    if told.month is None or told.quarter is None:
        return None
    if told.now > told.month > told.quarter:
        return "widening"
    return "narrowing" if told.now < told.month < told.quarter else None


def _steady(now: Terms, days: Sequence[Terms]) -> set[str]:
    """The sources of now that were there on enough of these days."""
    return {source for source in now if sum(source in day for day in days) >= COVERED * len(days)}


def _median(days: Sequence[Terms], sources: Collection[str]) -> float | None:
    known = [
        ratio
        for day in days
        if all(source in day for source in sources) and (ratio := _ratio(day, sources)) is not None
    ]
    return median(known) if len(known) >= COVERED * len(days) else None


def _ratio(terms: Terms, sources: Collection[str]) -> float | None:
    above = sum(terms[source][0] for source in sources)
    below = sum(terms[source][1] for source in sources)
    return above / below if below > 0 else None


def _volumes(look: Look) -> Terms:
    return _terms(look.fresh(Measure.VOLUME), look.fresh(Measure.SPOT_VOLUME))


def _depths(look: Look) -> Terms:
    return _terms(oi_usd(look), look.fresh(Measure.SPOT_BIDS_1))


def _terms(above: Mapping[str, Fact], below: Mapping[str, Fact]) -> Terms:
    return {
        source: (fact.value, below[source].value)
        for source, fact in above.items()
        if source in below
    }
