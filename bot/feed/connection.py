"""One WebSocket connection to an exchange, from the handshake to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Literal

import aiohttp

from bot.exchanges.dialect import (
    Ack,
    Answer,
    Closing,
    Events,
    Exchange,
    Marks,
    Parsed,
    Stream,
    Topics,
)
from bot.feed.intake import Intake
from bot.feed.old_news import OldNews
from bot.feed.subscriptions import Subscriptions
from bot.feed.watchdog import Watchdog
from bot.feed.web import Failure, by_error, host, proxy_for
from bot.feed.wire import Wire
from bot.market import Liquidation

Socket = aiohttp.ClientWebSocketResponse[Literal[False]]


class Connection:
    """Subscribes, answers, keeps alive, and hands frames to the intake until something ends it.

    ``tell_live`` is called when all subscriptions were answered, ``tell_silent`` with the moment
    and a reason when nothing followed, ``turn`` when the exchange gives notice that it will close.
    ``heard_until_ms`` (market) is the last moment at which the exchange was surely there: a gap
    begins there. ``distrusted``: its canary is not waited for. ``fell_silent``: data was waited for
    in vain. ``doubted``: so it ended last time; this one is live only when data comes.
    """

    def __init__(
        self,
        exchange: Exchange,
        stream: Stream,
        intake: Intake,
        wire: Wire,
        tell_live: Callable[[], None] = lambda: None,
        turn: Callable[[str], None] = lambda reason: None,
        doubtful: Collection[str] = (),
        distrusted: bool = False,
        doubted: bool = False,
        tell_silent: Callable[[int, str], None] = lambda since_ms, reason: None,
    ) -> None:
        self._exchange = exchange
        self._stream = stream
        self._intake = intake
        self._wire = wire
        self._limits = wire.limits
        self._ack_s = max(wire.limits.ack_s, exchange.ack_s)
        self._real = wire.real
        self.went_live = asyncio.Event()
        self._tell_live = tell_live
        self._tell_silent = tell_silent
        self._turn = turn
        self.subscriptions = Subscriptions(stream.topics, exchange.batches, doubtful)
        self.subscriptions.want(stream.canaries)
        self.heard_until_ms = wire.market.now_ms()
        self.live_since: float | None = None
        self.watchdog = Watchdog(exchange, wire.limits.pong_s, wire.real.monotonic())
        if distrusted:
            self.watchdog.distrust()
        self.fell_silent = False
        self._doubted = doubted
        self._settled = False
        self._data_ms = self.heard_until_ms
        self._asked_at: float | None = None
        self._answered = asyncio.Event()
        self._wanted = asyncio.Event()
        self._old_news = OldNews(wire.limits.opening_s) if exchange.opens_with_old_news else None
        self._end: asyncio.Future[Failure] | None = None

    @property
    def health_s(self) -> float:
        """Seconds from being live to the last sign of life."""
        return 0.0 if self.live_since is None else self.watchdog.heard_at - self.live_since

    def want(self, topics: Topics) -> None:
        """Subscribe topics that were not asked for yet, or were refused before."""
        if self.subscriptions.want(topics):
            self._wanted.set()

    async def run(self) -> Failure:
        """Connect and serve until the connection ends; why it did. Cancelling closes it."""
        socket = await self._connect()
        if isinstance(socket, Failure):
            return socket
        try:
            return await self._serve(socket)
        finally:
            await socket.close()

    async def _connect(self) -> Socket | Failure:
        url = self._stream.url
        try:
            async with self._real.timeout(self._limits.connect_s):
                return await self._wire.session.ws_connect(
                    url,
                    headers=self._exchange.headers,
                    proxy=proxy_for(url, self._wire.proxy),
                    autoping=False,  # pongs must be seen: they are the sign of life
                    decode_text=False,
                    compress=15,
                    max_msg_size=self._limits.message_bytes,
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._limits.close_s),
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return by_error(error, url, self._limits.connect_s)

    async def _serve(self, socket: Socket) -> Failure:
        self._end = asyncio.get_running_loop().create_future()
        self._alive()
        name = f"{self._exchange.name} {self._stream.name}"
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._read(socket), name=f"{name} reader"),
                group.create_task(self._subscribe(socket), name=f"{name} subscriber"),
                group.create_task(self._ping(socket), name=f"{name} heartbeat"),
                group.create_task(self._watch(), name=f"{name} watchdog"),
            ]
            failure = await self._end
            for task in tasks:
                task.cancel()
        return failure

    def _finish(self, sentence: str) -> None:
        if self._end is not None and not self._end.done():
            self._end.set_result(Failure("lost", sentence))

    def _alive(self) -> None:
        self.watchdog.frame(self._real.monotonic())
        self.heard_until_ms = self._wire.market.now_ms()

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (aiohttp.ClientError, OSError):
            self._finish("the connection broke")

    async def _read(self, socket: Socket) -> None:
        """Does nothing but read: whoever waits here is cut off by the exchange."""
        while True:
            message = await socket.receive()
            match message.type:
                case aiohttp.WSMsgType.TEXT | aiohttp.WSMsgType.BINARY:
                    self._alive()
                    await self._frame(socket, message.data)
                case aiohttp.WSMsgType.PING:
                    self._alive()
                    await self._send(socket.pong(message.data))
                case aiohttp.WSMsgType.PONG:
                    self._alive()
                case aiohttp.WSMsgType.ERROR:
                    return self._finish(f"broken transport ({message.data})")
                case _:
                    code = socket.close_code
                    return self._finish(
                        f"closed by the exchange (code {code})"
                        if message.type is aiohttp.WSMsgType.CLOSE
                        else "the connection broke"
                    )

    async def _frame(self, socket: Socket, frame: bytes) -> None:
        received_ms = self.heard_until_ms
        match await self._parse(frame, received_ms):
            case Events(liquidations=liquidations):
                self._take(liquidations, received_ms)
            case Marks(prices=prices):
                self._data(received_ms, canary=True)
                self._intake.note_marks(prices, received_ms)
            case Ack() as ack:
                self._acknowledged(ack, received_ms)
            case Answer(payload=payload):
                await self._send(socket.send_str(payload))
            case Closing(reason=reason):
                self._turn(reason)

    async def _parse(self, frame: bytes, received_ms: int) -> Parsed | None:
        intake = self._intake
        if len(frame) <= self._limits.long_frame_bytes:
            read = intake.read(frame, received_ms)
        else:
            read = await asyncio.to_thread(intake.read, frame, received_ms)
        return intake.count(frame, read, received_ms)

    def _data(self, received_ms: int, canary: bool) -> None:
        self._data_ms = received_ms
        self.watchdog.data(self._real.monotonic(), canary)
        if self._settled and self.live_since is None:
            self._go_live()

    def _take(self, liquidations: list[Liquidation], received_ms: int) -> None:
        if self._old_news is not None:
            fresh = self._old_news.without(liquidations, self.watchdog.heard_at)
            self._intake.counts.stale += len(liquidations) - len(fresh)
            liquidations = fresh
        if liquidations:  # old news is no sign that data flows
            self._data(received_ms, canary=False)
            self._intake.take(liquidations, received_ms)

    def _acknowledged(self, ack: Ack, received_ms: int) -> None:
        self.subscriptions.hear(ack)
        if self._old_news is not None and self.live_since is None:
            self._old_news.subscribed(received_ms)
        self._wanted.set()  # a late refusal may have left something to ask
        if self.subscriptions.settled:
            self._answered.set()

    async def _subscribe(self, socket: Socket) -> None:
        while True:
            self._wanted.clear()
            while (request := self.subscriptions.next()) is not None:
                if not await self._ask(socket, *request):
                    return
            if not (self._settled or self._settle()):
                return
            await self._wanted.wait()

    async def _ask(self, socket: Socket, request: str, topics: Topics) -> bool:
        self._answered.clear()
        await self._pace()
        await self._send(socket.send_str(self._exchange.subscribe(topics, request)))
        try:
            async with self._real.timeout(self._ack_s):
                await self._answered.wait()
        except TimeoutError:
            self._finish(f"subscription not acknowledged in {self._ack_s:g} s")
            return False
        if self.subscriptions.refusals > self._limits.refusals:
            self._finish("too many subscriptions refused")
            return False
        return True

    async def _pace(self) -> None:
        """Requests no closer to each other than the exchange allows."""
        gap_s, now = self._exchange.budget.request_gap_s, self._real.monotonic()
        if gap_s and self._asked_at is not None:
            await self._real.sleep(max(0.0, self._asked_at + gap_s - now))
        self._asked_at = self._real.monotonic()

    def _settle(self) -> bool:
        """Everything was answered: from here on the stream is heard, and data is expected."""
        subscriptions, stream = self.subscriptions, self._stream
        refused = subscriptions.refused
        if refused and not subscriptions.accepted.difference(stream.canaries):
            reason = next((why for topic, why in refused.items() if topic in stream.topics), "")
            self._finish(f"subscription refused: {reason or 'no reason given'}")
            return False
        if stream.canaries and not subscriptions.accepted.intersection(stream.canaries):
            self.watchdog.distrust()
        self._settled = True
        self._data_ms = self._wire.market.now_ms()
        self.watchdog.listen(self._real.monotonic())
        if not (self._doubted and self.watchdog.unproven):
            self._go_live()
        return True

    def _go_live(self) -> None:
        self.live_since = self._real.monotonic()
        self.went_live.set()
        self._tell_live()

    def _look_for_proof(self, now: float) -> None:
        """An acknowledgement is soon followed by what was promised, or the stream is not heard."""
        live_s = 0.0 if self.live_since is None else now - self.live_since
        if self.watchdog.unproven and live_s >= self._limits.proof_s:
            self.live_since = None
            reason = f"{host(self._stream.url)} acknowledges and sends nothing"
            self._tell_silent(self._data_ms, reason)

    async def _ping(self, socket: Socket) -> None:
        heartbeat = self._exchange.heartbeat
        while True:
            await self._real.sleep(heartbeat.every_s)
            if heartbeat.payload is None:
                await self._send(socket.ping())
            else:
                await self._send(socket.send_str(heartbeat.payload))

    async def _watch(self) -> None:
        while not (verdict := self.watchdog.verdict(now := self._real.monotonic())):
            self._look_for_proof(now)
            # Going live may bring the next verdict nearer, so no sleep is longer than a look.
            await self._real.sleep(min(max(self.watchdog.due - now, 0.001), self._limits.look_s))
        if self.watchdog.deaf_of_data(now):
            self.fell_silent = True
            self.heard_until_ms = self._data_ms
        self._finish(f"{host(self._stream.url)} is {verdict}")
