"""How often an exchange may be connected to; no I/O."""

from collections import deque

from bot.exchanges.dialect import Budget


class Connects:
    """Shared by all connections of one exchange; times are monotonic seconds."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._times: deque[float] = deque(maxlen=budget.connects)

    def take(self, now: float) -> float:
        """Take the next place; how many seconds there are until then."""
        at = now
        if len(self._times) == self._budget.connects:
            at = max(now, self._times[0] + self._budget.per_s)
        self._times.append(at)
        return at - now
