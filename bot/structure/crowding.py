"""How crowded it is: funding and open interest now against each hour of their last 90 days."""

from collections.abc import Collection, Mapping, Sequence

from bot.clock import HOUR_MS
from bot.structure.facts import Measure
from bot.structure.look import Look

HOURS = 90 * 24
LEAST_HOURS = 30 * 24
SETTLEMENT_HOURS = 8
"""A rate of funding holds until the next one, and exchanges tell old ones only as they settled."""

Hours = Mapping[int, float]
"""A source's last value in each hour, by the number of the hour since 1970."""


def oi_percentile(look: Look) -> float | None:
    """Open interest in coins, over the sources of now that were watched for at least 30 days.

    None under 30 days of hours in which all of these told it.
    """
    now = {source: fact.value for source, fact in look.fresh(Measure.OI).items()}
    past = _watched(_hourly(look, Measure.OI, now, holds=1))
    hours = _common(past)
    if len(hours) < LEAST_HOURS:
        return None
    sums = [sum(told[hour] for told in past.values()) for hour in hours]
    return percentile(sum(now[source] for source in past), sums)


def funding_percentile(look: Look) -> float | None:
    """Funding, as ``oi_percentile``; every hour is weighted by the open interest of now.

    Open interest is not told as far back as funding, and a source's weight moves slowly.
    """
    weights = {source: fact.value for source, fact in look.fresh(Measure.OI).items()}
    rates = look.fresh(Measure.FUNDING)
    now = {source: fact.value for source, fact in rates.items() if source in weights}
    past = _watched(_hourly(look, Measure.FUNDING, now, holds=SETTLEMENT_HOURS))
    hours = _common(past)
    whole = sum(weights[source] for source in past)
    if len(hours) < LEAST_HOURS or whole <= 0:
        return None

    def mean(rates: Mapping[str, float]) -> float:
        """The same arithmetic for now and for the past: equal rates must come out equal."""
        return sum(rates[source] * weights[source] for source in past) / whole

    means = [mean({source: told[hour] for source, told in past.items()}) for hour in hours]
    return percentile(mean(now), means)


def percentile(now: float, past: Sequence[float]) -> float:
    """(smaller + half of the equal ones) / all (METRICS 4.7); ``past`` holds at least one."""
    less = sum(value < now for value in past)
    equal = sum(value == now for value in past)
    return (less + equal / 2) / len(past)


def _hourly(
    look: Look, measure: Measure, sources: Collection[str], holds: int
) -> dict[str, dict[int, float]]:
    """By source; a value stands for the hours that follow it too, ``holds`` in all, until another
    is told."""
    now_hour = look.at_ms // HOUR_MS
    first_hour = now_hour - HOURS
    from_ms, to_ms = first_hour * HOUR_MS, now_hour * HOUR_MS
    found: dict[str, dict[int, float]] = {source: {} for source in sources}
    for fact in look.shelf.facts(measure, look.coin, from_ms, to_ms):
        if fact.source in found:
            found[fact.source][fact.at_ms // HOUR_MS] = fact.value
    return {source: _held(told, holds, now_hour) for source, told in found.items()}


def _held(told: Hours, holds: int, end_hour: int) -> dict[int, float]:
    """Each hour's value, and the hours after it that hold it, before ``end_hour``."""
    if holds == 1:
        return dict(told)
    held: dict[int, float] = {}
    for hour in sorted(told):
        for later in range(hour, min(hour + holds, end_hour)):
            held[later] = told[hour]
    return held


def _watched(past: Mapping[str, Hours]) -> dict[str, Hours]:
    return {source: told for source, told in past.items() if len(told) >= LEAST_HOURS}


def _common(past: Mapping[str, Hours]) -> list[int]:
    """The hours that all of them know."""
    sets = [set(told) for told in past.values()]
    return sorted(set.intersection(*sets)) if sets else []
