"""An outbox in memory with the real one's meaning: heads alone, lanes, merging, the identity."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from math import ceil
from types import MappingProxyType

from bot.clock import MINUTE_MS
from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry
from bot.errors import StoreError
from bot.market import Gap, Liquidation
from bot.ports import Accounts, Found, Notification, Waiting
from bot.rules import Alert, Destination, Payload, RuleState
from bot.story.batch import Batch

REPEATS = 2
LATE_MS = 30 * MINUTE_MS
GROUP_PATIENCE_MS = 20_000  # as in storage/claims.py: groups let private chats go first so long


@dataclass
class Row:
    """One notification; ``merged`` rows go out in its message."""

    id: int
    destination: Destination
    payload: Payload
    created_ms: int
    not_before_ms: int = 0
    attempts: int = 0
    unknowns: int = 0
    first_try_ms: int | None = None
    merged: list["Row"] = field(default_factory=list)

    def lane(self, now_ms: int) -> int:
        if now_ms - self.created_ms >= LATE_MS:
            return 2
        patient = now_ms - self.created_ms < GROUP_PATIENCE_MS
        return 1 if patient and not self.destination.direct else 0


class QueueOutbox:
    """``delivered``: (id, created, delivered) of each that went out, in milliseconds."""

    def __init__(self) -> None:
        self.queues: dict[int, deque[Row]] = {}
        self.sending: dict[int, Row] = {}
        self.settled: list[tuple[int, Outcome]] = []
        self.delivered: list[tuple[int, int, int]] = []
        self.dead = Counter[str]()
        self.full = False
        self.claims = 0
        self._created = 0
        self._sent = self._merged = 0

    def queue(self, destination: Destination, payload: Payload, now_ms: int) -> int:
        """Store one, as ``put`` does."""
        self._created += 1
        row = Row(self._created, destination, payload, now_ms)
        self.queues.setdefault(destination.chat, deque()).append(row)
        return row.id

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        self.queue(destination, payload, now_ms)

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        for alert in alerts:
            self.queue(alert.rule.destination, alert, now_ms)

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        self._refuse_when_full()
        self.claims += 1
        due = (
            line[0]
            for chat, line in self.queues.items()
            if chat not in busy
            and chat not in self.sending
            and line[0].destination.platform == platform
            and line[0].not_before_ms <= now_ms
        )
        heads = nsmallest(limit, due, key=lambda r: (r.lane(now_ms), r.created_ms, r.id))
        return [self._leased(row, now_ms) for row in heads]

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        self._refuse_when_full()
        row = self.sending.pop(notification.destination.chat)
        assert row.id == notification.id
        self.settled.append((row.id, outcome))
        match outcome:
            case Delivered():
                self._deliver(row, now_ms)
            case Retry():
                self._again(row, outcome, now_ms)
            case Gone(reason=reason):
                rest = self.queues.pop(row.destination.chat, ())
                self._bury(reason, row, *rest)
            case Refused(reason=reason):
                self._bury(reason, row)
            case Moved(to_chat=chat):
                self._back(row, now_ms)
                self.queues[chat] = self.queues.pop(row.destination.chat)
            case _:
                self._back(row, now_ms)

    async def recover(
        self, now_ms: int, harmless_ms: Mapping[str, int] = MappingProxyType({})
    ) -> Found:
        return Found()

    async def fates(self, found: Found) -> Accounts:
        return await self.accounts()

    async def accounts(self) -> Accounts:
        self._refuse_when_full()
        waiting = [row for line in self.queues.values() for row in line]
        held = sum(1 + len(row.merged) for row in [*waiting, *self.sending.values()])
        dead = self.dead.total()
        return Accounts(self._created, self._sent, self._merged, dead, held)

    async def thin(self, now_ms: int) -> None: ...

    def waiting(self) -> list[int]:
        """What is open and not being sent, by id."""
        return sorted(row.id for line in self.queues.values() for row in line)

    def _refuse_when_full(self) -> None:
        if self.full:
            raise StoreError("the disk is full")

    def _leased(self, row: Row, now_ms: int) -> Notification:
        line = self.queues[row.destination.chat]
        line.popleft()
        if isinstance(row.payload, Alert) and not row.unknowns:
            row.merged += [r for r in line if r.destination == row.destination and _alert(r)]
            line = deque(r for r in line if r.destination != row.destination or not _alert(r))
        self._keep(row.destination.chat, line)
        row.attempts += 1
        row.first_try_ms = now_ms if row.first_try_ms is None else row.first_try_ms
        self.sending[row.destination.chat] = row
        return Notification(
            row.id,
            row.destination,
            row.payload,
            row.created_ms,
            row.attempts - 1,
            row.unknowns,
            merged=tuple(
                Waiting(r.payload, r.created_ms) for r in row.merged if isinstance(r.payload, Alert)
            ),
        )

    def _deliver(self, row: Row, now_ms: int) -> None:
        self._sent += 1
        self._merged += len(row.merged)
        self.delivered += [(r.id, r.created_ms, now_ms) for r in (row, *row.merged)]

    def _again(self, row: Row, retry: Retry, now_ms: int) -> None:
        harmless = now_ms - (row.first_try_ms or 0) < retry.harmless_s * 1000
        row.unknowns += retry.unknown and not retry.platform_wide and not harmless
        if row.unknowns > REPEATS:
            self._bury("unknown", row)
        else:
            self._back(row, now_ms + ceil(retry.after_s * 1000))

    def _back(self, row: Row, not_before_ms: int) -> None:
        row.not_before_ms = not_before_ms
        self.queues.setdefault(row.destination.chat, deque()).appendleft(row)

    def _bury(self, reason: str, *rows: Row) -> None:
        self.dead[reason] += sum(1 + len(row.merged) for row in rows)

    def _keep(self, chat: int, line: deque[Row]) -> None:
        if line:
            self.queues[chat] = line
        else:
            del self.queues[chat]


def _alert(row: Row) -> bool:
    return isinstance(row.payload, Alert)
