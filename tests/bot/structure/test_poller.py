"""A source over real sockets: what it tells is handed on, and what it does not tell is named."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.clock import MINUTE_MS
from bot.errors import ParseError
from bot.feed.web import open_session
from bot.feed.wire import Limits, Wire
from bot.structure.facts import ALL, Fact, Measure
from bot.structure.poller import Poller
from bot.structure.source import Allowance, Question, RefusedError, Source, Told
from tests.bot.feed.toy import eventually
from tests.bot.structure.hurried import HurriedClock

HURRY = 40.0
PATIENCE_S = 20.0
"""Half a second for a real socket: a busy machine must not look like a host that hangs."""

NOW = 1_795_313_000_000
"""20 s after a minute began."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Answer(msgspec.Struct):
    """What the toy tells; ``code`` other than 0 is an error."""

    value: float
    code: int = 0


class ToySource(Source):
    """Its price by GET, its funding by POST, and from another host its spot volume."""

    name = "toy"
    title = "Toy"
    urls: Mapping[str, str] = {"rest": "https://toy.example", "spot": "https://spot.example"}
    allowance = Allowance(100, 1.0)

    def __init__(self) -> None:
        self.breaks = False

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        if self.breaks:
            raise RuntimeError("no more questions")
        minute = now_ms // MINUTE_MS
        sizes = [Question("contract sizes", ALL, "rest", "/sizes", 0.0, kind="sizes")]
        return sizes + [
            question
            for coin in coins
            for question in (
                Question("price", coin, "rest", f"/price?coin={coin}&at={minute}", 2.0),
                Question(
                    "funding", coin, "rest", "/funding", 2.0, body=b'{"coin":"%s"}' % coin.encode()
                ),
                Question("spot volume", coin, "spot", f"/volume?coin={coin}", 2.0),
            )
        ]

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        try:
            answer = msgspec.json.decode(body, type=Answer)
        except msgspec.MsgspecError as error:
            raise ParseError(str(error)) from None
        if answer.code:
            raise RefusedError("wrong key", 5.0 if answer.code == 2 else 0.0)
        if question.kind == "sizes":
            return Told()
        measures = {
            "price": Measure.MARK,
            "funding": Measure.FUNDING,
            "spot volume": Measure.SPOT_VOLUME,
        }
        measure = measures[question.what]
        facts = (
            Fact(self.name, question.coin, measure, received_ms, answer.value),
            Fact(self.name, "FOREIGN", measure, received_ms, -1.0),
        )
        return Told(facts)

    def headers(self, key: str) -> Mapping[str, str]:
        return {"X-Key": key} if key else {}


async def well(request: web.Request) -> web.Response:
    return web.json_response({"value": 5})


class ToyWorld:
    """Two hosts that answer as they are told, the poller of both, and what it handed on."""

    def __init__(self, urls: Mapping[str, str], wire: Wire) -> None:
        self.handlers: dict[str, Handler] = {}
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.headers: list[Mapping[str, str]] = []
        self.told: list[Fact] = []
        self.source = ToySource()
        self.poller = Poller(self.source, ("BTC",), urls, wire, self.hear, "secret")
        self.clock = wire.real
        self.running: asyncio.Task[None]

    def hear(self, told: Told) -> None:
        self.told += told.facts

    def asked(self, path: str) -> int:
        return sum(each == path for _, each in self.requests)

    def measures(self) -> set[Measure]:
        return {fact.measure for fact in self.told}

    def missing(self) -> dict[str, str]:
        return {one.what: one.reason for one in self.poller.missing()}

    async def told_again(self, measure: Measure) -> None:
        self.told.clear()
        await eventually(lambda: measure in self.measures())


@asynccontextmanager
async def serving(world: dict[str, "ToyWorld"]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        here = world["here"]
        here.requests.append((request.method, request.path))
        here.bodies.append(await request.read())
        here.headers.append(request.headers)
        return await here.handlers.get(request.path, well)(request)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def world() -> AsyncIterator[ToyWorld]:
    found: dict[str, ToyWorld] = {}
    clock = HurriedClock(HURRY, NOW)
    async with serving(found) as url, open_session() as session:
        wire = Wire(session, clock, clock, limits=Limits(fetch_s=PATIENCE_S), random=lambda: 0.5)
        found["here"] = ToyWorld({"rest": url, "spot": url}, wire)
        found["here"].running = asyncio.create_task(found["here"].poller.run())
        try:
            yield found["here"]
        finally:
            found["here"].running.cancel()
            await asyncio.wait([found["here"].running])


def status(code: int, headers: Mapping[str, str] | None = None) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=code, headers=headers)

    return answer


async def test_what_a_source_tells_is_handed_on_and_nothing_is_missing(world: ToyWorld) -> None:
    await eventually(lambda: len(world.told) > 6)
    assert world.measures() == {Measure.MARK, Measure.FUNDING, Measure.SPOT_VOLUME}
    assert {fact.coin for fact in world.told} == {"BTC"}  # of others nothing
    assert world.missing() == {}
    assert ("POST", "/funding") in world.requests and ("GET", "/price") in world.requests
    assert b'{"coin":"BTC"}' in world.bodies
    assert all(headers["X-Key"] == "secret" for headers in world.headers)
    assert world.asked("/sizes") == 1


