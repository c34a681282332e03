"""A feed under test: short real limits, a market clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.events import Event, Heard
from bot.exchanges.dialect import Exchange
from bot.feed.board import Board
from bot.feed.feed import Feed
from bot.feed.web import open_session
from bot.feed.wire import Limits, Wire
from bot.inbox import Inbox
from bot.market import Gap, Instrument, Liquidation
from bot.supervise import supervise
from tests.bot.feed.toy import ToyServer
from tests.clocks import ManualClock

SHORT = Limits(
    connect_s=2.0,
    ack_s=0.3,
    pong_s=0.15,
    close_s=0.1,
    first_retry_s=0.02,
    longest_retry_s=0.05,
    table_refresh_s=0.05,
    table_patience_s=1.0,
    look_s=0.01,
    odd_retry_s=0.1,
    settle_s=0.01,
    again_s=0.1,
    overlap_s=0.02,
)


async def _refused(name: str, error: ConfigError) -> None:
    raise AssertionError(f"{name}: {error}")


class Shelf:
    """Fulfils ``Listings`` in memory."""

    def __init__(self, *stored: Instrument) -> None:
        self.stored = list(stored)
        self.saves = 0

    async def load(self, exchange: str) -> list[Instrument]:
        return self.stored

    async def save(self, exchange: str, instruments: Sequence[Instrument], now_ms: int) -> None:
        self.stored = list(instruments)
        self.saves += 1


class Rig:
    """A feed, what it told, and the means to run it."""

    def __init__(self, market: ManualClock) -> None:
        self.market = market
        self.inbox = Inbox()
        self.shelf = Shelf()
        self.board = Board()
        self.told: list[Event] = []
        self.feed: Feed | None = None

    @asynccontextmanager
    async def running(
        self,
        exchange: Exchange,
        urls: dict[str, str],
        limits: Limits = SHORT,
        proxy: str | None = None,
        before: Sequence[Gap] = (),
        supervised: bool = False,
    ) -> AsyncIterator[Feed]:
        async with open_session() as session, asyncio.TaskGroup() as group:
            wire = Wire(session, self.market, SystemClock(), proxy, limits)
            self.feed = Feed(exchange, urls, wire, self.inbox, self.shelf, self.board)
            self.feed.remember((), before)
            run = self._kept_alive if supervised else self.feed.run
            tasks = [group.create_task(run()), group.create_task(self._collect())]
            try:
                yield self.feed
            finally:
                for task in tasks:
                    task.cancel()

    async def _kept_alive(self) -> None:
        """As the whole bot does."""
        assert self.feed is not None
        await supervise("toy", self.feed.run, SystemClock(), _refused)

    async def _collect(self) -> None:
        while True:
            self.told += await self.inbox.get_many(100)

    @property
    def live(self) -> bool:
        return self.feed is not None and self.feed.status().state == "live"

    @property
    def liquidations(self) -> list[Liquidation]:
        return [e for heard in self.told if isinstance(heard, Heard) for e in heard.events]

    def gaps(self, stream: str = "all") -> list[Gap]:
        return [event for event in self.told if isinstance(event, Gap) and event.stream == stream]


@pytest.fixture
def market() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def rig(market: ManualClock) -> Rig:
    return Rig(market)


@pytest.fixture
async def server() -> AsyncIterator[ToyServer]:
    async with ToyServer().running() as running:
        yield running
