"""Funding that was settled, as a rate per hour."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.clock import HOUR_MS

LONGEST_HOURS = 8
"""Of no perpetual is funding settled more rarely; a longer gap is a row that is missing."""


def per_hour(settled: Iterable[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """Times and rates as they were settled -> times and rates per hour, oldest first.

    A rate is for the hours since the settlement before it; of the first one these are as many as
    until the next. One alone tells nothing: a contract's interval changes, and history does not
    say it.
    """
    rows = sorted(set(settled))
    gaps = [
        min(max(round((later - earlier) / HOUR_MS), 1), LONGEST_HOURS)
        for (earlier, _), (later, _) in pairwise(rows)
    ]
    for (at_ms, rate), hours in zip(rows, gaps[:1] + gaps, strict=False):
        yield at_ms, rate / hours
