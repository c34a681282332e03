"""The desk reads all feeds and answers at once: what was read, when, and what was not."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.clock import HOUR_MS, MINUTE_MS, SystemClock
from bot.feed.web import open_session
from bot.news.desk import POLL_S, NewsDesk, feeds_of
from bot.news.feed import Syndicated
from bot.sentences.case import Headline, News
from tests.bot.news.stand import Stand, rss
from tests.clocks import ManualClock

START = 1_795_309_440_000


class HeldClock(SystemClock):
    """Each sleep is told, and ends when it is let go."""

    def __init__(self) -> None:
        self.slept: asyncio.Queue[float] = asyncio.Queue()
        self.go = asyncio.Semaphore(0)

    async def sleep(self, seconds: float) -> None:
        self.slept.put_nowait(seconds)
        await self.go.acquire()


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with Stand() as stand:
        yield stand


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session


def desk(
    session: aiohttp.ClientSession, stand: Stand, market: ManualClock, *paths: str
) -> NewsDesk:
    feeds = [Syndicated(stand.url + path) for path in paths]
    return NewsDesk(feeds, session, SystemClock(), market)


async def polled(of: NewsDesk) -> None:
    async with asyncio.timeout(20):
        await of.poll()


def known(of: NewsDesk) -> News:
    news = of.news(START)
    assert news is not None
    return news


async def test_without_a_feed_nothing_was_checked(session: aiohttp.ClientSession) -> None:
    off = NewsDesk((), session, SystemClock(), ManualClock())
    async with asyncio.timeout(5):
        await off.run()
    assert off.news(START) is None


async def test_headlines_near_the_start_are_told_newest_first(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    market = ManualClock(START + 10 * MINUTE_MS)
    stand.pages["/a"] = rss(
        ("too old", START - HOUR_MS - 1000),
        ("before", START - 5 * MINUTE_MS),
        ("not yet", START + 30 * MINUTE_MS),
    )
    stand.pages["/b"] = rss(("since", START + MINUTE_MS), ("before", START - 4 * MINUTE_MS))
    of = desk(session, stand, market, "/a", "/b")
    assert known(of).failed == (("127.0.0.1", "not read yet"), ("127.0.0.1", "not read yet"))
    await polled(of)
    assert known(of) == News(
        read=("127.0.0.1", "127.0.0.1"),
        read_ms=market.now_ms(),
        headlines=(
            Headline("127.0.0.1", "since", START + MINUTE_MS),
            Headline("127.0.0.1", "before", START - 5 * MINUTE_MS),
        ),
        newest=Headline("127.0.0.1", "since", START + MINUTE_MS),
    )


async def test_the_newest_is_told_though_it_is_older_than_the_hour(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    stand.pages["/a"] = rss(("old", START - 3 * HOUR_MS))
    of = desk(session, stand, ManualClock(START), "/a")
    await polled(of)
    assert known(of).headlines == ()
    assert known(of).newest == Headline("127.0.0.1", "old", START - 3 * HOUR_MS)


async def test_a_feed_that_fails_counts_as_read_for_a_quarter_of_an_hour(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    market = ManualClock(START)
    stand.pages["/a"] = rss(("x", START))
    of = desk(session, stand, market, "/a")
    await polled(of)
    del stand.pages["/a"]
    await market.advance(14 * 60)
    await polled(of)
    assert (known(of).read, known(of).read_ms) == (("127.0.0.1",), START)
    await market.advance(2 * 60)
    news = known(of)
    assert (news.read, news.headlines) == ((), ())
    assert "HTTP 404" in news.failed[0][1]


async def test_what_left_the_feed_is_still_known_and_unchanged_is_read(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    market = ManualClock(START)
    stand.pages["/a"] = rss(("first", START - 1000))
    of = desk(session, stand, market, "/a")
    await polled(of)

    async def marked(request: web.Request) -> web.Response:
        if "If-None-Match" in request.headers:
            return web.Response(status=304)
        return web.Response(body=rss(("second", START)), headers={"ETag": '"1"'})

    stand.pages["/a"] = marked
    for _ in range(2):
        await market.advance(60)
        await polled(of)
    assert [each.title for each in known(of).headlines] == ["second", "first"]
    assert known(of).read_ms == START + 2 * MINUTE_MS


async def test_it_reads_again_every_few_minutes(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    stand.pages["/a"] = rss(("x", START))
    clock = HeldClock()
    of = NewsDesk([Syndicated(stand.url + "/a")], session, clock, ManualClock(START))
    async with asyncio.timeout(20):
        running = asyncio.create_task(of.run())
        for times in (1, 2, 3):
            assert await clock.slept.get() == POLL_S
            assert len(stand.asked) == times
            clock.go.release()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


def test_coinglass_is_a_feed_only_with_a_key() -> None:
    addresses = ("https://a.example/rss",)
    assert [feed.name for feed in feeds_of(addresses)] == ["a.example"]
    named = [feed.name for feed in feeds_of(addresses, "https://cg.example/", "key")]
    assert named == ["a.example", "CoinGlass articles", "CoinGlass calendar"]
    assert feeds_of(()) == ()
