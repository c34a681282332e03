"""When a source may be asked what: within its allowance, oldest due first; no I/O."""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from bot.structure.source import Allowance

K = TypeVar("K", bound=Hashable)

JITTER = 0.1
"""Of each interval: questions that were asked together drift apart."""

BACKOFF_JITTER = 0.5
"""Of each wait after a failure: of many that failed together, one soon finds the host well."""

LONGEST_BACKOFF_S = 600.0
LONGEST_SILENCE_S = 60.0
"""Where a host answers nothing at all, it is not the question: what is well again is soon heard."""

LONGEST_FIRST_S = 60.0
"""Also a question that is put once an hour is tried again this soon after its first failure."""

ONCE_FIRST_S = 5.0
"""What is asked once is wanted by others, such as contract sizes."""

LONGEST_HOLD_S = 3 * 86_400.0
"""Binance's longest ban; no header keeps a source away for longer."""


class Pace(msgspec.Struct, frozen=True):
    """How a question wants to be put; see ``Question``."""

    role: str
    every_s: float
    weight: int


@dataclass
class _Entry:
    pace: Pace
    rank: int
    due: float
    failures: int = 0
    failing_since: float | None = None


@dataclass
class _Host:
    """One role of a source: an address with a temper of its own."""

    held_until: float = float("-inf")
    answered_at: float = float("-inf")
    refusals: int = 0


@dataclass
class _Window:
    """What was spent in the last ``per_s`` seconds."""

    allowance: Allowance
    spent: deque[tuple[float, int]] = field(default_factory=deque)

    def wait(self, weight: int, now: float) -> float:
        """Seconds until there is room."""
        room = self.allowance.weight - sum(each for _, each in self.spent)
        for at, each in self.spent:
            if room >= weight:
                break
            room += each
            until = at + self.allowance.per_s
            if room >= weight and until > now:
                return until - now
        return 0.0

    def spend(self, weight: int, now: float) -> None:
        while self.spent and self.spent[0][0] + self.allowance.per_s <= now:
            self.spent.popleft()
        self.spent.append((now, weight))


class Schedule(Generic[K]):
    """Times are monotonic seconds; ``random`` gives numbers in [0, 1).

    A question that fails is put again after ever longer, up to 10 minutes, and the others go on.
    Where nothing of a host is answered, up to a minute, and all of it as soon as that answers
    anything. A host that refuses is left alone as a whole.
    """

    def __init__(self, allowance: Allowance, random: Callable[[], float]) -> None:
        self._window = _Window(allowance)
        self._pace_s = allowance.per_s / allowance.weight
        self._random = random
        self._entries: dict[K, _Entry] = {}
        self._done: set[K] = set()
        self._hosts: dict[str, _Host] = {}

    def follow(self, wanted: Mapping[K, Pace], now: float) -> None:
        """These and no others from now on, the most wanted first.

        New ones come one by one, at the even pace of the allowance. Raises ``ValueError`` for a
        question that is heavier than all of it.
        """
        for key in [key for key in self._entries if key not in wanted]:
            del self._entries[key]
        self._done &= wanted.keys()
        due = now
        for rank, (key, pace) in enumerate(wanted.items()):
            if pace.weight > self._window.allowance.weight:
                raise ValueError(f"{key} weighs {pace.weight}, more than the whole allowance")
            if key in self._entries:
                self._entries[key].pace, self._entries[key].rank = pace, rank
            elif key not in self._done:
                self._entries[key] = _Entry(pace, rank, due)
                due += pace.weight * self._pace_s

    def open(self) -> Collection[K]:
        """What is asked again, or was asked once and not answered yet."""
        return self._entries.keys()

    def next(self, now: float) -> tuple[K, float] | None:
        """What to put next and in how many seconds; None: there is nothing to ask."""
        if not self._entries:
            return None
        key, entry = min(self._entries.items(), key=lambda item: self._order(item[1], now))
        wait_s = max(0.0, self._ready(entry) - now)
        return key, wait_s + self._window.wait(entry.pace.weight, now + wait_s)

    def put(self, key: K, now: float) -> None:
        """It is being asked."""
        entry = self._entries[key]
        self._window.spend(entry.pace.weight, now)
        entry.due = now

    def answered(self, key: K, now: float) -> None:
        entry = self._entries[key]
        host = self._host(entry)
        for other in self._fallen_silent(entry.pace.role, host):
            other.due = min(other.due, now)
        host.answered_at, host.refusals = now, 0
        entry.failures, entry.failing_since = 0, None
        if not entry.pace.every_s:
            del self._entries[key]
            self._done.add(key)
            return
        entry.due += entry.pace.every_s * (1 - JITTER / 2 + JITTER * self._random())

    def failed(self, key: K, now: float, wait_s: float = 0.0) -> None:
        """``wait_s``: its host refused, and is to be left alone so long."""
        entry = self._entries[key]
        if entry.failing_since is None:
            entry.failing_since = now
        if wait_s > 0:
            host = self._host(entry)
            host.refusals = min(host.refusals + 1, 16)
            wait_s = max(wait_s, min(2.0**host.refusals, LONGEST_BACKOFF_S))
            self.hold(entry.pace.role, now, wait_s)
            entry.due = now
            return
        entry.failures = min(entry.failures + 1, 16)
        silent = entry.failing_since > self._host(entry).answered_at
        longest_s = LONGEST_SILENCE_S if silent else LONGEST_BACKOFF_S
        first_s = min(entry.pace.every_s, LONGEST_FIRST_S) or ONCE_FIRST_S
        wait_s = min(first_s * 2.0 ** (entry.failures - 1), longest_s)
        entry.due = now + wait_s * (1 - BACKOFF_JITTER * self._random())

    def hold(self, role: str, now: float, seconds: float) -> None:
        """Ask nothing of this host for so long, and a bit."""
        host = self._hosts.setdefault(role, _Host())
        wait_s = min(seconds, LONGEST_HOLD_S) * (1 + JITTER * self._random())
        host.held_until = max(host.held_until, now + wait_s)

    def _order(self, entry: _Entry, now: float) -> tuple[float, float, int]:
        return max(self._ready(entry), now), entry.due, entry.rank

    def _ready(self, entry: _Entry) -> float:
        return max(entry.due, self._host(entry).held_until)

    def _host(self, entry: _Entry) -> _Host:
        return self._hosts.setdefault(entry.pace.role, _Host())

    def _fallen_silent(self, role: str, host: _Host) -> Iterator[_Entry]:
        for entry in self._entries.values():
            since = entry.failing_since
            if entry.pace.role == role and since is not None and since > host.answered_at:
                yield entry
