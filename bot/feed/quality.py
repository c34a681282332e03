"""How many of an exchange's frames can be read; no I/O."""

from collections import deque

from bot.clock import MINUTE_MS, SECOND_MS

WORST = 0.01
"""With more than this share of a minute's frames unreadable, an exchange is degraded."""


class Quality:
    """The frames of the last minute, in seconds; times are milliseconds of the market's clock."""

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque()
        self._read = 0
        self._bad = 0

    def frame(self, now_ms: int, bad: bool) -> None:
        """A frame came."""
        second = now_ms // SECOND_MS
        if not self._seconds or self._seconds[-1][0] != second:
            self._forget(now_ms)
            self._seconds.append([second, 0, 0])
        self._seconds[-1][1 + bad] += 1
        self._read += not bad
        self._bad += bad

    def share(self, now_ms: int) -> float:
        """The share of the last minute's frames that could not be read, 0 to 1."""
        self._forget(now_ms)
        return self._bad / (self._read + self._bad) if self._bad else 0.0

    @property
    def bad_since_ms(self) -> int:
        """When the first of them came, to the second."""
        return next((SECOND_MS * second for second, _, bad in self._seconds if bad), 0)

    def degraded(self, now_ms: int) -> bool:
        return self.share(now_ms) > WORST

    def _forget(self, now_ms: int) -> None:
        oldest = (now_ms - MINUTE_MS) // SECOND_MS
        while self._seconds and self._seconds[0][0] <= oldest:
            _, read, bad = self._seconds.popleft()
            self._read -= read
            self._bad -= bad
