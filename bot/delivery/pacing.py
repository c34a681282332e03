"""How fast one platform may be written to: a state machine without I/O, on monotonic seconds."""

import math
from collections import deque
from collections.abc import Iterator
from enum import Enum

import msgspec

from bot.delivery.rate import Rate
from bot.rules import Destination

JITTER_S = 0.015
"""A platform counts what arrives. Two calls' ways there may differ by so much, so every span is
kept so much longer than it counts."""

SECOND_S = 1.0 + JITTER_S
MINUTE_S = 60.0 + JITTER_S

EVENLY = 1.5
"""A second's calls are spread over two thirds of it. When all begin at once, the first wait for
their connections and arrive together with those of the next second."""

ANSWERS_SHARE = 0.8
"""Of a second, at most, for answers while alerts wait."""


class Lane(Enum):
    """Who calls: an answer to a person, or an alert. Answers go first."""

    ANSWER = "answer"
    ALERT = "alert"


class Limits(msgspec.Struct, frozen=True):
    """What a platform bears. 0 stands for no limit; edits count like messages.

    Calls in any second overall; seconds between two to one chat; calls in any minute to a group,
    and how many of these answers leave to alerts, and alerts to answers; calls under way at once,
    which is also the most that a crash can send twice.
    """

    per_second: int = 0
    chat_gap_s: float = 0.0
    group_per_minute: int = 0
    group_kept: int = 0
    slots: int = 8


class Window:
    """At most ``most`` starts in any ``span_s``; less when the asker says so.

    What is held may start at any moment and takes a place until it has.
    """

    def __init__(self, most: int, span_s: float) -> None:
        self._starts: deque[float] = deque(maxlen=most)
        self._span_s = span_s
        self.held = 0

    def hold(self) -> None:
        self.held += 1

    def note(self, now: float) -> None:
        """One of those held starts."""
        self.held -= 1
        self._starts.append(now)

    def opens(self, most: int) -> float:
        """When one more may start, where at most ``most`` (1 or more) are allowed."""
        left = most - self.held
        if left <= 0:
            return math.inf
        return self._starts[-left] + self._span_s if len(self._starts) >= left else 0.0

    def free(self, most: int, now: float) -> int:
        """How many may start at once."""
        counting = sum(start + self._span_s > now for start in self._starts)
        return max(0, most - self.held - counting)

    def ends(self) -> Iterator[float]:
        """When each start ceases to count, the earliest first."""
        return (start + self._span_s for start in self._starts)


class Group:
    """The minute of one group."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.group_per_minute
        self._share = max(1, limits.group_per_minute - limits.group_kept)
        self._all = Window(self._most, MINUTE_S)
        self._lanes = {lane: Window(self._share, MINUTE_S) for lane in Lane}
        self._idle_from = 0.0

    def hold(self, lane: Lane) -> None:
        self._all.hold()
        self._lanes[lane].hold()

    def note(self, lane: Lane, now: float) -> None:
        self._all.note(now)
        self._lanes[lane].note(now)
        self._idle_from = now + MINUTE_S

    def idle(self, now: float) -> bool:
        """Whether nothing of it counts any more."""
        return not self._all.held and self._idle_from <= now

    def opens(self, lane: Lane) -> float:
        return max(self._all.opens(self._most), self._lanes[lane].opens(self._share))


class Pace:
    """Decides who may call when. What it remembers of a chat ends with the chat's rest."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rate = Rate(limits.per_second)
        self._overall = Window(limits.per_second, SECOND_S)
        self._answers = Window(limits.per_second, SECOND_S)
        self._groups: dict[int, Group] = {}
        self._rest_until: dict[int, float] = {}
        self._all_until = 0.0
        self._next_from = 0.0
        self._swept_at = 0.0

    def opens(self, now: float) -> float:
        """When the next call may start, as far as all chats together go."""
        rate = self._rate.at(now)
        overall = self._overall.opens(rate) if rate else 0.0
        return max(self._all_until, self._next_from, overall)

    def answers_open(self, now: float) -> float:
        """The same for an answer that leaves alerts their share."""
        rate = self._rate.at(now)
        return self._answers.opens(_share(rate)) if rate else 0.0

    def ready(self, destination: Destination, lane: Lane) -> float:
        """When this chat may be written to."""
        group = self._groups.get(destination.chat)
        rest = self._rest_until.get(destination.chat, 0.0)
        return max(rest, group.opens(lane)) if group is not None else rest

    def free(self, now: float, answers: int = 0) -> int | None:
        """How many alerts may start at once while so many answers want to; None: any number."""
        rate = self._rate.at(now)
        if self.opens(now) > now:
            return 0
        if not rate:
            return None
        first = min(answers, self._answers.free(_share(rate), now))
        return max(0, self._overall.free(rate, now) - first)

    def resting(self, now: float) -> set[int]:
        """Chats that no alert may go to now."""
        chats = {chat for chat, until in self._rest_until.items() if until > now}
        return chats | {c for c, group in self._groups.items() if group.opens(Lane.ALERT) > now}

    def granted(self, destination: Destination, lane: Lane, now: float) -> None:
        """A call may be made from now on; it takes its place until ``written`` says when it was."""
        for window in self._windows(lane):
            window.hold()
        if rate := self._rate.at(now):
            self._next_from = now + SECOND_S / rate / EVENLY
        if self._limits.group_per_minute and not destination.direct:
            self._groups.setdefault(destination.chat, Group(self._limits)).hold(lane)
        self._rest(destination.chat, now)
        self._sweep(now)

    def written(self, destination: Destination, lane: Lane, now: float) -> None:
        """A call that was granted is on its way: every span begins now."""
        for window in self._windows(lane):
            window.note(now)
        if self._limits.group_per_minute and not destination.direct:
            self._groups[destination.chat].note(lane, now)
        self._rest(destination.chat, now)

    def limited(self, chat: int, until: float, now: float) -> None:
        """A chat asked for patience (429): it rests; when a second one does, all slow down."""
        self._rate.limited(chat, now)
        self.pause(chat, until)

    def pause(self, chat: int, until: float) -> None:
        """One chat rests; nobody else waits."""
        self._rest_until[chat] = max(self._rest_until.get(chat, 0.0), until)

    def pause_all(self, until: float) -> None:
        """Nobody may be written to before that."""
        self._all_until = max(self._all_until, until)

    def next_change(self, now: float) -> float:
        """Seconds until more may be written than now; at most one."""
        return max(0.0, min([1.0, *(at - now for at in self._ends() if at > now)]))

    def _ends(self) -> Iterator[float]:
        yield from self._rest_until.values()
        yield from (group.opens(Lane.ALERT) for group in self._groups.values())
        yield from (self._all_until, self._next_from)
        yield from self._overall.ends()

    def _windows(self, lane: Lane) -> Iterator[Window]:
        yield self._overall
        if lane is Lane.ANSWER:
            yield self._answers

    def _rest(self, chat: int, now: float) -> None:
        if self._limits.chat_gap_s:
            self.pause(chat, now + self._limits.chat_gap_s + JITTER_S)

    def _sweep(self, now: float) -> None:
        """Once a second, forget who has rested."""
        if now - self._swept_at < SECOND_S:
            return
        self._swept_at = now
        self._rest_until = {c: until for c, until in self._rest_until.items() if until > now}
        self._groups = {c: group for c, group in self._groups.items() if not group.idle(now)}


def _share(rate: int) -> int:
    return max(1, int(rate * ANSWERS_SHARE))
