"""How often an exchange may be connected to; no I/O."""

from collections import deque

from bot.exchanges.dialect import Budget

AMPLE = 20
"""Of so many connects, or more, the second half is spread over the span."""


class Connects:
    """Shared by all connections of one exchange; times are monotonic seconds.

    Half of an ample budget may be taken at once, the rest as evenly as it comes back: an outage
    that used up all of it would go on here for what is left of an hour.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._half = budget.connects // 2 if budget.connects >= AMPLE else 0
        self._times: deque[float] = deque(maxlen=budget.connects)

    def take(self, now: float) -> float:
        """Take the next place; how many seconds there are until then."""
        at, times, per_s = now, self._times, self._budget.per_s
        if len(times) == self._budget.connects:
            at = max(at, times[0] + per_s)
        if self._half and len(times) >= self._half and times[-self._half] > now - per_s:
            at = max(at, times[-1] + per_s / self._half)
        times.append(at)
        return at - now

    def give_back(self) -> None:
        """The exchange was not reached, so it cannot have counted the last one."""
        if self._times:
            self._times.pop()
