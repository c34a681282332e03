"""Drops liquidations that an earlier frame already told, as after a reconnect."""

from collections import deque
from collections.abc import Hashable, Sequence

from bot.market import Liquidation


class Duplicates:
    """Remembers what was heard, as ``(key, n)``: the n-th event of that key within its frame.

    Two equal entries in one frame are therefore two events, and both are recognised when the frame
    is heard again. The memory holds ``limit`` identities (None: all of them) and forgets the
    oldest first. ``dropped`` counts what was refused.

    Only the 64-bit hash of an identity is kept: a quarter of the memory, and nothing for the
    garbage collector to walk over. By chance a new event has one of 200,000 hashes once in 10^13
    times.
    """

    def __init__(self, limit: int | None = 200_000) -> None:
        self.dropped = 0
        self._limit = limit
        self._heard: set[int] = set()
        self._order: deque[int] = deque()

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

    def knows(self, event: Liquidation) -> bool:
        """Whether an earlier frame held it; without remembering it."""
        return hash(event.key) in self._heard

    def _first(self, identity: Hashable) -> bool:
        known = hash(identity)
        if known in self._heard:
            self.dropped += 1
            return False
        self._heard.add(known)
        if self._limit is not None:
            self._order.append(known)
            if len(self._order) > self._limit:
                self._heard.discard(self._order.popleft())
        return True
