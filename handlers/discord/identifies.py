"""Counts the gateway's IDENTIFYs: beyond 1,000 a day Discord resets the token."""

from collections import deque

DAY_S = 86_400.0
MOST = 900


class IdentifyBudgetSpentError(Exception):
    """``wait_s`` from now there is room for one more."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("too many connections to Discord today")
        self.wait_s = wait_s


class Identifies:
    """Those of the last 24 h in this process; leaves a tenth for restarts of the process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._at: deque[float] = deque()

    def spend(self, now_s: float) -> None:
        """One more. Raises ``IdentifyBudgetSpentError``."""
        while self._at and self._at[0] <= now_s - DAY_S:
            self._at.popleft()
        if len(self._at) >= self._most:
            raise IdentifyBudgetSpentError(self._at[0] + DAY_S - now_s)
        self._at.append(now_s)