async def test_what_fails_is_named_with_its_reason_until_it_is_told_again(world: ToyWorld) -> None:
    await eventually(lambda: len(world.measures()) == 3)

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(1.0)
        return web.Response()

    async def html(request: web.Request) -> web.Response:
        return web.Response(text="<html>We are sorry</html>", content_type="text/html")

    async def impossible(request: web.Request) -> web.Response:
        return web.json_response({"value": -5})

    async def wrong_key(request: web.Request) -> web.Response:
        return web.json_response({"value": 0, "code": 1})

    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/")

    for handler, reason in (
        (status(500), "answered 500"),
        (hang, "timed out"),
        (html, "answered something unreadable"),
        (impossible, "answered something unreadable"),
        (wrong_key, "wrong key"),
        (elsewhere, "answered 302"),
    ):
        before_ms = world.clock.now_ms()
        world.handlers["/price"] = handler
        await eventually(lambda: "price" in world.missing())
        assert world.missing() == {"price": reason}
        (one,) = world.poller.missing()
        assert (one.source, one.coin) == ("Toy", "BTC")
        assert before_ms <= one.since_ms <= world.clock.now_ms()
        await world.told_again(Measure.FUNDING)  # nothing else waits for it
        del world.handlers["/price"]
        await world.told_again(Measure.MARK)
        assert world.missing() == {}
    assert world.poller.failures >= 6


async def test_a_host_that_refuses_is_left_alone_as_long_as_it_says(world: ToyWorld) -> None:
    await eventually(lambda: len(world.measures()) == 3)
    world.handlers["/price"] = status(429, {"Retry-After": "20"})
    await eventually(lambda: world.missing())
    assert world.missing() == {"price": "answered 429", "funding": "answered 429"}
    refused_s, before = world.clock.monotonic(), len(world.requests)
    await world.told_again(Measure.SPOT_VOLUME)  # of another host
    del world.handlers["/price"]
    await world.told_again(Measure.MARK)
    assert world.clock.monotonic() - refused_s > 19
    assert world.missing() == {}
    others = [path for _, path in world.requests[before:] if path != "/volume"]
    assert others.index("/price") <= 1


async def test_a_host_beside_the_first_is_named(world: ToyWorld) -> None:
    world.handlers["/volume"] = status(451)
    await eventually(lambda: world.missing())
    assert world.missing() == {"spot volume": "spot answered 451"}
    await world.told_again(Measure.MARK)
    assert world.asked("/volume") == 1


async def test_a_refusal_within_an_answer_holds_the_host_too(world: ToyWorld) -> None:
    async def limited(request: web.Request) -> web.Response:
        return web.json_response({"value": 0, "code": 2})

    world.handlers["/funding"] = limited
    await eventually(lambda: "price" in world.missing())
    assert world.missing() == dict.fromkeys(("price", "funding"), "wrong key")


async def test_a_minute_in_which_much_was_used_is_waited_for(world: ToyWorld) -> None:
    await eventually(lambda: len(world.measures()) == 3)

    async def much(request: web.Request) -> web.Response:
        return web.json_response({"value": 5}, headers={"X-MBX-USED-WEIGHT-1M": "1441"})

    world.handlers["/price"] = much
    world.told.clear()
    await eventually(lambda: Measure.MARK in world.measures())
    before_ms, asked = world.clock.now_ms(), world.asked("/funding") + world.asked("/price")
    await world.told_again(Measure.SPOT_VOLUME)
    assert world.asked("/funding") + world.asked("/price") == asked
    assert world.missing() == {}
    await world.told_again(Measure.FUNDING)
    assert world.clock.now_ms() // MINUTE_MS > before_ms // MINUTE_MS


async def test_no_connection_is_said_as_such_and_logged_once() -> None:
    clock = HurriedClock(HURRY, NOW)
    async with open_session() as session:
        wire = Wire(session, clock, clock, random=lambda: 0.5)
        away = dict.fromkeys(("rest", "spot"), "http://127.0.0.1:1")
        told: list[Told] = []
        poller = Poller(ToySource(), ("BTC", "ETH"), away, wire, told.append)
        with capture_logs() as logs:
            running = asyncio.create_task(poller.run())
            await eventually(lambda: poller.failures > 25)
            running.cancel()
            await asyncio.wait([running])
    assert {one.reason for one in poller.missing()} == {"no connection", "no connection to spot"}
    whats = [(one.what, one.coin) for one in poller.missing()]
    assert sorted(whats) == sorted(set(whats)) and len(whats) == 7
    lines = [line for line in logs if line["log_level"] == "warning"]
    named = [what for line in lines for what in line["what"]]
    assert sorted(named) == ["contract sizes", "funding", "price", "spot volume"]
    assert told == []


async def test_the_log_says_once_what_is_lost_and_once_what_is_back(world: ToyWorld) -> None:
    with capture_logs() as logs:
        world.handlers["/price"] = status(500)
        await eventually(lambda: world.asked("/price") >= 4)
        del world.handlers["/price"]
        await world.told_again(Measure.MARK)
        await eventually(lambda: any("again" in line["event"] for line in logs))
    said = [(line["event"], line["what"]) for line in logs if line["log_level"] != "debug"]
    assert said == [
        ("market structure is missing", ["price"]),
        ("market structure is told again", ["price"]),
    ]
    assert "secret" not in json.dumps(logs)


async def test_a_broken_source_is_an_error_for_whoever_keeps_it_alive(world: ToyWorld) -> None:
    world.source.breaks = True
    await eventually(world.running.done)
    assert isinstance(world.running.exception(), RuntimeError)
