"""The one reader of the inbox: events go through the engine, onto the tape and into the outbox."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.clock import SECOND_MS, Clock, Now
from bot.engine.engine import Engine
from bot.errors import StoreError
from bot.events import Event, Heard, Recalled, Tick
from bot.inbox import Inbox
from bot.landmarks import Passing, unseen
from bot.market import Gap, Liquidation
from bot.ports import Outbox
from bot.rules import Alert, RuleState
from bot.story.batch import Batch
from bot.story.untold import Story, Untold

BATCH = 500
"""Events taken at once: their alerts share one transaction."""

TICK_S = 1.0

JUMP_S = 10.0
"""Within a tick, wall clocks are corrected by less."""

JOURNAL_S = 0.2
"""What was heard waits no longer for the tape, so that a burst shares a transaction."""

MOST_WAITING = 100_000
"""So many liquidations may wait for a storage that cannot write; then the engine waits too."""

LONG = 100
"""After so many liquidations others have their turn."""

log = structlog.get_logger()


class Watch:
    """Owns the engine: nothing else may change it.

    Alerts are stored at once, together with all that was heard until then; what causes none goes
    onto the tape within ``JOURNAL_S``. While storage cannot write, alerts hold the engine up and
    events wait in the inbox, which is bounded; no alert is lost. ``stored`` is called after alerts
    were committed, ``kept`` with the market's time up to which everything heard is on disk,
    ``handled`` after each event. ``story`` hears each event as well, and dresses alerts. Whatever
    is under way when ``run`` is cancelled, ``finish`` ends.
    """

    def __init__(
        self,
        inbox: Inbox,
        engine: Engine,
        outbox: Outbox,
        real: Clock,
        stored: Callable[[], None],
        handled: Callable[[Event], None] = lambda event: None,
        kept: Callable[[int], Awaitable[None]] | None = None,
        passing: Passing = unseen,
        story: Story | None = None,
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._outbox = outbox
        self._real = real
        self._stored = stored
        self._handled = handled
        self._kept = kept
        self._passing = passing
        self._story: Story = story or Untold()
        self._taken: deque[Event] = deque()
        self._alerts: list[Alert] = []
        self._states: dict[int, RuleState] = {}
        self._heard: list[Liquidation] = []
        self._gaps: list[Gap] = []
        self._told = Batch()
        self._written_at = float("-inf")
        self._told_of_trouble = False

    async def run(self) -> None:
        while True:
            await self.handle(await self._next())

    async def finish(self) -> None:
        """Judge what still waits; for a clean stop, when nothing more comes in."""
        await self.handle(())
        while not self._inbox.empty:
            await self.handle(await self._inbox.get_many(BATCH))
        if self._heard or self._gaps:
            await self._store()

    async def handle(self, events: Sequence[Event]) -> None:
        """Judge a batch and commit what it causes before the next is looked at."""
        self._taken.extend(events)
        while self._taken:
            event = self._taken.popleft()
            consequences = self._engine.handle(event)
            self._story.hear(event)
            self._dress(consequences.alerts)
            self._states |= {state.rule: state for state in consequences.states}
            self._heard += consequences.heard
            if isinstance(event, Gap):
                self._gaps.append(event)
            elif isinstance(event, Heard | Recalled) and len(event.events) >= LONG:
                await asyncio.sleep(0)
        await self._commit()
        for event in events:
            self._handled(event)
        await self._tell_kept(events)

    def _dress(self, alerts: Sequence[Alert]) -> None:
        if alerts:
            dressed, told = self._story.dress(alerts)
            self._alerts += dressed
            self._told = self._told.with_more(told)

    async def _next(self) -> list[Event]:
        """The next batch; nothing when the tape's time has come before it."""
        if not (self._heard or self._gaps):
            return await self._inbox.get_many(BATCH)
        try:
            async with self._real.timeout(max(0.0, self._due_s)):
                return await self._inbox.get_many(BATCH)
        except TimeoutError:
            return []

    @property
    def _due_s(self) -> float:
        return self._written_at + JOURNAL_S - self._real.monotonic()

    async def _commit(self) -> None:
        if self._alerts or self._states or len(self._heard) > MOST_WAITING:
            await self._store()
        elif (self._heard or self._gaps) and self._due_s <= 0:
            await self._try()

    async def _store(self) -> None:
        while not await self._try():
            await self._real.sleep(1.0)

    async def _try(self) -> bool:
        """One transaction; False when storage could not, and everything still waits."""
        alerts, states = self._alerts, list(self._states.values())
        if alerts:
            self._passing("alerts judged")
        self._written_at = self._real.monotonic()
        try:
            await self._outbox.store(
                alerts, states, self._real.now_ms(), self._heard, self._gaps, self._told
            )
        except StoreError as error:
            if alerts or not self._told_of_trouble:
                log.error("storage is waited for", reason=str(error), alerts=len(alerts))
            self._told_of_trouble = True
            return False
        self._alerts, self._states, self._told_of_trouble = [], {}, False
        self._heard, self._gaps, self._told = [], [], Batch()
        if alerts or states:
            self._stored()
        if alerts:
            self._story.stored(alerts)
        return True

    async def _tell_kept(self, events: Sequence[Event]) -> None:
        """All that came before a tick was handled before it."""
        ticks = [event.now_ms for event in events if isinstance(event, Tick)]
        if self._kept is None or not ticks:
            return
        if not (self._heard or self._gaps) or await self._try():
            await self._kept(ticks[-1])


async def tick(
    inbox: Inbox,
    market: Now,
    real: Clock,
    jumped: Callable[[int, int], None] = lambda from_ms, to_ms: None,
) -> None:
    """Tell the engine the market's time every second: windows fall without events too.

    ``jumped`` is called before, with the market's times between which no time has passed here:
    the machine was asleep, or its clock was set; backwards, if the second is the earlier one.
    """
    was_ms, ahead_s = market.now_ms(), _ahead_s(real)
    while True:
        await real.sleep(TICK_S)
        now_ms, now_ahead_s = market.now_ms(), _ahead_s(real)
        if abs(now_ahead_s - ahead_s) > JUMP_S:
            jumped(was_ms, now_ms)
        was_ms, ahead_s = now_ms, now_ahead_s
        await inbox.put(Tick(now_ms))


def _ahead_s(real: Clock) -> float:
    """How far the wall clock is ahead of the monotonic one."""
    return real.now_ms() / SECOND_MS - real.monotonic()
