"""The wiring: builds every room and runs them in one TaskGroup. It alone knows all three."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog

from bot.clock import SECOND_MS, Clock, Now
from bot.delivery.courier import Courier
from bot.delivery.turnstile import Turnstile
from bot.disk import Disk
from bot.engine.desk import EngineDesk
from bot.engine.engine import Engine
from bot.engine.start import load_rules
from bot.errors import ConfigError
from bot.events import Event
from bot.feed.board import Board
from bot.feed.comparison import Comparison
from bot.feed.feed import Feed
from bot.feed.web import checked_proxy, open_session
from bot.feed.wire import Wire
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.landmarks import Passing, unseen
from bot.log import Redactor
from bot.memory import Diary, Memory, recollect, restore
from bot.operator import Operator
from bot.ports import Notifier
from bot.settings import Settings
from bot.supervise import supervise
from bot.watch import Watch, tick
from bot.wording.notification import notification_message
from handlers.talk import House
from storage import Storage, open_storage

DRAIN_S = 5.0
"""How long a clean stop waits for storage and for calls under way; the whole takes up to 10 s."""

log = structlog.get_logger()


class Platform(Protocol):
    """One chat platform, as far as the wiring cares."""

    @property
    def name(self) -> str: ...
    @property
    def turnstile(self) -> Turnstile: ...
    @property
    def notifier(self) -> Notifier: ...
    async def run(self, house: House) -> None: ...
    async def check(self) -> tuple[bool, str]:
        """Whether it can be used from here, and a sentence; without ``run``."""
        ...

    async def close(self) -> None:
        """After the last delivery."""
        ...


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
            self.storage.tape, self.memory, self.engine, self.feeds, self.settings.exchange_names
        )
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

    async def _report_refusal(self, name: str, sentence: str) -> None:
        self.refused[name] = sentence
        if len(self.refused) < len(self.platforms):  # else it is how the program ends
            log.error("platform stopped", platform=name, reason=sentence)
        await self.operator.tell(f"⚠️ {name.capitalize()} has stopped: {sentence}")

    async def _carry_out(self, carrying: Sequence[asyncio.Task[None]], heard_until_ms: int) -> None:
        """Judge what was heard, and wait for the calls under way; both only for a while."""
        try:
            async with self.real.timeout(DRAIN_S):
                await self.watch.finish()
                await self.diary.note(heard_until_ms)
                await self.housekeeping.look()
                for courier in self.couriers:
                    courier.stop()
                if carrying:
                    await asyncio.wait(carrying)
        except TimeoutError:
            log.warning("stopped before everything had ended; the next start goes on with it")


@asynccontextmanager
async def build(
    settings: Settings,
    platforms: Callable[[Storage], Sequence[Platform]],
    real: Clock,
    market: Now,
    handled: Callable[[Event], None] = lambda event: None,
    passing: Passing = unseen,
) -> AsyncIterator[Bot]:
    """Open storage and the network, and put the rooms together."""
    async with (
        open_storage(settings.database, settings.data_dir, passing) as storage,
        open_session() as session,
    ):
        inbox = Inbox()
        served = platforms(storage)
        wire = Wire(session, market, real, checked_proxy(settings.https_proxy))
        names, board = settings.exchange_names, Board()
        exchanges = {name: settings.exchange(name) for name in names}
        feeds = [
            Feed(exchange, settings.urls_of(name), wire, inbox, storage.listings, board)
            for name, exchange in exchanges.items()
        ]
        memory = await recollect(storage.tape, storage.notebook, names, market.now_ms())
        diary = Diary(storage.notebook, memory, names, market.now_ms())
        engine = Engine({name: e.publication for name, e in exchanges.items()}, memory.since_ms)
        desk = EngineDesk(
            engine,
            lambda: (feed.status() for feed in feeds),
            lambda: {coin for feed in feeds for coin in feed.coins()},
        )
        notifiers = {platform.name: platform.notifier for platform in served}
        house = House(
            desk, storage.rulebook, storage.chats, storage.books, storage.keyboards, real, inbox.put,
            notifiers, allowed=settings.allowed, passing=passing,
        )  # fmt: skip
        operator = Operator(
            settings.operator_destination, storage.outbox, storage.notebook, desk, real, market,
            Redactor(settings.secrets).clean,
            Disk(settings.data_dir) if settings.database is None else None,
        )  # fmt: skip
        couriers = [
            Courier(
                platform.notifier, storage.outbox, platform.turnstile, notification_message, real,
                inbox.put, passing, operator.tell,
            )  # fmt: skip
            for platform in served
        ]
        watch = Watch(
            inbox, engine, storage.outbox, real, lambda: wake(couriers), handled, diary.kept,
            passing,
        )  # fmt: skip
        housekeeping = Housekeeping(
            feeds, storage.quarantine, storage.tape, storage.books, real, market
        )
        comparisons = [
            Comparison(e, e.own_sums, settings.urls_of(e.name), feed, wire, storage.tape)
            for e, feed in zip(exchanges.values(), feeds, strict=True)
            if e.own_sums is not None
        ]
        try:
            yield Bot(
                settings, storage, real, market, memory, inbox, engine, feeds, desk, house, served,
                couriers, watch, operator, housekeeping, comparisons, diary,
            )  # fmt: skip
        finally:
            for platform in served:
                await platform.close()


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
