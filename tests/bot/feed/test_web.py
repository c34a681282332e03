"""The proxy, and one clear sentence per failure."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.exchanges.dialect import Heartbeat
from bot.feed.web import (
    Failure,
    Page,
    ask,
    by_error,
    by_status,
    checked_proxy,
    fetch,
    host,
    open_session,
    proxy_for,
)
from tests.bot.feed.conftest import Rig
from tests.bot.feed.toy import Toy, ToyServer, eventually
from tests.clocks import ManualClock

Handler = Callable[[web.Request], Awaitable[web.Response]]

PROXY = "http://me:secret@proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("wss://fstream.binance.com/market/ws", True),
        ("https://api.bybit.com/v5", True),
        ("ws://127.0.0.1:8000/ws", False),
        ("http://127.8.9.1/", False),
        ("http://localhost:8000", False),
        ("http://feed.localhost", False),
        ("http://[::1]:80", False),
        ("http://10.0.0.7", True),
    ],
)
def test_a_proxy_is_used_for_everything_but_this_machine(url: str, used: bool) -> None:
    assert proxy_for(url, PROXY) == (PROXY if used else None)
    assert proxy_for(url, None) is None


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "proxy:3128", "http://", "http://[x"])
def test_a_proxy_that_cannot_work_is_a_config_error(proxy: str) -> None:
    with pytest.raises(ConfigError):
        checked_proxy(proxy)


def test_a_usable_proxy_is_kept_and_none_is_none() -> None:
    assert (checked_proxy(PROXY), checked_proxy(""), checked_proxy(None)) == (PROXY, None, None)


def test_a_shown_address_holds_no_password() -> None:
    assert host("wss://me:secret@feed.example/ws?key=1") == "feed.example"
    assert host("ws://127.0.0.1:9001/ws") == "127.0.0.1:9001"


@pytest.mark.parametrize(
    ("status", "kind", "wait_s"),
    [(451, "blocked", 3600), (403, "blocked", 600), (407, "proxy", 0), (503, "status", 0)],
)
def test_a_status_says_what_it_means(status: int, kind: str, wait_s: float) -> None:
    failure = by_status(status, None, "feed.example")
    assert (failure.kind, failure.wait_s) == (kind, wait_s)


def test_too_many_requests_waits_as_long_as_it_is_told() -> None:
    assert by_status(429, "17", "x").wait_s == 17
    assert by_status(418, "soon", "x").wait_s == 60


def test_tls_trouble_is_named() -> None:
    failure = by_error(ssl.SSLError("bad certificate"), "wss://feed.example", 1)
    assert failure.kind == "tls"


class NoNames(AbstractResolver):
    """A network without a name server."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError("no such host is known")

    async def close(self) -> None:
        return None


async def test_a_name_that_does_not_exist_is_named() -> None:
    connector = aiohttp.TCPConnector(resolver=NoNames())
    async with aiohttp.ClientSession(connector=connector) as session:
        failure = await fetch(session, "http://feed.invalid/x", SystemClock())
    assert failure == Failure("name", "feed.invalid: no such name (DNS)", reached=False)


@asynccontextmanager
async def listening(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_an_answer_that_never_comes_is_a_timeout() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with listening(slow) as url, open_session() as session:
        failure = await fetch(session, url, SystemClock(), timeout_s=0.1)
    assert isinstance(failure, Failure) and failure.kind == "timeout"


async def test_an_endless_body_is_cut_even_when_it_comes_packed() -> None:
    async def bomb(request: web.Request) -> web.Response:
        answer = web.Response(body=bytes(40 * 1024 * 1024), headers=CIMultiDict())
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    async with listening(bomb) as url, open_session() as session:
        failure = await fetch(session, url, SystemClock())
    assert isinstance(failure, Failure) and "more than 32 MiB" in failure.sentence


async def test_a_question_is_posted_as_json_and_the_answers_headers_are_told() -> None:
    async def echo(request: web.Request) -> web.Response:
        told = f"{request.method} {request.content_type} {request.headers.get('X-Key')}"
        return web.Response(body=await request.read(), headers={"X-Told": told})

    async with listening(echo) as url, open_session() as session:
        posted = await ask(session, url, SystemClock(), headers={"X-Key": "k"}, question=b"{}")
        plain = await ask(session, url, SystemClock())
    assert isinstance(posted, Page) and isinstance(plain, Page)
    assert (posted.body, posted.headers["x-told"]) == (b"{}", "POST application/json k")
    assert (plain.body, plain.headers["x-told"].split()[0]) == (b"", "GET")


async def test_a_question_is_not_carried_elsewhere() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/")

    async with listening(elsewhere) as url, open_session() as session:
        failure = await ask(session, url, SystemClock(), headers={"X-Key": "k"})
        followed = await fetch(session, url, SystemClock())
    assert isinstance(failure, Failure) and (failure.kind, failure.status) == ("status", 302)
    assert isinstance(followed, Failure) and followed.kind == "refused"


async def test_a_feed_goes_through_the_proxy(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    """The toy server plays the proxy: it is asked for the whole address of a foreign host."""
    far = {"ws": "ws://feed.invalid", "rest": "http://feed.invalid"}
    async with rig.running(Toy(Heartbeat(20)), far, proxy=server.urls["rest"]):
        await eventually(lambda: rig.live)
    assert server.targets[0] == "http://feed.invalid/instruments?page=0"
    assert "http://feed.invalid/ws" in [t.replace("ws://", "http://") for t in server.targets]


async def test_a_proxy_that_refuses_the_tunnel_is_named() -> None:
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    async with proxy, open_session() as session:
        failure = await fetch(
            session, "https://feed.invalid/x", SystemClock(), f"http://127.0.0.1:{port}"
        )
    assert asked == ["CONNECT feed.invalid:443 HTTP/1.1"]
    told = "the proxy does not let us through (HTTP 403)"
    assert failure == Failure("proxy", told, reached=False)


async def test_a_proxy_that_is_away_is_named() -> None:
    async with open_session() as session:
        failure = await fetch(session, "https://feed.invalid", SystemClock(), "http://127.0.0.1:1")
    assert isinstance(failure, Failure) and failure.sentence == "the proxy cannot be reached"


async def test_a_broken_handshake_is_no_exception() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with listening(hello) as url, open_session() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url)
    assert by_error(caught.value, url, 1).sentence.endswith("answered with HTTP 200")
