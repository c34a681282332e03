"""One WebSocket connection to an exchange, from the handshake to its end."""

import asyncio
from collections.abc import Callable, Collection
from typing import Literal

import aiohttp

from bot.exchanges.dialect import Ack, Answer, Closing, Events, Exchange, Stream
from bot.feed.intake import Intake
from bot.feed.old_news import OldNews
from bot.feed.subscriptions import Subscriptions, Topics
from bot.feed.web import Failure, by_error, host, proxy_for
from bot.feed.wire import Wire

Socket = aiohttp.ClientWebSocketResponse[Literal[False]]


class Connection:
    """Subscribes, answers, keeps alive, and hands frames to the intake until something ends it.

    ``went_live`` is called once, when all subscriptions were answered. ``last_heard_ms`` (market)
    is the last moment at which the exchange was surely there: a gap begins there.
    """

    def __init__(
        self,
        exchange: Exchange,
        stream: Stream,
        intake: Intake,
        wire: Wire,
        went_live: Callable[[], None],
        doubtful: Collection[str] = (),
    ) -> None:
        self._exchange = exchange
        self._stream = stream
        self._intake = intake
        self._wire = wire
        self._limits = wire.limits
        self._real = wire.real
        self._went_live = went_live
        self.subscriptions = Subscriptions(stream.topics, exchange.batches, doubtful)
        self.last_heard_ms = wire.market.now_ms()
        self.live_since: float | None = None
        self._heard_at = wire.real.monotonic()
        self._answered = asyncio.Event()
        self._wanted = asyncio.Event()
        self._old_news = OldNews(wire.limits.opening_s) if exchange.opens_with_old_news else None
        self._end: asyncio.Future[Failure] | None = None

    @property
    def health_s(self) -> float:
        """Seconds from being live to the last sign of life."""
        return 0.0 if self.live_since is None else self._heard_at - self.live_since

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
        self._heard_at = self._real.monotonic()
        self.last_heard_ms = self._wire.market.now_ms()

    async def _send(self, socket: Socket, text: str) -> None:
        try:
            await socket.send_str(text)
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
                    await self._pong(socket, message.data)
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

    async def _pong(self, socket: Socket, payload: bytes) -> None:
        try:
            await socket.pong(payload)
        except (aiohttp.ClientError, OSError):
            self._finish("the connection broke")

    async def _frame(self, socket: Socket, frame: bytes) -> None:
        received_ms = self.last_heard_ms
        match self._intake.parse(frame, received_ms):
            case Events(liquidations=liquidations):
                if self._old_news is not None:
                    fresh = self._old_news.without(liquidations, self._heard_at)
                    self._intake.counts.stale += len(liquidations) - len(fresh)
                    liquidations = fresh
                self._intake.take(liquidations, received_ms)
            case Ack() as ack:
                self._acknowledged(ack, received_ms)
            case Answer(payload=payload):
                await self._send(socket, payload)
            case Closing(reason=reason):
                self._finish(f"the exchange asks to reconnect ({reason})")

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
            if self.live_since is None and not self._settle():
                return
            await self._wanted.wait()

    async def _ask(self, socket: Socket, request: str, topics: Topics) -> bool:
        self._answered.clear()
        await self._send(socket, self._exchange.subscribe(topics, request))
        try:
            async with self._real.timeout(self._limits.ack_s):
                await self._answered.wait()
        except TimeoutError:
            self._finish(f"subscription not acknowledged in {self._limits.ack_s:g} s")
            return False
        if self.subscriptions.refusals > self._limits.refusals:
            self._finish("too many subscriptions refused")
            return False
        return True

    def _settle(self) -> bool:
        """Everything was answered: from here on the stream is heard."""
        subscriptions = self.subscriptions
        if subscriptions.refused and not subscriptions.accepted:
            reason = next(iter(subscriptions.refused.values()))
            self._finish(f"subscription refused: {reason or 'no reason given'}")
            return False
        self.live_since = self._real.monotonic()
        self._went_live()
        return True

    async def _ping(self, socket: Socket) -> None:
        heartbeat = self._exchange.heartbeat
        while True:
            await self._real.sleep(heartbeat.every_s)
            if heartbeat.payload is not None:
                await self._send(socket, heartbeat.payload)
                continue
            try:
                await socket.ping()
            except (aiohttp.ClientError, OSError):
                self._finish("the connection broke")

    async def _watch(self) -> None:
        """Transport alone is judged: hours without a liquidation are calm, not an outage."""
        patience_s = self._exchange.heartbeat.every_s + self._limits.pong_s
        while (left := self._heard_at + patience_s - self._real.monotonic()) > 0:
            await self._real.sleep(left)
        self._finish(f"{host(self._stream.url)} fell silent: not even a pong for {patience_s:g} s")
