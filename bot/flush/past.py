"""What a minute usually brings: the median of seven days and how far minutes stray from it."""

from array import array
from bisect import bisect_left, insort

from bot.clock import DAY_MS, MINUTE_MS

DAYS = 7
WHOLE = DAYS * DAY_MS // MINUTE_MS
"""Minutes that a baseline is made of (METRICS 4.6)."""

SPARED = 60
"""The last minutes are left out, so that an event is not measured against itself."""


MANY = 100
"""New minutes that are sorted at once, as after a start."""

LARGEST = (1 << 63) - 1
"""What a column holds; a median is not moved by cutting what is larger."""


class Past:
    """The sums of a scope's minutes, both sides together; minutes with nothing are not held.

    Columns of whole numbers, 24 bytes a minute.
    """

    def __init__(self) -> None:
        self._minutes = array("q")
        self._amounts = array("q")
        self._sorted = array("q")
        self._counted = 0
        """How many of ``_minutes`` are in ``_sorted``: the oldest."""

    def __len__(self) -> int:
        return len(self._minutes)

    @property
    def latest(self) -> int:
        """The last minute that had something."""
        return self._minutes[-1] if self._minutes else -1

    def add(self, minute: int, amount: int) -> None:
        """More of a minute, in any order; what is too old is forgotten when next asked."""
        if amount <= 0:
            return
        place = bisect_left(self._minutes, minute)
        if place == len(self._minutes) or self._minutes[place] != minute:
            self._minutes.insert(place, minute)
            self._amounts.insert(place, 0)
            counted = place < self._counted
            self._counted += counted
        else:
            counted = place < self._counted
            if counted:
                self._remove(self._amounts[place])
        self._amounts[place] = min(self._amounts[place] + amount, LARGEST)
        if counted:
            insort(self._sorted, self._amounts[place])

    def usual(self, now: int, since: int) -> tuple[int, int]:
        """Median and median absolute deviation of a minute's sum, halves rounded down.

        Of the minutes [max(now - 7 d, since), now - 60), those with nothing counted as zero.
        """
        last, first = now - SPARED, max(now - WHOLE, since)
        many = last - first
        if many <= 0:
            return 0, 0
        self._settle(first, last)
        middle = (self._at((many - 1) // 2, many) + self._at(many // 2, many)) // 2
        near = self._deviation((many - 1) // 2, many, middle)
        far = self._deviation(many // 2, many, middle)
        return middle, (near + far) // 2

    def _settle(self, first: int, last: int) -> None:
        reached = bisect_left(self._minutes, last)
        fresh = self._amounts[self._counted : reached]
        if len(fresh) > MANY:
            self._sorted = array("q", sorted(self._sorted + fresh))
        else:
            for amount in fresh:
                insort(self._sorted, amount)
        self._counted = max(self._counted, reached)
        gone = bisect_left(self._minutes, first)
        for amount in self._amounts[:gone]:
            self._remove(amount)
        del self._minutes[:gone], self._amounts[:gone]
        self._counted -= gone

    def _remove(self, amount: int) -> None:
        del self._sorted[bisect_left(self._sorted, amount)]

    def _at(self, rank: int, many: int) -> int:
        """The sum of that rank among all ``many`` minutes, the smallest first."""
        place = rank - (many - len(self._sorted))
        return self._sorted[place] if place >= 0 else 0

    def _deviation(self, rank: int, many: int, middle: int) -> int:
        """The distance from ``middle`` of that rank, the nearest first.

        The nearest ``rank + 1`` minutes are neighbours in order: found is where they begin.
        """
        first, last = 0, many - rank - 1
        while first < last:
            place = (first + last) // 2
            if middle - self._at(place, many) > self._at(place + rank + 1, many) - middle:
                first = place + 1
            else:
                last = place
        return max(middle - self._at(first, many), self._at(first + rank, many) - middle)
