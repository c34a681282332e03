"""How fast the Bot API double is written to: every call that arrives, and its 429s where asked."""

import math
from collections import defaultdict, deque

import msgspec

SECOND_S, MINUTE_S = 1.0, 60.0
COUNTED = (
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "editMessageText",
    "editMessageMedia",
    "editMessageCaption",
)


class Arrival(msgspec.Struct, frozen=True):
    """One call that writes in a chat. ``at_s`` is monotonic, ``limited`` that it got a 429."""

    at_s: float
    method: str
    chat: int
    limited: bool


class Door:
    """Counts what arrives; with ``strict`` it refuses what is above Telegram's published limits.

    30 in any second, 1 a second in a chat, 20 in any minute in a group (chats below zero). What is
    refused counts for nothing.
    """

    def __init__(self) -> None:
        self.strict = False
        self.arrivals: list[Arrival] = []
        self._all: deque[float] = deque(maxlen=30)
        self._chats: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=20))

    def enter(self, method: str, chat: int, now_s: float) -> int:
        """Seconds to wait first; 0 for a call that may pass."""
        wait_s = math.ceil(max(0.0, self._free_at(chat) - now_s)) if self.strict else 0
        self.arrivals.append(Arrival(now_s, method, chat, wait_s > 0))
        if not wait_s:
            self._all.append(now_s)
            self._chats[chat] = now_s
            if chat < 0:
                self._groups[chat].append(now_s)
        return wait_s

    def most_in(self, span_s: float, chat: int | None = None) -> int:
        """The most calls, let in or not, that any span of this length saw."""
        times = [one.at_s for one in self.arrivals if chat in (None, one.chat)]
        within: deque[float] = deque()
        most = 0
        for at_s in times:
            within.append(at_s)
            while at_s - within[0] >= span_s:
                within.popleft()
            most = max(most, len(within))
        return most

    def _free_at(self, chat: int) -> float:
        group = self._groups[chat] if chat < 0 else deque[float](maxlen=20)
        return max(
            self._all[0] + SECOND_S if len(self._all) == self._all.maxlen else 0.0,
            self._chats[chat] + SECOND_S if chat in self._chats else 0.0,
            group[0] + MINUTE_S if len(group) == group.maxlen else 0.0,
        )
