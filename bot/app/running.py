"""All rooms at once, from the start to a clean stop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.app.narrating import Narrating
from bot.app.platform import Platform
from bot.app.surroundings import Surroundings
from bot.clock import SECOND_MS, Clock, Now
from bot.delivery.courier import Courier
from bot.engine.desk import EngineDesk
from bot.engine.engine import Engine
from bot.engine.start import load_rules
from bot.errors import ConfigError, TokenRefusedError
from bot.events import Event
from bot.feed.comparison import Comparison
from bot.feed.feed import Feed
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.memory import Diary, Memory, restore
from bot.operator import Operator
from bot.settings import Settings
from bot.supervise import supervise
from bot.watch import Watch, tick
from bot.wording.platform import stopped
from handlers.talk import House
from storage import Storage

DRAIN_S = 5.0
"""How long a clean stop waits for storage and for calls under way; the whole takes up to 10 s."""

log = structlog.get_logger()


@dataclass
class Bot:
    """All rooms, built and not yet running."""

    settings: Settings
    storage: Storage
    real: Clock
    market: Now
    memory: Memory
    inbox: Inbox
    engine: Engine
    feeds: Sequence[Feed]
    desk: EngineDesk
    house: House
    platforms: Sequence[Platform]
    couriers: Sequence[Courier]
    watch: Watch
    operator: Operator
    housekeeping: Housekeeping
    comparisons: Sequence[Comparison]
    diary: Diary
    around: Surroundings
    telling: Narrating
    refused: dict[str, str] = field(default_factory=dict)
    """Platforms that were stopped for good, and why."""

    async def run(self, until: Awaitable[object]) -> None:
        """Everything at once, until ``until`` is done or no platform is left.

        A clean stop: no more is heard, what was heard is judged, calls under way end.
        Raises ``ConfigError`` when every platform was refused.
        """
        await self._load()
        async with asyncio.TaskGroup() as group:
            hearing = [
                group.create_task(self._supervised(feed.name, feed.run), name=f"feed {feed.name}")
                for feed in self.feeds
            ]
            ticking = group.create_task(
                tick(self.inbox, self.market, self.real, self._jump), name="tick"
            )
            judging = group.create_task(self.watch.run(), name="watch")
            keeping = [
                group.create_task(self.housekeeping.run(), name="housekeeping"),
                *(
                    group.create_task(self._supervised(name, run), name=name)
                    for name, run in (*self.around.tasks(), *self.telling.tasks())
                ),
                group.create_task(self._show_metrics(), name="metrics"),
                *(group.create_task(each.run(), name="comparison") for each in self.comparisons),
            ]
            looking = group.create_task(
                self.operator.run(lambda: wake(self.couriers)), name="operator"
            )
            carrying = [group.create_task(c.run(), name="courier") for c in self.couriers]
            served = group.create_task(self._serve(), name="platforms")
            ending = group.create_task(_wait_for(until), name="until")
            await asyncio.wait({ending, served}, return_when=asyncio.FIRST_COMPLETED)
            heard_until_ms = self.market.now_ms()
            await _end([*hearing, ticking, looking, *keeping, ending])
            await _end([judging])
            await self._carry_out(carrying, heard_until_ms)
            await _end([*carrying, served])
        if self.refused and len(self.refused) == len(self.platforms):
            raise ConfigError(" ".join(self.refused.values()))

    async def tell(self, event: Event) -> None:
        """The one door to the engine."""
        await self.inbox.put(event)

    def _jump(self, from_ms: int, to_ms: int) -> None:
        log.warning("the clock jumped", by_s=round((to_ms - from_ms) / SECOND_MS, 1))
        for feed in self.feeds:
            feed.jump(from_ms, to_ms)

    async def _load(self) -> None:
        harmless_ms = {p.name: round(p.notifier.harmless_s * SECOND_MS) for p in self.platforms}
        found = await self.storage.outbox.recover(self.real.now_ms(), harmless_ms)
        if found.open:
            log.info("alerts are waiting from before", waiting=found.open, unclear=found.unclear)
        await self.operator.tell_of_restart(found)
        many = await restore(
            self.storage.tape, self.memory, self.engine, self.feeds, self.settings.exchange_names,
            self.telling.recall,
        )  # fmt: skip
        self.engine.windows.advance(self.market.now_ms())
        if many:
            log.info("heard before", liquidations=many)
        if self.memory.fresh:
            await self.storage.outbox.store([], [], self.real.now_ms(), (), self.memory.fresh)
        await self.diary.note(self.market.now_ms())
        await load_rules(self.engine, self.storage.rulebook.columns())

    async def _show_metrics(self) -> None:
        """Where a port is set: what it needs is loaded only then."""
        if self.settings.metrics_port is not None:
            from bot.monitor.page import MetricsPage

            page = MetricsPage(self.desk, self.inbox, self.storage.outbox)
            await page.serve(self.settings.metrics_port)

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for platform in self.platforms:
                run = partial(platform.run, self.house)
                group.create_task(
                    self._supervised(platform.name, run), name=f"platform {platform.name}"
                )

    async def _supervised(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        await supervise(name, run, self.real, self._report_refusal)

    async def _report_refusal(self, name: str, error: ConfigError) -> None:
        self.refused[name] = str(error)
        if not isinstance(error, TokenRefusedError):
            await self.operator.tell(stopped(name, self.real.now_ms(), str(error)))
            return
        if len(self.refused) < len(self.platforms):  # else it is how the program ends
            log.error("platform stopped", platform=name, reason=str(error))
        for courier in self.couriers:  # a delivery may have met with it first, and told
            if courier.platform == name:
                await courier.refused()

    async def _carry_out(self, carrying: Sequence[asyncio.Task[None]], heard_until_ms: int) -> None:
        """Judge what was heard, and wait for the calls under way; both only for a while."""
        try:
            async with self.real.timeout(DRAIN_S):
                await self.watch.finish()
                await self.diary.note(heard_until_ms)
                await self.telling.finish()
                for courier in self.couriers:
                    courier.stop()
                if carrying:
                    await asyncio.wait(carrying)
                await self.around.finish()
                await self.housekeeping.look()  # last: it can be done at the next start as well
        except TimeoutError:
            log.warning("stopped before everything had ended; the next start goes on with it")


async def _wait_for(until: Awaitable[object]) -> None:
    await until


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel and wait; their errors come out of the TaskGroup."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def wake(couriers: Sequence[Courier]) -> None:
    for courier in couriers:
        courier.wake()
