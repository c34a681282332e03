"""Drops liquidations that an earlier frame already told, as after a reconnect."""

from collections import deque
from collections.abc import Hashable, Sequence

from bot.market import Liquidation


class Duplicates:
    """Remembers what was heard, as ``(key, n)``: the n-th event of that key within its frame.

    Two equal entries in one frame are therefore two events, and both are recognised when the frame
    is heard again. The memory holds ``limit`` identities (None: all of them) and forgets the
    oldest first. ``dropped`` counts what was refused.
    """

    def __init__(self, limit: int | None = 200_000) -> None:
        self.dropped = 0
        self._limit = limit
        self._heard: set[Hashable] = set()
        self._order: deque[Hashable] = deque()

    def fresh(self, events: Sequence[Liquidation]) -> list[Liquidation]:
        """The events of one frame that no earlier frame held, in order."""
        if len(events) == 1:  # most frames; needs no counting
            return [events[0]] if self._first(events[0].key) else []
        copies: dict[Hashable, int] = {}
        fresh = []
        for event in events:
            key = event.key
            nth = copies[key] = copies.get(key, 0) + 1
            if self._first(key if nth == 1 else (key, nth)):
                fresh.append(event)
        return fresh

    def _first(self, identity: Hashable) -> bool:
        if identity in self._heard:
            self.dropped += 1
            return False
        self._heard.add(identity)
        if self._limit is not None:
            self._order.append(identity)
            if len(self._order) > self._limit:
                self._heard.discard(self._order.popleft())
        return True
