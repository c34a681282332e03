"""One exchange, heard: its instrument table, its streams, and how they are."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from bot.exchanges.dialect import Exchange, Stream
from bot.feed.board import Board
from bot.feed.budget import Connects
from bot.feed.filling import Filling
from bot.feed.intake import Intake
from bot.feed.judgement import Judgement
from bot.feed.listener import Listener
from bot.feed.listing import Listing
from bot.feed.silence import ASLEEP, FAILED, PROCESS, SET_BACK, STARTING, Silence
from bot.feed.status import FeedStatus
from bot.feed.wire import Wire
from bot.inbox import Inbox
from bot.market import Gap, Instruments, Liquidation
from bot.ports import BadFrame, Listings


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
        board: Board | None = None,
    ) -> None:
        self._exchange = exchange
        self._urls = urls
        self._wire = wire
        self._market = wire.market
        self._note = self._tell = inbox.note
        self._board = board or Board()
        self._intake = Intake(exchange, inbox, wire.real, self._board)
        self._listing = Listing(exchange, urls, wire, listings, self._adopt, self._answered)
        self._filling: Filling | None = None
        if exchange.history is not None:
            self._filling = Filling(
                exchange, exchange.history, urls, self._intake, wire, inbox.note, inbox.put,
                self._streams,
            )  # fmt: skip
            self._note = self._filling.note
        self._connects = Connects(exchange.budget)
        self._judgement = Judgement(exchange, self._intake, self._board, self._note, wire.market)
        self._silence = Silence(exchange.name, "instruments", self._note, wire.market)
        self._listeners: dict[str, Listener] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._coins: frozenset[str] = frozenset()
        self._started_ms = self._since_ms = wire.market.now_ms()
        self._state = "connecting"
        self.ratio: float | None = None
        """Our sum of the last whole hour to the exchange's own; whoever compares them sets it."""

    @property
    def name(self) -> str:
        return self._exchange.name

    def remember(self, events: Iterable[Liquidation], gaps: Iterable[Gap]) -> None:
        """What was heard and missed before this start; before ``run``."""
        self._intake.remember(events)
        if self._filling is not None:
            self._filling.remember(gaps)

    def jump(self, from_ms: int, to_ms: int) -> None:
        """No time has passed here between these two of the market's.

        Set back, the engine's clock stands until it is ``from_ms`` again, and refuses as too late
        what a history could never bring back: it would be taken for known.
        """
        if from_ms <= to_ms:
            self._note(Gap(self.name, PROCESS, from_ms, to_ms, ASLEEP, "stopped"))
        else:
            self._tell(Gap(self.name, PROCESS, to_ms, from_ms, SET_BACK))

    def bad_frames(self) -> list[BadFrame]:
        """The latest frames that could not be read, oldest first; each is given once."""
        frames = list(self._intake.bad_frames)
        self._intake.bad_frames.clear()
        return frames

    @property
    def instruments(self) -> Instruments:
        """The instrument table in force."""
        return self._listing.instruments

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
            duplicates=self._intake.told_again,
            ignored=counts.ignored,
            events=counts.events,
            refused=sum(listener.refused for listener in self._listeners.values()),
            stale=counts.stale,
            doubts=self._exchange.doubts,
            last_data_ms=counts.last_data_ms,
            inverted=self._intake.plausibility.inverted,
            ahead_ms=self._intake.early.ahead_ms(self._market.now_ms()),
            ratio=self.ratio,
            history=self._exchange.history is not None,
        )

    async def run(self) -> None:
        """Listen until cancelled; silent since this feed was made.

        After an error, which is a mistake of ours, it may be run again.
        """
        if not self._silence.open:
            self._silence.begin(self._started_ms, STARTING)
        try:
            await self._listen()
        except ExceptionGroup:
            self._give_up()
            raise

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listing.run(), name=f"{self.name} instruments")
            group.create_task(self._look(), name=f"{self.name} judgement")
            if self._filling is not None:
                group.create_task(self._filling.run(), name=f"{self.name} filling")
            await self._first_table()
            while not self._reconcile(group):
                await self._table()
            self._silence.end()
            while True:
                await self._table()
                self._reconcile(group)

    def _give_up(self) -> None:
        """No stream is heard any more; the table, which may have caused it, is asked for anew."""
        self._listing.asked.clear()
        if self._silence.open:
            self._silence.because(FAILED)
        else:
            self._started_ms = self._market.now_ms()
            self._silence.begin(self._started_ms, FAILED)
        for listener in self._listeners.values():
            listener.retire()
        self._listeners.clear()
        self._tasks.clear()
        self._note_state()

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
            self._connects,
            self._note,
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
        return self._judgement.state

    async def _look(self) -> None:
        """What cannot be told from one frame: silence that is no calm, and unreadable frames."""
        limits, turn_at, again_s = self._wire.limits, 0.0, 0.0
        while True:
            await self._wire.real.sleep(limits.look_s)
            live = bool(self._listeners) and all(
                listener.state == "live" for listener in self._listeners.values()
            )
            self._judgement.look(live)
            self._note_state()
            now = self._wire.real.monotonic()
            if self._judgement.state[0] != "mute":
                turn_at = again_s = 0.0
            elif now >= turn_at:
                again_s = min(max(limits.odd_retry_s, 2 * again_s), limits.longest_odd_retry_s)
                turn_at = now + again_s
                for listener in self._listeners.values():
                    listener.turn(self._judgement.state[1])

    def _streams(self) -> list[Stream]:
        return [listener.stream for listener in self._listeners.values()]

    def _note_state(self) -> None:
        state, _ = self._judge()
        if state != self._state:
            self._state, self._since_ms = state, self._market.now_ms()
