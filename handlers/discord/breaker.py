"""Counts what Discord calls invalid requests, and stops before it bans the address."""

from collections import deque

from bot.clock import Clock

MOST = 500
WINDOW_S = 600.0

INVALID = (401, 403, 429)
"""At 10,000 of these in ten minutes, 429s of scope ``shared`` excepted, Cloudflare bans one.
Source: docs.discord.com, topics/rate-limits, "Invalid Request Limit"."""


class Breaker:
    """Opens at ``most`` invalid answers in ten minutes, and closes as they grow old."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._at: deque[float] = deque(maxlen=most)
        self._most = most

    def count(self, status: int, scope: str) -> None:
        """One answer."""
        if status in INVALID and scope != "shared":
            self._at.append(self._clock.monotonic())

    def wait_s(self) -> float:
        """Seconds until one more call may be made; 0 while there are few."""
        if len(self._at) < self._most:
            return 0.0
        return max(0.0, self._at[0] + WINDOW_S - self._clock.monotonic())
