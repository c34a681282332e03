"""Opens storage and the network and puts the rooms together."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.allowed import Allowed
from bot.app.platform import Platform
from bot.app.running import Bot, wake
from bot.app.surroundings import Surroundings
from bot.clock import Clock, Now
from bot.delivery.courier import Courier
from bot.disk import Disk
from bot.engine.desk import EngineDesk
from bot.engine.engine import Engine
from bot.events import Event
from bot.exchanges.dialect import Exchange
from bot.feed.board import Board
from bot.feed.comparison import Comparison
from bot.feed.feed import Feed
from bot.feed.web import checked_proxy, open_session
from bot.feed.wire import Wire
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.landmarks import Passing, unseen
from bot.log import Redactor
from bot.memory import Diary, recollect
from bot.operator import Operator
from bot.settings import Settings
from bot.watch import Watch
from bot.wording.notification import notification_message
from handlers.talk import House
from storage import Storage, open_storage


@asynccontextmanager
async def build(
    settings: Settings,
    platforms: Callable[[Storage, Allowed], Sequence[Platform]],
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
        allowed = await _allowed(settings, storage)
        served = platforms(storage, allowed)
        wire = Wire(session, market, real, checked_proxy(settings.https_proxy))
        names = settings.exchange_names
        exchanges = {name: settings.exchange(name) for name in names}
        feeds = _feeds(settings, exchanges, wire, inbox, storage)
        memory = await recollect(storage.tape, storage.notebook, names, market.now_ms())
        diary = Diary(storage.notebook, memory, names, market.now_ms())
        engine = Engine({name: e.publication for name, e in exchanges.items()}, memory.since_ms)
        desk = EngineDesk(
            engine,
            lambda: (feed.status() for feed in feeds),
            lambda: {coin for feed in feeds for coin in feed.coins()},
        )
        around = Surroundings(settings, storage, wire, names, real, market)
        notifiers = {platform.name: platform.notifier for platform in served}
        house = House(
            desk, storage.rulebook, storage.chats, storage.books, storage.keyboards, real,
            inbox.put, notifiers, allowed=allowed, passing=passing,
            markets=around.markets, history=around.history,
        )  # fmt: skip
        operator = _operator(settings, storage, desk, real, market)
        couriers = [
            _courier(platform, storage, real, inbox, operator, passing) for platform in served
        ]
        watch = Watch(
            inbox, engine, storage.outbox, real, lambda: wake(couriers), handled, diary.kept,
            passing,
        )  # fmt: skip
        housekeeping = Housekeeping(
            feeds, storage.quarantine, (storage.tape, storage.facts),
            (storage.books, storage.outbox), real, market,
        )  # fmt: skip
        comparisons = [
            Comparison(e, e.own_sums, settings.urls_of(e.name), feed, wire, storage.tape)
            for e, feed in zip(exchanges.values(), feeds, strict=True)
            if e.own_sums is not None
        ]
        try:
            yield Bot(
                settings, storage, real, market, memory, inbox, engine, feeds, desk, house, served,
                couriers, watch, operator, housekeeping, comparisons, diary, around,
            )  # fmt: skip
        finally:
            for platform in served:
                await platform.close()


async def _allowed(settings: Settings, storage: Storage) -> Allowed:
    """Who is listed, by all ids that these have by now."""
    allowed = Allowed(settings.allowed)
    for platform, old, new in await storage.chats.moves(settings.allowed):
        allowed.follow(platform, old, new)
    return allowed


def _feeds(
    settings: Settings,
    exchanges: Mapping[str, Exchange],
    wire: Wire,
    inbox: Inbox,
    storage: Storage,
) -> list[Feed]:
    board = Board()
    return [
        Feed(exchange, settings.urls_of(name), wire, inbox, storage.listings, board)
        for name, exchange in exchanges.items()
    ]


def _operator(
    settings: Settings, storage: Storage, desk: EngineDesk, real: Clock, market: Now
) -> Operator:
    clean = Redactor(settings.secrets).clean
    disk = Disk(storage.folder) if storage.folder is not None else None
    return Operator(
        settings.operator_destination, storage.outbox, storage.notebook, desk, real, market, clean,
        disk,
    )  # fmt: skip


def _courier(
    platform: Platform,
    storage: Storage,
    real: Clock,
    inbox: Inbox,
    operator: Operator,
    passing: Passing,
) -> Courier:
    return Courier(
        platform.notifier, storage.outbox, platform.turnstile, notification_message, real,
        inbox.put, passing, operator.tell, platform.listening,
    )  # fmt: skip
