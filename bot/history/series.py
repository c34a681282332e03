"""Sparse sums laid out step by step, and the windows that roll over them."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress
from operator import add, sub

import msgspec

from bot.ports.record import Series

HEARD_PERCENT = 95
"""A window that was heard to less than this tells no normal and no percentile: what was not heard
is not zero. It still is a floor, so it can be a peak."""


class Timeline(msgspec.Struct, frozen=True):
    """Every step of [from, until), in ``market.USD``; ``unheard`` is 1 where a step was not heard.

    Step ``i`` is [from + i * step, from + (i + 1) * step).
    """

    step_ms: int
    from_ms: int
    longs: Sequence[int]
    shorts: Sequence[int]
    unheard: bytes

    @property
    def until_ms(self) -> int:
        return self.from_ms + len(self.longs) * self.step_ms

    @property
    def span_ms(self) -> int:
        return self.until_ms - self.from_ms

    def ends_ms(self, width: int, index: int) -> int:
        """When the window ends that ``rolled`` puts at ``index``."""
        return self.from_ms + (index + width) * self.step_ms

    def cut(self, from_ms: int, until_ms: int) -> "Timeline":
        """The whole steps of it that lie in [from, until)."""
        first = max(0, -(-(from_ms - self.from_ms) // self.step_ms))
        last = max(first, (until_ms - self.from_ms) // self.step_ms)
        return Timeline(
            self.step_ms,
            self.from_ms + first * self.step_ms,
            self.longs[first:last],
            self.shorts[first:last],
            self.unheard[first:last],
        )


def laid_out(series: Series, from_ms: int, until_ms: int, unheard: bytes = b"") -> Timeline:
    """The series over [from, until), zero where it says nothing; ``from_ms`` begins a step."""
    steps = max(0, (until_ms - from_ms) // series.span_ms)
    longs, shorts = [0] * steps, [0] * steps
    for start_ms, long, short in zip(series.starts, series.longs, series.shorts, strict=True):
        index = (start_ms - from_ms) // series.span_ms
        if 0 <= index < steps:
            longs[index] += long
            shorts[index] += short
    quiet = unheard or bytes(steps)
    return Timeline(series.span_ms, from_ms, packed(longs), packed(shorts), quiet)


def totals(line: Timeline) -> list[int]:
    """Longs and shorts together, step by step."""
    return list(map(add, line.longs, line.shorts))


def rolled(values: Iterable[int], width: int) -> list[int]:
    """The sums of every ``width`` neighbours, in order; empty where there are fewer."""
    sums = list(accumulate(values, initial=0))
    return list(map(sub, sums[width:], sums))


def heard_ones(windows: Sequence[int], unheard: bytes, width: int) -> list[int]:
    """Of the windows of ``rolled``, those that were heard."""
    if 1 not in unheard:
        return list(windows)
    most = width * (100 - HEARD_PERCENT) // 100
    return list(compress(windows, map(most.__ge__, rolled(unheard, width))))


def packed(values: Sequence[int]) -> Sequence[int]:
    """The same in 8 bytes each, where they fit (up to 92 billion dollars)."""
    try:
        return array("q", values)
    except OverflowError:
        return values
