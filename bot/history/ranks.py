"""Where a figure stands among others: its rank, its percentile, and the figure of a percentile."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import ceil


def rank(total: int, others: Iterable[int]) -> int:
    """1 + how many others are as large or larger (METRICS 4.7): a tie is no record."""
    return 1 + sum(other >= total for other in others)


def percentile(total: int, ordered: Sequence[int], without: Iterable[int] = ()) -> float | None:
    """(less + equal / 2) / number of ``ordered`` less those ``without``; None where none is left.

    ``ordered`` is sorted and holds ``without``, which need no order.
    """
    left, right = bisect_left(ordered, total), bisect_right(ordered, total)
    less, equal, number = left, right - left, len(ordered)
    for other in without:
        less -= other < total
        equal -= other == total
        number -= 1
    return (less + equal / 2) / number if number > 0 else None


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest figure that at least ``share`` (0 to 1) of all do not exceed; None of none."""
    if not ordered:
        return None
    index = ceil(share * len(ordered)) - 1
    return ordered[min(max(index, 0), len(ordered) - 1)]
