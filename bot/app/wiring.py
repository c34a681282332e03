"""Opens storage and the network and puts the rooms together."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from msgspec.structs import replace

from bot.allowed import Allowed
from bot.app.narrating import Narrating
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
from bot.news.desk import NewsDesk, feeds_of
from bot.operator import Operator
from bot.settings import Settings
from bot.story.dressing import COMPANIONS_MS
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
    companions_ms: int = COMPANIONS_MS,
    asking: Clock | None = None,
    reading: Clock | None = None,
) -> AsyncIterator[Bot]:
    """Open storage and the network, and put the rooms together.

    ``companions_ms``: how long an alert waits for others to the same chat. Where the market's time
    runs faster, structure is asked for by ``asking``, history read and charts drawn by ``reading``.
    """
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
        publications = {name: exchange.publication for name, exchange in exchanges.items()}
        engine = Engine(publications, memory.since_ms)
        desk = _desk(engine, feeds)
        around = _around(settings, storage, replace(wire, real=asking or real), reading or real)
        around.measure_for(desk, engine.awaited, inbox.put)
        couriers: list[Courier] = []
        telling = Narrating(
            storage, around, _news(settings, wire), desk, publications, memory, real,
            market, lambda: wake(couriers), companions_ms, reading or real,
        )  # fmt: skip
        house = _house(storage, served, desk, inbox, allowed, around, telling, real, passing)
        operator = _operator(settings, storage, desk, real, market)
        couriers += [_courier(one, storage, real, inbox, operator, passing) for one in served]
        watch = Watch(
            inbox, engine, storage.outbox, real, lambda: wake(couriers), handled, diary.kept,
            passing, telling,
        )  # fmt: skip
        housekeeping = Housekeeping(
            feeds, storage.quarantine, (storage.tape, storage.facts),
            (storage.books, storage.outbox, storage.flushes, storage.pictures), real, market,
        )  # fmt: skip
        comparisons = _comparisons(settings, exchanges, feeds, wire, storage)
        try:
            yield Bot(
                settings, storage, real, market, memory, inbox, engine, feeds, desk, house, served,
                couriers, watch, operator, housekeeping, comparisons, diary, around, telling,
            )  # fmt: skip
        finally:
            await telling.close()
            for platform in served:
                await platform.close()


async def _allowed(settings: Settings, storage: Storage) -> Allowed:
    """Who is listed, by all ids that these have by now."""
    allowed = Allowed(settings.allowed)
    for platform, old, new in await storage.chats.moves(settings.allowed):
        allowed.follow(platform, old, new)
    return allowed


def _around(settings: Settings, storage: Storage, wire: Wire, reading: Clock) -> Surroundings:
    return Surroundings(settings, storage, wire, settings.exchange_names, reading, wire.market)


def _desk(engine: Engine, feeds: Sequence[Feed]) -> EngineDesk:
    return EngineDesk(
        engine,
        lambda: (feed.status() for feed in feeds),
        lambda: {coin for feed in feeds for coin in feed.coins()},
    )


def _house(
    storage: Storage,
    served: Sequence[Platform],
    desk: EngineDesk,
    inbox: Inbox,
    allowed: Allowed,
    around: Surroundings,
    telling: Narrating,
    real: Clock,
    passing: Passing,
) -> House:
    notifiers = {platform.name: platform.notifier for platform in served}
    return House(
        desk, storage.rulebook, storage.chats, storage.books, storage.keyboards, real,
        inbox.put, notifiers, telling.room, allowed=allowed, passing=passing,
        markets=around.markets, history=around.history, spoke=telling.spoke,
    )  # fmt: skip


def _comparisons(
    settings: Settings,
    exchanges: Mapping[str, Exchange],
    feeds: Sequence[Feed],
    wire: Wire,
    storage: Storage,
) -> list[Comparison]:
    return [
        Comparison(e, e.own_sums, settings.urls_of(e.name), feed, wire, storage.tape)
        for e, feed in zip(exchanges.values(), feeds, strict=True)
        if e.own_sums is not None
    ]


def _news(settings: Settings, wire: Wire) -> NewsDesk:
    key = settings.coinglass_api_key
    feeds = feeds_of(
        settings.news_addresses, settings.coinglass_url, key.get_secret_value() if key else None
    )
    return NewsDesk(feeds, wire.session, wire.real, wire.market, wire.proxy)


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
        inbox.put, passing, operator.tell, platform.listening, storage.pictures,
    )  # fmt: skip
