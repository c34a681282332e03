"""Peaks: of each event its largest window, and no two that are one event."""

from collections.abc import Sequence
from heapq import heappop, heappush

from bot.clock import HOUR_MS


def apart_ms(span_ms: int) -> int:
    """Windows whose ends are closer than this belong to one event: max(span, 1 h).

    So no two peaks overlap, and what comes within an hour is not counted as another event.
    """
    return max(span_ms, HOUR_MS)


def peaks(windows: Sequence[int], apart: int, least: int = 1) -> list[int]:
    """Indices of the peaks of at least ``least``, largest first, of equal ones the earliest first.

    The largest window is a peak; so is, over and over, the largest of those that are at least
    ``apart`` steps away from every peak before it (METRICS 4.7: one a event). Each stretch between
    peaks is searched once more only when it is split, so it takes about n log n comparisons, all of
    them inside ``max``.
    """
    found: list[int] = []
    stretches: list[tuple[int, int, int, int]] = []

    def offer(first: int, last: int) -> None:
        if first >= last:
            return
        largest = max(windows[first:last])
        if largest >= least:
            heappush(stretches, (-largest, windows.index(largest, first, last), first, last))

    offer(0, len(windows))
    while stretches:
        _, peak, first, last = heappop(stretches)
        found.append(peak)
        offer(first, peak - apart + 1)
        offer(peak + apart, last)
    return found
