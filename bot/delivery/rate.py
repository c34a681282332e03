"""How many calls a second a platform bears just now: additive increase, multiplicative decrease."""

MINUTE_S = 60.0

TOGETHER_S = 1.0
"""Two chats that are limited within this are no chats' own trouble: all write too fast."""


class Rate:
    """Halved when two chats are limited together, one more after each minute without a 429.

    As TCP does against congestion. ``most`` 0 stands for no limit and stays so.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._base = most
        self._clean_since = 0.0
        self._last: tuple[int, float] | None = None
        self._halved_at: float | None = None

    def at(self, now: float) -> int:
        """Calls allowed in a second."""
        return min(self._most, self._base + int((now - self._clean_since) // MINUTE_S))

    def limited(self, chat: int, now: float) -> None:
        """The platform answered 429 to a call to this chat."""
        self._base, self._clean_since = self.at(now), now
        if self._halved_at is not None and now - self._halved_at <= TOGETHER_S:
            return  # it was under way when the rate was halved
        other, at = self._last or (chat, now)
        self._last = (chat, now)
        if other != chat and now - at <= TOGETHER_S and self._most:
            self._base, self._halved_at, self._last = max(1, self._base // 2), now, None
