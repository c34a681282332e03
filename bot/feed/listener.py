"""Keeps one stream of an exchange connected, and tells the engine when it was not heard."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.backoff import Backoff
from bot.exchanges.dialect import Exchange, Stream
from bot.feed.budget import Connects
from bot.feed.connection import Connection
from bot.feed.intake import Intake
from bot.feed.silence import STARTING, Silence
from bot.feed.web import Failure
from bot.feed.wire import Wire
from bot.market import Gap

log = structlog.get_logger()

Running = asyncio.Task[Failure]


class Listener:
    """Connects, and connects again, until cancelled.

    A stream is deaf from ``since_ms`` until its subscriptions are acknowledged, and again from the
    last sign of life of a connection that was lost. A connection that nears the end of its life,
    or is asked to ``turn``, is closed only when its successor has been live for a while.
    ``changed`` is called after each change of ``state``.
    """

    def __init__(
        self,
        exchange: Exchange,
        stream: Stream,
        intake: Intake,
        connects: Connects,
        note: Callable[[Gap], None],
        wire: Wire,
        since_ms: int,
        changed: Callable[[], None],
    ) -> None:
        self.state = "connecting"
        self.reason = STARTING
        self.stream = stream
        self.reconnects = 0
        self._exchange = exchange
        self._intake = intake
        self._connects = connects
        self._wire = wire
        limits = wire.limits
        self._backoff = Backoff(
            wire.random, limits.first_retry_s, limits.longest_retry_s, limits.healthy_s
        )
        self._changed = changed
        self._connections: list[Connection] = []
        self._turning = asyncio.Event()
        self._refused: set[str] = set()
        self._distrusted = self._doubted = False
        self._silence = Silence(exchange.name, stream.name, note, wire.market)
        self._silence.begin(since_ms, STARTING)

    @property
    def refused(self) -> int:
        """Topics that the exchange does not give us."""
        return len(self._refused)

    def want(self, stream: Stream) -> None:
        """The stream as the newest table has it: newcomers are subscribed at once."""
        self.stream = stream
        for connection in self._connections:
            connection.want(stream.topics)

    def retire(self) -> None:
        """The stream is not needed any more: nothing is missed by not hearing it."""
        self._silence.end()

    def turn(self, reason: str) -> None:
        """Let a new connection take over from the one that serves."""
        if not self._turning.is_set():
            log.info(
                "feed turns over",
                exchange=self._exchange.name,
                stream=self.stream.name,
                reason=reason,
            )
            self._turning.set()

    async def run(self) -> None:
        while True:
            async with asyncio.TaskGroup() as group:
                connection, failure = await self._serve(group)
            wait_s = max(failure.wait_s, self._backoff.after(connection.health_s))
            self._lost(connection, failure, wait_s)
            await self._wire.real.sleep(wait_s)
            self.reconnects += 1

    async def _serve(self, group: asyncio.TaskGroup) -> tuple[Connection, Failure]:
        """Keep a connection and its successors until one ends that has none."""
        self._turning.clear()
        connection, running = self._open(group)
        ageing = self._ageing(group)
        try:
            while True:
                await _first(group, self._turning.wait(), running)
                if running.done():
                    return connection, self._ended(connection, running)
                connection, running = await self._take_over(group, connection, running)
                ageing.cancel()
                ageing = self._ageing(group)
        finally:
            ageing.cancel()

    async def _take_over(
        self, group: asyncio.TaskGroup, old: Connection, running: Running
    ) -> tuple[Connection, Running]:
        """Open a successor until one is live or the old one ends; whoever serves then."""
        backoff = Backoff(self._wire.random, self._wire.limits.first_retry_s)
        while not running.done():
            new, following = self._open(group)
            await _first(group, new.went_live.wait(), running, following)
            if new.went_live.is_set():
                overlap_s = self._wire.limits.overlap_s
                await _first(group, self._wire.real.sleep(overlap_s), running, following)
                if not following.done():
                    await self._close(old, running)
                    self._turning.clear()
                    return new, following
            elif running.done() and not following.done():
                self._lost(old, self._ended(old, running), 0.0)
                self._turning.clear()
                return new, following
            wait_s = max(self._ended(new, following).wait_s, backoff.after())
            await _first(group, self._wire.real.sleep(wait_s), running)
        self._turning.clear()
        return old, running

    def _ageing(self, group: asyncio.TaskGroup) -> asyncio.Task[None]:
        return group.create_task(self._grow_old(), name=f"{self._exchange.name} ageing")

    async def _grow_old(self) -> None:
        if self._exchange.lifetime_s is not None:
            await self._wire.real.sleep(self._exchange.lifetime_s)
            self.turn("a connection lives no longer here")

    def _open(self, group: asyncio.TaskGroup) -> tuple[Connection, Running]:
        """A connection that begins when the exchange's budget has a place for it."""
        wait_s = self._connects.take(self._wire.real.monotonic())
        connection = Connection(
            self._exchange,
            self.stream,
            self._intake,
            self._wire,
            self._went_live,
            self.turn,
            self._refused,
            self._distrusted,
            self._doubted,
            self._fell_silent,
        )
        self._connections.append(connection)
        name = f"{self._exchange.name} {self.stream.name} connection"
        return connection, group.create_task(self._run(connection, wait_s), name=name)

    async def _run(self, connection: Connection, wait_s: float) -> Failure:
        await self._wire.real.sleep(wait_s)
        return await connection.run()

    async def _close(self, connection: Connection, running: Running) -> None:
        running.cancel()
        await asyncio.wait({running})
        self._connections.remove(connection)

    def _ended(self, connection: Connection, running: Running) -> Failure:
        self._connections.remove(connection)
        failure = running.result()
        if not failure.reached:
            self._connects.give_back()
        if connection.fell_silent:
            self._doubted = True
            # Liquidations came, and never a canary: it is the canary that is not there.
            self._distrusted |= connection.watchdog.told and not connection.watchdog.sang
        return failure

    def _went_live(self) -> None:
        self._silence.end()
        self._note_refused()
        self.state, self.reason = "live", ""
        self._doubted = False
        log.info("feed live", exchange=self._exchange.name, stream=self.stream.name)
        self._changed()

    def _fell_silent(self, since_ms: int, reason: str) -> None:
        """What was acknowledged did not come; it may yet, on the same connection."""
        self._silence.begin(since_ms, reason)
        self.state, self.reason = "deaf", reason
        log.warning(
            "feed silent", exchange=self._exchange.name, stream=self.stream.name, reason=reason
        )
        self._changed()

    def _note_refused(self) -> None:
        refused = self._connections[-1].subscriptions.refused
        for topic in sorted(refused.keys() - self._refused):
            log.warning(
                "topic refused",
                exchange=self._exchange.name,
                topic=topic,
                reason=refused[topic],
            )
        self._refused = set(refused)

    def _lost(self, connection: Connection, failure: Failure, wait_s: float) -> None:
        was_live = connection.live_since is not None
        if was_live:
            self._silence.begin(connection.heard_until_ms, failure.sentence)
        else:
            self._silence.because(failure.sentence)
        if was_live or self.reason != failure.sentence:  # what goes on is not said again
            log.warning(
                "feed lost" if was_live else "feed not connected",
                exchange=self._exchange.name,
                stream=self.stream.name,
                reason=failure.sentence,
                again_in_s=round(wait_s, 1),
            )
        self.state = "blocked" if failure.blocked else "deaf"
        self.reason = failure.sentence
        self._changed()


async def _first(
    group: asyncio.TaskGroup, event: Coroutine[Any, Any, object], *ends: Running
) -> None:
    """Wait for something, or for the end of one of these."""
    task = group.create_task(event, name="awaited")
    await asyncio.wait({task, *ends}, return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
