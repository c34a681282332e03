"""The Discord double's limits: so many calls in a span, of a channel and of the whole bot."""

import time
from collections import defaultdict, deque
from typing import NamedTuple

from aiohttp import web

from tests.doubles.discord_answers import Fault, bucket_headers, faulty

BURST, WINDOW_S = 5, 5.0


class Arrival(NamedTuple):
    """A call that reached the double; ``at`` in monotonic seconds, ``path`` with its method."""

    at: float
    path: str
    status: int


class Bucket:
    """Calls within the last ``span_s``; one too many is refused and does not count."""

    def __init__(self, most: int, span_s: float) -> None:
        self.most = most
        self._span_s = span_s
        self._at: deque[float] = deque()

    def take(self) -> bool:
        now = time.monotonic()
        while self._at and self._at[0] <= now - self._span_s:
            self._at.popleft()
        if len(self._at) >= self.most:
            return False
        self._at.append(now)
        return True

    @property
    def reset_s(self) -> float:
        """Until the first of these calls is forgotten."""
        return self._at[0] + self._span_s - time.monotonic()

    def headers(self) -> dict[str, str]:
        return bucket_headers(self.most, self.most - len(self._at), self.reset_s)


class Limiter:
    """``per_second`` of all calls but interactions', 0: no limit; each channel's messages apart."""

    def __init__(self, per_second: int, burst: int = BURST, window_s: float = WINDOW_S) -> None:
        self._all = Bucket(per_second, 1.0) if per_second else None
        self._channels: dict[tuple[str, int], Bucket] = defaultdict(lambda: Bucket(burst, window_s))

    def everywhere(self) -> web.Response | None:
        """The refusal of one call too many."""
        if self._all is None or self._all.take():
            return None
        return faulty(Fault(429, retry_after=self._all.reset_s, scope="global"))

    def channel(self, method: str, channel: int) -> web.Response | dict[str, str]:
        """The refusal, or the headers of the answer."""
        bucket = self._channels[method, channel]
        if bucket.take():
            return bucket.headers()
        return faulty(Fault(429, retry_after=bucket.reset_s))
