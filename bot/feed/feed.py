"""One exchange, heard: its instrument table, its streams, and how they are."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

import msgspec

from bot.exchanges.dialect import Exchange, Stream
from bot.feed.intake import BadFrame, Intake
from bot.feed.listener import Listener
from bot.feed.listing import Listing
from bot.feed.silence import STARTING, Silence
from bot.feed.wire import Wire
from bot.inbox import Inbox
from bot.market import Instruments
from bot.ports import Listings


class FeedStatus(msgspec.Struct, frozen=True):
    """One exchange's feed. ``state``: ``connecting``, ``live``, ``deaf`` or ``blocked``.

    ``since_ms`` is the market's time of the last change of state; counts are since the start.
    ``refused`` are topics that the exchange would not give, ``stale`` events of its old news.
    """

    exchange: str
    state: str
    since_ms: int
    reason: str
    last_event_ms: int | None
    instruments: int
    unpriced: int
    bad: int
    reconnects: int
    duplicates: int
    ignored: int
    events: int
    refused: int
    stale: int
    doubts: tuple[str, ...] = ()
    last_data_ms: int | None = None
    inverted: bool = False
    ratio: float | None = None


class Feed:
    """Drives one exchange's dialect: streams into the inbox, each reconnected on its own.

    ``urls`` are bases by role, as ``Exchange.urls``. Until the streams are known, the whole
    exchange is deaf: a gap of the stream ``instruments``.
    """

    def __init__(
        self,
        exchange: Exchange,
        urls: Mapping[str, str],
        wire: Wire,
        inbox: Inbox,
        listings: Listings,
    ) -> None:
        self._exchange = exchange
        self._urls = urls
        self._wire = wire
        self._market = wire.market
        self._inbox = inbox
        self._intake = Intake(exchange, inbox, wire.real)
        self._listing = Listing(exchange, urls, wire, listings, self._adopt, self._answered)
        self._silence = Silence(exchange.name, "instruments", inbox, wire.market)
        self._listeners: dict[str, Listener] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._coins: frozenset[str] = frozenset()
        self._started_ms = self._since_ms = wire.market.now_ms()
        self._state = "connecting"

    @property
    def name(self) -> str:
        return self._exchange.name

    @property
    def bad_frames(self) -> tuple[BadFrame, ...]:
        """The latest frames that could not be read, oldest first."""
        return tuple(self._intake.bad_frames)

    def coins(self) -> Collection[str]:
        """Coins of the instrument table in force."""
        return self._coins

    def status(self) -> FeedStatus:
        counts = self._intake.counts
        state, reason = self._judge()
        return FeedStatus(
            exchange=self.name,
            state=state,
            since_ms=self._since_ms,
            reason=reason,
            last_event_ms=counts.last_event_ms,
            instruments=len(self._listing.instruments),
            unpriced=counts.unpriced,
            bad=counts.bad,
            reconnects=sum(listener.reconnects for listener in self._listeners.values()),
            duplicates=self._intake.duplicates.dropped,
            ignored=counts.ignored,
            events=counts.events,
            refused=sum(listener.refused for listener in self._listeners.values()),
            stale=counts.stale,
            doubts=self._exchange.doubts,
        )

    async def run(self) -> None:
        """Listen until cancelled."""
        self._started_ms = self._since_ms = self._market.now_ms()
        self._silence.begin(self._started_ms, STARTING)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listing.run(), name=f"{self.name} instruments")
            await self._first_table()
            while not self._reconcile(group):
                await self._table()
            self._silence.end()
            while True:
                await self._table()
                self._reconcile(group)

    async def _first_table(self) -> None:
        """The exchange's own if it answers soon, else the stored one, else what it will say."""
        with suppress(TimeoutError):
            async with self._wire.real.timeout(self._wire.limits.table_patience_s):
                await self._listing.asked.wait()
        if not self._listing.instruments:
            await self._listing.restore()
        if not self._listing.instruments:
            await self._listing.asked.wait()

    def _answered(self) -> None:
        failure = self._listing.failure
        if failure is not None and self._silence.open:
            self._silence.because(failure.sentence)
        self._note_state()

    async def _table(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _adopt(self, instruments: Instruments) -> None:
        self._intake.instruments = instruments
        self._coins = frozenset(instrument.coin for instrument in instruments.values())
        self._changed.set()

    def _reconcile(self, group: asyncio.TaskGroup) -> bool:
        """Open, widen and end streams as the table asks; False when there is none to open."""
        since_ms = self._started_ms if self._silence.open else self._market.now_ms()
        streams = self._exchange.streams(self._listing.instruments, self._urls)
        wanted = {stream.name: stream for stream in streams}
        for name in self._listeners.keys() - wanted.keys():
            self._tasks.pop(name).cancel()
            self._listeners.pop(name).retire()
        for name, stream in wanted.items():
            if name in self._listeners:
                self._listeners[name].want(stream)
            else:
                self._listeners[name] = listener = self._listener(stream, since_ms)
                self._tasks[name] = group.create_task(
                    listener.run(), name=f"{self.name} {name} listener"
                )
        self._note_state()
        return bool(wanted)

    def _listener(self, stream: Stream, since_ms: int) -> Listener:
        return Listener(
            self._exchange,
            stream,
            self._intake,
            self._inbox,
            self._wire,
            since_ms,
            self._note_state,
        )

    def _judge(self) -> tuple[str, str]:
        """The worst of the streams; without streams, what keeps the instrument table away."""
        listeners = self._listeners.values()
        if not listeners:
            failure = self._listing.failure
            if failure is None:
                return "connecting", STARTING
            return "blocked" if failure.blocked else "deaf", failure.sentence
        for state in ("blocked", "deaf", "connecting"):
            for listener in listeners:
                if listener.state == state:
                    return state, listener.reason
        return "live", ""

    def _note_state(self) -> None:
        state, _ = self._judge()
        if state != self._state:
            self._state, self._since_ms = state, self._market.now_ms()
