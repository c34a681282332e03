"""A loopback server of WebSockets and REST with keep-alive, canaries, limits and faults."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, WSMsgType, web

from tests.doubles.exchanges.connection import Connection, Recent, encoded
from tests.doubles.exchanges.door import Door
from tests.doubles.exchanges.faults import Faults, Frame, Kind, renamed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DATA = (Kind.SNAPSHOT, Kind.LIQUIDATION)


class Served:
    """``attempts`` counts handshakes; ``asks`` keeps what clients said, ``answers`` each request's
    address and status, ``breaches`` what the exchange would have punished."""

    paths: tuple[str, ...]
    changing: frozenset[str]
    """The fields for price and quantity, which ``Faults.renamed`` renames."""

    word: tuple[str, str] = ("", "")
    """A client's keep-alive and the answer to it, where those are no JSON."""

    ping_s: float | None = None
    """How often the exchange pings; an answer is due in ``pong_s``."""
    pong_s: float = 30.0
    idle_s: float | None = None
    """A connection is closed on which the client said nothing for so long."""
    quiet_s: float | None = None
    """The same where neither side did."""

    messages: tuple[int, float] | None = None
    """So many messages may a client send in so many seconds on one connection."""
    connects: tuple[int, float] = (300, 300.0)

    def __init__(self, canary_s: float) -> None:
        self.canary_s = canary_s
        self.faults = Faults()
        self.connections: list[Connection] = []
        self.attempts = 0
        self.asks: list[Any] = []
        self.answers: list[tuple[str, int]] = []
        self.breaches: list[str] = []
        self.changed = asyncio.Condition()
        self._handshakes = Recent()
        self._later: set[asyncio.Task[None]] = set()

    def routes(self, router: web.UrlDispatcher) -> None:
        """The REST endpoints."""

    async def opened(self, connection: Connection) -> None:
        """After a handshake: banners, and what the address asks for."""

    async def asked(self, connection: Connection, request: Any) -> None:
        """A client's JSON."""
        raise NotImplementedError

    def canary(self, connection: Connection, topic: str) -> object | None:
        """What ``topic`` says every ``canary_s``, if it is a chatty one."""
        return None

    def notice(self) -> object | None:
        """The announcement that a connection will be closed, where the exchange has one."""
        return None

    def encode(self, body: object) -> Frame:
        return encoded(body)

    def ping_every(self, connection: Connection) -> float | None:
        return self.ping_s

    async def ping(self, connection: Connection) -> None:
        await connection.ping()

    async def drop(self, code: int = 1001) -> None:
        """A plain close from the server's side, of all connections."""
        await asyncio.gather(*(each.close(code) for each in list(self.connections)))

    def cut(self) -> None:
        """All connections are gone without a close frame."""
        for connection in list(self.connections):
            connection.cut()

    async def shut(self) -> None:
        """TCP connections are refused from now on, and those that stand are gone."""
        await self._door.shut()
        self.cut()

    async def reopen(self) -> None:
        """Back on the same port."""
        await self._door.open()

    async def leave(self, after_s: float = 60.0) -> None:
        """A service notice, and so long after it the close of all who were told."""
        told = list(self.connections)
        for connection in told:
            if (body := self.notice()) is not None:
                await self.say(connection, Kind.BANNER, body)
        await asyncio.sleep(after_s)
        await asyncio.gather(*(each.close() for each in told))

    async def huge(self, size: int = 16 * 1024 * 1024) -> None:
        """One well-formed frame of about that size, about nothing."""
        for connection in list(self.connections):
            await self.say(connection, Kind.BANNER, {"notice": "x" * size})

    async def say(self, connection: Connection, kind: Kind, body: object) -> bool:
        """One frame, unless a fault keeps it back; who is gone misses it."""
        faults = self.faults
        if kind not in faults.says:
            return False
        if faults.renamed and kind in DATA:
            body = renamed(body, self.changing)
        frame = self.encode(body)
        if faults.spoil is not None and kind in faults.spoils:
            frame = faults.spoil(frame)
        try:
            await connection.send(frame)
        except (ClientError, ConnectionError, RuntimeError):
            return False
        return True

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guard])
        for path in self.paths:
            app.router.add_get(path, self._serve)
        self.routes(app.router)
        self._door = Door(app)
        await self._door.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()
        for task in self._later:
            task.cancel()
        await self._door.remove()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._door.port}"

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Done beside everything else, unless the double ends before."""
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def tell_waiters(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """REST faults, and a record of what was asked for."""
        if "upgrade" in request.headers:
            return await handler(request)
        if self.faults.rest_status is not None:
            answer: web.StreamResponse = web.Response(status=self.faults.rest_status)
        else:
            try:
                answer = await handler(request)
            except web.HTTPException as refusal:
                answer = web.Response(status=refusal.status, text=refusal.text)
        self.answers.append((request.path_qs, answer.status))
        return answer

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.attempts += 1
        if self.faults.status is not None:
            return web.Response(status=self.faults.status)
        if self.faults.stalled:
            await asyncio.Event().wait()
        if self._handshakes.exceeded(self.connects):
            self.breaches.append(f"more than {self.connects} connections")
            return web.Response(status=429)
        ws = web.WebSocketResponse(autoping=False, compress=False)
        await ws.prepare(request)
        connection = Connection(request, ws, self)
        if self.faults.close_at_once:
            connection.cut()
            return ws
        self.connections.append(connection)
        ticking = asyncio.create_task(self._tick(connection))
        try:
            await self.opened(connection)
            await self._listen(connection)
        finally:
            ticking.cancel()
            connection.stop()
            self.connections.remove(connection)
            await self.tell_waiters()
        return ws

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            connection.heard()
            if connection.recent.exceeded(self.messages):
                self.breaches.append(f"more than {self.messages} messages")
                await connection.close(1008)
            elif message.type is WSMsgType.PING:
                await connection.pong(message.data)
            elif message.type is WSMsgType.PONG:
                connection.answered()
            elif message.type is WSMsgType.TEXT:
                await self._read(connection, message.data)

    async def _read(self, connection: Connection, said: str) -> None:
        ping, pong = self.word
        if said == ping:
            await self.say(connection, Kind.PONG, pong)
            return
        try:
            request = json.loads(said)
        except ValueError:
            self.breaches.append(f"no JSON: {said[:80]}")
            return
        self.asks.append(request)
        await self.asked(connection, request)

    async def _tick(self, connection: Connection) -> None:
        """Canaries and keep-alive of one connection, so that a slow reader delays only himself."""
        while True:
            await asyncio.sleep(self.canary_s)
            for topic in tuple(connection.topics):
                if (body := self.canary(connection, topic)) is not None:
                    await self.say(connection, Kind.CANARY, body)
            every, now = self.ping_every(connection), time.monotonic()
            if every is not None and now - connection.pinged_at >= every:
                connection.pinged_at = now
                await self.ping(connection)
            if why := self._neglected(connection, now):
                self.breaches.append(why)
                return await connection.close(1008)

    def _neglected(self, connection: Connection, now: float) -> str:
        """Why the exchange closes this connection, "" if it does not."""
        due = connection.unanswered_since
        if due is not None and now - due > self.pong_s:
            return f"a ping was not answered in {self.pong_s} s"
        if self.idle_s is not None and now - connection.heard_at > self.idle_s:
            return f"nothing was said for {self.idle_s} s"
        if self.quiet_s is not None and now - connection.moved_at > self.quiet_s:
            return f"silence for {self.quiet_s} s"
        return ""
