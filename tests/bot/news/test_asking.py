"""One feed asked over loopback: what it says, and every way in which it does not."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.feed.web import open_session
from bot.news.asking import Answer, Mark, ask
from bot.news.coinglass import Articles
from bot.news.feed import RSS_BYTES, Syndicated
from bot.sentences.case import Headline
from tests.bot.news.stand import Stand, rss
from tests.clocks import ManualClock

AT = 1_795_310_000_000
GOOD = rss(("Rates stay", AT))
TOLD = (Headline("127.0.0.1", "Rates stay", AT),)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with Stand() as stand:
        stand.pages["/rss"] = GOOD
        yield stand


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session


async def asked(
    session: aiohttp.ClientSession, stand: Stand, path: str, mark: Mark | None = None
) -> Answer | str:
    async with asyncio.timeout(20):
        feed = Syndicated(stand.url + path)
        return await ask(session, feed, mark or Mark(), AT, SystemClock())


async def test_a_feed_is_read(session: aiohttp.ClientSession, stand: Stand) -> None:
    assert await asked(session, stand, "/rss") == Answer(TOLD, Mark())
    assert "rss+xml" in stand.asked[0].headers["Accept"]


async def test_what_has_not_changed_is_not_sent_again(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    async def marked(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"7"':
            assert request.headers["If-Modified-Since"] == "Sun, 22 Nov 2026 01:00:00 GMT"
            return web.Response(status=304)
        headers = {"ETag": '"7"', "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"}
        return web.Response(body=GOOD, headers=headers)

    stand.pages["/marked"] = marked
    first = await asked(session, stand, "/marked")
    assert isinstance(first, Answer)
    assert first.headlines == TOLD
    assert await asked(session, stand, "/marked", first.mark) == Answer(None, first.mark)


@pytest.mark.parametrize("status", [304, 404, 429, 500])
async def test_another_status_is_a_reason(
    session: aiohttp.ClientSession, stand: Stand, status: int
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    stand.pages["/odd"] = answer
    assert str(status) in str(await asked(session, stand, "/odd"))


async def test_a_page_for_people_is_no_feed(session: aiohttp.ClientSession, stand: Stand) -> None:
    stand.pages["/page"] = b"<!doctype html><html><body><p>Are you human?</p></body></html>"
    assert await asked(session, stand, "/page") == "it is no RSS or Atom feed"


async def test_a_feed_that_hangs_is_left(session: aiohttp.ClientSession, stand: Stand) -> None:
    stand.pages["/hang"] = stand.hang
    clock = ManualClock()
    async with asyncio.timeout(20):
        asking = asyncio.create_task(
            ask(session, Syndicated(stand.url + "/hang"), Mark(), AT, clock)
        )
        await stand.holding.wait()
        await clock.advance(11)
        assert "no answer in 10 s" in str(await asking)


@pytest.mark.parametrize("packed", [False, True])
async def test_a_bomb_is_not_taken_in(
    session: aiohttp.ClientSession, stand: Stand, packed: bool
) -> None:
    sent = 0

    async def bomb(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        if packed:
            zipped = gzip.compress(b" " * 10_000_000)
            return web.Response(body=zipped, headers={"Content-Encoding": "gzip"})
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(1000):
            await answer.write(b" " * 10_000)
            sent += 10_000
        return answer

    stand.pages["/bomb"] = bomb
    told = await asked(session, stand, "/bomb")
    assert f"more than {RSS_BYTES >> 10} KiB" in str(told)
    assert sent < 10_000_000


async def test_a_redirect_is_followed_by_the_same_scheme_only(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    targets = {
        "/moved": "/rss",
        "/file": "file:///etc/passwd",
        "/tls": "https://127.0.0.1:1/",
        "/round": "/round",
        "/script": "javascript:alert(1)",
    }

    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": targets[request.path]})

    stand.pages |= dict.fromkeys(targets, elsewhere)
    told = await asked(session, stand, "/moved")
    assert isinstance(told, Answer)
    assert told.headlines == TOLD
    for path in ("/file", "/tls", "/script"):
        assert "sends elsewhere" in str(await asked(session, stand, path))
    assert "in circles" in str(await asked(session, stand, "/round"))


async def test_a_key_does_not_go_along_with_a_redirect(
    session: aiohttp.ClientSession, stand: Stand
) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/rss"})

    stand.pages["/api/article/list"] = elsewhere
    async with asyncio.timeout(20):
        told = await ask(session, Articles(stand.url, "secret"), Mark(), AT, SystemClock())
    assert "sends elsewhere" in str(told)
    assert len(stand.asked) == 1


async def test_nobody_there_is_a_reason(session: aiohttp.ClientSession, stand: Stand) -> None:
    async with asyncio.timeout(20):
        told = await ask(session, Syndicated("http://127.0.0.1:1/x"), Mark(), AT, SystemClock())
    assert "refuses the connection" in str(told)
