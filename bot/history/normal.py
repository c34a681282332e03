"""What a normal window is: the median, of the same hour of the week where there is enough."""

from collections.abc import Sequence

from bot.clock import DAY_MS, HOUR_MS
from bot.history.series import Timeline, heard_ones, rolled, totals

WEEK_MS = 7 * DAY_MS
MATCHED_MS = 8 * WEEK_MS
"""From so much history on only the same hour of the week is compared (METRICS 4.8)."""


def median(values: Sequence[int]) -> int | None:
    """The middle one, or the mean of the two middle ones rounded down; ``values`` are sorted."""
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) // 2


def normal_at(line: Timeline, span_ms: int, at_ms: int) -> int | None:
    """The median of the windows that ended in the same hour (UTC) of the weeks before.

    The hour that runs is not among them. None where the timeline has fewer than 8 weeks.
    """
    if line.span_ms < MATCHED_MS:
        return None
    width = span_ms // line.step_ms
    found: list[int] = []
    hour_ms = at_ms // HOUR_MS * HOUR_MS - WEEK_MS
    while hour_ms - span_ms >= line.from_ms:
        piece = line.cut(hour_ms - span_ms + line.step_ms, hour_ms + HOUR_MS)
        windows = rolled(totals(piece), width)
        found += heard_ones(windows, piece.unheard, width)
        hour_ms -= WEEK_MS
    return median(sorted(found))
