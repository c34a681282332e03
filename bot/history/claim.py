"""What may be claimed of a rank: a record only where enough was watched, and well enough."""

import msgspec

from bot.history.known import LEAST_DAYS
from bot.history.standing import Standing

RECORD_DAYS = 60
RECORD_COVERAGE = 0.95
"""From so many days, heard so well, a record is one of the days, not only of those watched."""

TOLD_RANKS = 5
"""What is not among these is no news."""


class Claim(msgspec.Struct, frozen=True):
    """The ``rank`` of a window of ``span_ms`` in ``days`` days.

    ``record``: said of the days themselves; else only of the days watched. ``source`` "": heard
    here.
    """

    rank: int
    span_ms: int
    days: int
    record: bool
    source: str = ""


def claim(standing: Standing) -> Claim | None:
    """The first of the days watched from the seventh day on; of at least 60 days, heard to 95%,
    also the second to the fifth (METRICS 4.7). Nothing else is claimed."""
    if standing.days < LEAST_DAYS:
        return None
    record = standing.days >= RECORD_DAYS and standing.coverage >= RECORD_COVERAGE
    if standing.rank > (TOLD_RANKS if record else 1):
        return None
    return Claim(standing.rank, standing.span_ms, int(standing.days), record, standing.source)
