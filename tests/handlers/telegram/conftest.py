"""A Bot API server on loopback, and the adapter running against it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest
from telegram import Bot

from bot.clock import SystemClock
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from handlers.routing import router
from handlers.telegram.calls import Calls
from handlers.telegram.connection import Connection
from handlers.telegram.converse import Router
from handlers.telegram.notify import TelegramNotifier
from handlers.telegram.platform import TelegramPlatform
from handlers.telegram.replies import Replies
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.fakes import Furnished

NO_LIMITS = Limits()

Running = Callable[..., AbstractAsyncContextManager[TelegramPlatform]]


class Pages:
    """A notebook in memory."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.pages.get(name)

    async def write(self, name: str, value: str) -> None:
        self.pages[name] = value


class HastyClock(SystemClock):
    """The machine's time, but long pauses pass at once; they are kept for the tests to read."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(min(seconds, 0.01))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        yield double


@pytest.fixture
def clock() -> HastyClock:
    return HastyClock()


@pytest.fixture
def furnished() -> Furnished:
    return Furnished()


@pytest.fixture
def notebook() -> Pages:
    return Pages()


@pytest.fixture
async def bot(telegram: TelegramDouble) -> AsyncIterator[Bot]:
    connection = Connection(TOKEN, telegram.url)
    yield connection.bot
    await connection.close()


@pytest.fixture
def turnstile(clock: HastyClock) -> Turnstile:
    return Turnstile(Limits(), clock)


@pytest.fixture
def calls(bot: Bot, turnstile: Turnstile) -> Calls:
    return Calls(bot, turnstile)


@pytest.fixture
def notifier(bot: Bot, calls: Calls, furnished: Furnished, clock: HastyClock) -> TelegramNotifier:
    return TelegramNotifier(bot, calls, furnished.keyboards, clock, furnished.allowed)


@pytest.fixture
def replies(calls: Calls, turnstile: Turnstile, furnished: Furnished, clock: HastyClock) -> Replies:
    return Replies(calls, turnstile, furnished.keyboards, clock)


@pytest.fixture
def running(
    telegram: TelegramDouble, furnished: Furnished, clock: HastyClock, notebook: Pages
) -> Running:
    """The platform, listening; ``router`` stands in for the real one. Nothing is held back."""

    @asynccontextmanager
    async def run(
        router: Router = router, limits: Limits = NO_LIMITS
    ) -> AsyncIterator[TelegramPlatform]:
        platform = TelegramPlatform(
            TOKEN, telegram.url, clock, notebook, furnished.keyboards, limits=limits
        )
        async with background(platform.run(furnished.house, router)):
            yield platform
        await platform.close()

    return run


@asynccontextmanager
async def background(work: Awaitable[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Run something beside the test, end it afterwards, and let its faults be seen."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
