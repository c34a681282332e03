"""How fast one platform may be written to: a state machine without I/O, on monotonic seconds."""

from collections import deque
from collections.abc import Iterator

import msgspec

from bot.rules import Destination


class Limits(msgspec.Struct, frozen=True):
    """Calls allowed: overall in any second, gap between two to one chat, to a group in a minute.

    0 stands for no limit.
    """

    per_second: int = 0
    chat_gap_s: float = 0.0
    group_per_minute: int = 0


class Pace:
    """Decides which chats must rest, and for how long."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._recent: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._rest_until: dict[int, float] = {}
        self._all_until = 0.0

    def allowance(self, now: float) -> int | None:
        """How many calls may start at once now; None: any number."""
        if now < self._all_until:
            return 0
        if not self._limits.per_second:
            return None
        _forget(self._recent, now - 1.0)
        return max(0, self._limits.per_second - len(self._recent))

    def resting(self, now: float) -> set[int]:
        """Chats that must not be written to now."""
        for chat in [c for c, until in self._rest_until.items() if until <= now]:
            del self._rest_until[chat]
        return set(self._rest_until)

    def started(self, destination: Destination, now: float) -> None:
        """A call begins: count it."""
        if self._limits.per_second:
            self._recent.append(now)
        self._rest(destination.chat, now + self._limits.chat_gap_s)
        if self._limits.group_per_minute and not destination.direct:
            self._count_group(destination.chat, now)

    def pause(self, destination: Destination, until: float) -> None:
        """One chat asked for patience; nobody else waits."""
        self._rest(destination.chat, until)

    def pause_all(self, until: float) -> None:
        """The platform itself cannot be used until then."""
        self._all_until = max(self._all_until, until)

    def next_change(self, now: float) -> float:
        """Seconds until someone who rests now may be written to; at most one."""
        return max(0.01, min([1.0, *(at - now for at in self._ends(now))]))

    def _ends(self, now: float) -> Iterator[float]:
        yield from (until for until in self._rest_until.values() if until > now)
        if self._all_until > now:
            yield self._all_until
        if self._limits.per_second and len(self._recent) >= self._limits.per_second:
            yield self._recent[0] + 1.0

    def _count_group(self, chat: int, now: float) -> None:
        sent = self._groups.setdefault(chat, deque())
        sent.append(now)
        _forget(sent, now - 60.0)
        if len(sent) >= self._limits.group_per_minute:
            self._rest(chat, sent[0] + 60.0)
        for idle in [c for c, times in self._groups.items() if times[-1] <= now - 60.0]:
            del self._groups[idle]

    def _rest(self, chat: int, until: float) -> None:
        self._rest_until[chat] = max(self._rest_until.get(chat, 0.0), until)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
