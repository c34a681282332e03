"""How fast one person may ask: a short burst, then a steady trickle, and one notice a minute."""

from collections import OrderedDict
from enum import Enum

from bot.clock import Clock

BURST = 10
"""Questions a person may ask at once."""

REFILL_S = 3.0
"""Seconds until one more question is allowed."""

NOTICE_S = 60.0
"""A refused person is told at most this often; the rest is silence."""

PEOPLE = 10_000
"""People remembered; the longest unseen is forgotten first and starts with a full burst."""


class Verdict(Enum):
    """What becomes of a question."""

    ADMITTED = "admitted"
    NOTICE = "notice"
    SILENCE = "silence"


class _Person:
    """One person's allowance at a moment of the monotonic clock."""

    __slots__ = ("allowance", "noticed", "seen")

    def __init__(self, now: float) -> None:
        self.allowance = float(BURST)
        self.seen = now
        self.noticed = now - NOTICE_S


class FloodGuard:
    """Counts the questions of each person on each platform. Real time, bounded memory."""

    def __init__(self, clock: Clock, people: int = PEOPLE) -> None:
        self._clock = clock
        self._most = people
        self._people: OrderedDict[tuple[str, int], _Person] = OrderedDict()

    def judge(self, platform: str, author: int) -> Verdict:
        """Take one question from a person's allowance, or say how to refuse it."""
        now = self._clock.monotonic()
        person = self._person((platform, author), now)
        refilled = person.allowance + (now - person.seen) / REFILL_S
        person.allowance, person.seen = min(float(BURST), refilled), now
        if person.allowance > 1 - 1e-9:
            person.allowance -= 1
            return Verdict.ADMITTED
        if now - person.noticed >= NOTICE_S:
            person.noticed = now
            return Verdict.NOTICE
        return Verdict.SILENCE

    def _person(self, key: tuple[str, int], now: float) -> _Person:
        person = self._people.pop(key, None) or _Person(now)
        self._people[key] = person
        if len(self._people) > self._most:
            self._people.popitem(last=False)
        return person
