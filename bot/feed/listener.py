"""Keeps one stream of an exchange connected, and tells the engine when it was not heard."""

from collections.abc import Callable

import structlog

from bot.backoff import Backoff
from bot.exchanges.dialect import Exchange, Stream
from bot.feed.connection import Connection
from bot.feed.intake import Intake
from bot.feed.silence import STARTING, Silence
from bot.feed.web import Failure
from bot.feed.wire import Wire
from bot.inbox import Inbox

log = structlog.get_logger()


class Listener:
    """Connects, and connects again, until cancelled.

    A stream is deaf from ``since_ms`` until its subscriptions are acknowledged, and again from the
    last sign of life of a connection that was lost. ``changed`` is called after each change of
    ``state``.
    """

    def __init__(
        self,
        exchange: Exchange,
        stream: Stream,
        intake: Intake,
        inbox: Inbox,
        wire: Wire,
        since_ms: int,
        changed: Callable[[], None],
    ) -> None:
        self.state = "connecting"
        self.reason = STARTING
        self.reconnects = 0
        self._exchange = exchange
        self._stream = stream
        self._intake = intake
        self._wire = wire
        limits = wire.limits
        self._backoff = Backoff(
            wire.random, limits.first_retry_s, limits.longest_retry_s, limits.healthy_s
        )
        self._changed = changed
        self._connection: Connection | None = None
        self._refused: set[str] = set()
        self._silence = Silence(exchange.name, stream.name, inbox, wire.market)
        self._silence.begin(since_ms, STARTING)

    @property
    def refused(self) -> int:
        """Topics that the exchange does not give us."""
        return len(self._refused)

    def want(self, stream: Stream) -> None:
        """The stream as the newest table has it: newcomers are subscribed at once."""
        self._stream = stream
        if self._connection is not None:
            self._connection.want(stream.topics)

    def retire(self) -> None:
        """The stream is not needed any more: nothing is missed by not hearing it."""
        self._silence.end()

    async def run(self) -> None:
        while True:
            connection = self._connection = self._connect()
            failure = await connection.run()
            self._connection = None
            wait_s = max(failure.wait_s, self._backoff.after(connection.health_s))
            self._lost(connection, failure, wait_s)
            await self._wire.real.sleep(wait_s)
            self.reconnects += 1

    def _connect(self) -> Connection:
        return Connection(
            self._exchange,
            self._stream,
            self._intake,
            self._wire,
            self._went_live,
            self._refused,
        )

    def _went_live(self) -> None:
        self._silence.end()
        self._note_refused()
        self.state, self.reason = "live", ""
        log.info("feed live", exchange=self._exchange.name, stream=self._stream.name)
        self._changed()

    def _note_refused(self) -> None:
        if self._connection is None:
            return
        refused = self._connection.subscriptions.refused
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
            self._silence.begin(connection.last_heard_ms, failure.sentence)
        else:
            self._silence.because(failure.sentence)
        if was_live or self.reason != failure.sentence:  # what goes on is not said again
            log.warning(
                "feed lost" if was_live else "feed not connected",
                exchange=self._exchange.name,
                stream=self._stream.name,
                reason=failure.sentence,
                again_in_s=round(wait_s, 1),
            )
        self.state = "blocked" if failure.blocked else "deaf"
        self.reason = failure.sentence
        self._changed()
