"""A baseline: everything that one scope's figures are compared with, worked out once."""

from collections.abc import Mapping, Sequence

import msgspec

from bot.clock import DAY_MS
from bot.history.known import LEAST_DAYS
from bot.history.normal import MATCHED_MS, median, normal_at
from bot.history.peaks import apart_ms, peaks
from bot.history.ranks import percentile, quantile, rank
from bot.history.series import Timeline, heard_ones, packed, rolled, totals
from bot.history.standing import Peak, Standing
from bot.rules import WINDOWS

BUSY = 5
"""So many times a normal window is an event, and the floor below which a share says nothing."""


class Windows(msgspec.Struct, frozen=True):
    """All windows of one span: ``ordered`` are the totals of those that were heard, sorted.

    ``peaks`` are the events' largest, largest first; all amounts in ``market.USD``.
    """

    ordered: Sequence[int]
    peaks: tuple[Peak, ...]
    middle: int | None


class Baseline(msgspec.Struct, frozen=True):
    """What was heard of a scope over the same exchanges, or imported from one source.

    ``windows`` by span; a span of an imported series that is no multiple of its step is left out.
    """

    timeline: Timeline
    coverage: float
    exchanges: tuple[str, ...]
    windows: Mapping[int, Windows]
    source: str = ""

    @property
    def days(self) -> float:
        return self.timeline.span_ms / DAY_MS

    @property
    def grown(self) -> bool:
        """Whether it is long enough for anything to be called normal, common or large."""
        return self.days >= LEAST_DAYS


def baseline_of(
    line: Timeline, coverage: float, exchanges: tuple[str, ...] = (), source: str = ""
) -> Baseline:
    """Sorts and searches: about a fifth of a second for 90 days of minutes, so off the loop."""
    sums = totals(line)
    spans = [span for span in WINDOWS.values() if not span % line.step_ms]
    windows = {span: _windows(line, sums, span) for span in spans if span <= line.span_ms}
    return Baseline(line, coverage, exchanges, windows, source)


def standing(baseline: Baseline, span_ms: int, total: int, at_ms: int) -> Standing | None:
    """Where a total stands that was reached in the window that ends at ``at_ms``.

    Ranked against the peaks of other events (those at least ``apart_ms`` away), by percentile
    against all windows that do not overlap it. None where no window of that span was heard.
    """
    windows = baseline.windows.get(span_ms)
    if windows is None:
        return None
    line = baseline.timeline
    share = percentile(total, windows.ordered, _overlapping(line, span_ms, at_ms))
    if share is None:
        return None
    apart = apart_ms(span_ms)
    others = [peak for peak in windows.peaks if abs(peak.at_ms - at_ms) >= apart]
    return Standing(
        span_ms,
        total,
        rank(total, (peak.total for peak in others)),
        len(others) + 1,
        baseline.days,
        baseline.coverage,
        line.from_ms,
        share,
        normal(baseline, span_ms, at_ms) or None,
        others[0] if others else None,
        baseline.exchanges,
        baseline.source,
    )


def normal(baseline: Baseline, span_ms: int, at_ms: int) -> int | None:
    """The median window, of the same hour of the week with 8 weeks; None before the 7th day.

    It may be zero: most five minutes of a small coin are empty.
    """
    windows = baseline.windows.get(span_ms)
    if windows is None or not baseline.grown:
        return None
    if baseline.timeline.span_ms < MATCHED_MS:
        return windows.middle
    matched = normal_at(baseline.timeline, span_ms, at_ms)
    return windows.middle if matched is None else matched


def at_share(baseline: Baseline, span_ms: int, share: float) -> int | None:
    """The total that a share (0 to 1) of all windows did not exceed."""
    windows = baseline.windows.get(span_ms)
    return quantile(windows.ordered, share) if windows and baseline.grown else None


def _windows(line: Timeline, sums: list[int], span_ms: int) -> Windows:
    width = span_ms // line.step_ms
    every = rolled(sums, width)
    ordered = heard_ones(every, line.unheard, width)
    ordered.sort()
    middle = median(ordered)
    least = max(1, BUSY * (middle or 0))
    found = peaks(every, max(1, apart_ms(span_ms) // line.step_ms), least)
    return Windows(
        packed(ordered), tuple(_peak(line, every, width, index) for index in found), middle
    )


def _peak(line: Timeline, every: Sequence[int], width: int, index: int) -> Peak:
    long = sum(line.longs[index : index + width])
    return Peak(every[index], long, every[index] - long, line.ends_ms(width, index))


def _overlapping(line: Timeline, span_ms: int, at_ms: int) -> list[int]:
    """The heard windows that share time with the one that ends at ``at_ms``."""
    width = span_ms // line.step_ms
    piece = line.cut(at_ms - 2 * span_ms + 1, at_ms + span_ms - 1)
    return heard_ones(rolled(totals(piece), width), piece.unheard, width)
