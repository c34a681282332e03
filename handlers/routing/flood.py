"""How much may be asked, by a person and in a group, and how seldom a refusal is said."""

from collections import OrderedDict
from enum import Enum
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.ports import Mark

BURST = 10
"""Questions a person may ask at once."""

REFILL_S = 3.0
"""Seconds until a person may ask one more."""

LONGEST_DEBT_S = BURST * REFILL_S + 1e-9
"""How far in the future a person's burst may be whole again; the rest is rounding."""

GROUP_MOST = 20
"""Questions answered in one group within any minute: so many messages Telegram takes there."""

ONE_OF_GROUP = GROUP_MOST // 2
"""Of these, what one person may use up; the rest is left to the others."""

MINUTE_S = 60.0

REMEMBERED = 10_000
"""People, and as many groups; the longest unseen is forgotten first and begins anew."""

V = TypeVar("V")

Who = tuple[str, int]
"""A platform and an id there, or the source and the number of a question."""

Asked = tuple[tuple[float, int], ...]
"""When a group's questions were asked, the oldest first, and by whom."""


class Verdict(Enum):
    """What becomes of a question."""

    ADMITTED = "admitted"
    NOTICE = "notice"
    SILENCE = "silence"


class Recent(Generic[V]):
    """The ``most`` latest seen of many, and what is known of each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Who, V] = OrderedDict()

    def __contains__(self, who: Who) -> bool:
        return who in self._known

    def get(self, who: Who) -> V | None:
        return self._known.get(who)

    def put(self, who: Who, value: V) -> None:
        self._known[who] = value
        self._known.move_to_end(who)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)


class Notices:
    """Whether somebody may be told something now: once a minute each."""

    def __init__(self, clock: Clock, most: int = REMEMBERED) -> None:
        self._clock = clock
        self._told: Recent[float] = Recent(most)

    def due(self, *everyone: Who) -> bool:
        """True when none of them was told within the last minute; now they are."""
        now = self._clock.monotonic()
        told = [self._told.get(one) for one in everyone]
        if any(at is not None and now - at < MINUTE_S for at in told):
            return False
        for one in everyone:
            self._told.put(one, now)
        return True


class FloodGuard:
    """Counts questions by who asks and where. Real time, bounded memory."""

    def __init__(self, clock: Clock, most: int = REMEMBERED) -> None:
        self._clock = clock
        self._people: Recent[float] = Recent(most)
        """When each would have his whole burst again."""
        self._groups: Recent[Asked] = Recent(most)
        self._notices = Notices(clock, 2 * most)
        self._admitted: Recent[None] = Recent(most)
        """Marks of questions that were counted."""

    def judge(self, platform: str, author: int, place: int, mark: Mark | None = None) -> Verdict:
        """Take one question from the person's and the group's allowance, or say how to refuse it.

        ``author`` 0 is nobody: only the place counts. ``place`` 0 is a private chat: only the
        person does. What is refused takes nothing from either, and a notice in a group is one for
        its person and for the group. A question that comes again under its ``mark``, because
        answering it failed, is not counted twice.
        """
        if mark is not None and (mark.source, mark.number) in self._admitted:
            return Verdict.ADMITTED
        now = self._clock.monotonic()
        person, group = (platform, author), (platform, place)
        whole_at = max(now, self._people.get(person) or now) + REFILL_S
        lately = self._lately(group, now)
        if (author and whole_at - now > LONGEST_DEBT_S) or (place and _crowded(lately, author)):
            told = self._notices.due(*(one for one in (person, group) if one[1]))
            return Verdict.NOTICE if told else Verdict.SILENCE
        if author:
            self._people.put(person, whole_at)
        if place:
            self._groups.put(group, (*lately, (now, author)))
        if mark is not None:
            self._admitted.put((mark.source, mark.number), None)
        return Verdict.ADMITTED

    def _lately(self, group: Who, now: float) -> Asked:
        """The group's questions of the last minute."""
        return tuple(one for one in self._groups.get(group) or () if now - one[0] < MINUTE_S)


def _crowded(lately: Asked, author: int) -> bool:
    if len(lately) >= GROUP_MOST:
        return True
    return bool(author) and sum(one == author for _, one in lately) >= ONE_OF_GROUP
