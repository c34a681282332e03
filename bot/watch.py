"""The one reader of the inbox: events go through the engine, their alerts into the outbox."""

from collections.abc import Callable, Sequence

import structlog

from bot.clock import Clock, Now
from bot.engine.engine import Engine
from bot.errors import StoreError
from bot.events import Event, Tick
from bot.inbox import Inbox
from bot.ports import Outbox
from bot.rules import Alert, RuleState

BATCH = 500
"""Events taken at once: their alerts share one transaction."""

TICK_S = 1.0

log = structlog.get_logger()


class Watch:
    """Owns the engine: nothing else may change it.

    While storage cannot write, events wait in the inbox, which is bounded; no alert is lost.
    ``handled`` is called after each event, ``stored`` after alerts were committed.
    """

    def __init__(
        self,
        inbox: Inbox,
        engine: Engine,
        outbox: Outbox,
        real: Clock,
        stored: Callable[[], None],
        handled: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._outbox = outbox
        self._real = real
        self._stored = stored
        self._handled = handled

    async def run(self) -> None:
        while True:
            await self.handle(await self._inbox.get_many(BATCH))

    async def finish(self) -> None:
        """Judge what still waits; for a clean stop, when nothing more comes in."""
        while self._inbox.waiting:
            await self.handle(await self._inbox.get_many(BATCH))

    async def handle(self, events: Sequence[Event]) -> None:
        """Judge a batch and commit what it causes before the next is looked at."""
        alerts: list[Alert] = []
        states: dict[int, RuleState] = {}
        for event in events:
            consequences = self._engine.handle(event)
            alerts += consequences.alerts
            states |= {state.rule: state for state in consequences.states}
        if alerts or states:
            await self._store(alerts, list(states.values()))
        for event in events:
            self._handled(event)

    async def _store(self, alerts: list[Alert], states: list[RuleState]) -> None:
        while True:
            try:
                await self._outbox.store(alerts, states, self._real.now_ms())
            except StoreError as error:
                log.error("alerts wait for storage", reason=str(error), alerts=len(alerts))
                await self._real.sleep(1.0)
            else:
                self._stored()
                return


async def tick(inbox: Inbox, market: Now, real: Clock) -> None:
    """Tell the engine the market's time every second: windows fall without events too."""
    while True:
        await real.sleep(TICK_S)
        await inbox.put(Tick(market.now_ms()))
