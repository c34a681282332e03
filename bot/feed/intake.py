"""What an exchange's frames become: new liquidations in the inbox, and honest counts."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec
import structlog

from bot.clock import Clock
from bot.events import Heard
from bot.exchanges.dialect import Exchange, Marks, Other, Parsed
from bot.feed.board import Board
from bot.feed.duplicates import Duplicates
from bot.feed.early import Early
from bot.feed.lag import Lag
from bot.feed.plausibility import Plausibility
from bot.feed.quality import Quality
from bot.feed.web import understood
from bot.inbox import LATEST_MS, Inbox
from bot.market import Instruments, Liquidation
from bot.ports import BadFrame

SAMPLES = 100
SAMPLE_BYTES = 4096
SAYING_S = 60.0
"""Broken frames are spoken of once in this time; the count tells the rest."""

SHARE = 1_000
"""So many liquidations go on together: whoever takes them gives way to others in between."""

RECENT = 10_000
"""Liquidations that are kept to compare an exchange's history with."""

log = structlog.get_logger()


class Counts(msgspec.Struct):
    """Since the start. ``stale``: told again by an exchange that opens with old news."""

    events: int = 0
    unpriced: int = 0
    ignored: int = 0
    bad: int = 0
    stale: int = 0
    last_event_ms: int | None = None
    last_data_ms: int | None = None


class Intake:
    """Shared by the streams of one exchange: topics may move between them without a double count.

    ``instruments`` is the table in force. ``recent`` are the latest liquidations that were new.
    """

    def __init__(
        self, exchange: Exchange, inbox: Inbox, real: Clock, board: Board | None = None
    ) -> None:
        self.instruments: Instruments = {}
        self.counts = Counts()
        self.duplicates = Duplicates()
        self._too_late = Duplicates(RECENT)
        self.bad_frames: deque[BadFrame] = deque(maxlen=SAMPLES)
        self.quality = Quality()
        self.early, self.lag = Early(), Lag()
        self.plausibility = Plausibility()
        self.recent: deque[Liquidation] = deque(maxlen=RECENT)
        self._exchange = exchange
        self._inbox = inbox
        self._real = real
        self._board = board or Board()
        self._said_at: float | None = None

    @property
    def told_again(self) -> int:
        """Liquidations that were refused because an earlier frame had told them."""
        return self.duplicates.dropped + self._too_late.dropped

    def remember(self, events: Iterable[Liquidation]) -> None:
        """What was heard before this start: it is not new when it is told again."""
        for _, frame in groupby(events, lambda event: event.received_ms):
            told = list(frame)  # equal ones of one frame are two
            self.duplicates.fresh(told)
            self.recent.extend(told)

    def read(self, frame: bytes, received_ms: int) -> Parsed | str:
        """What a frame says, or why it cannot be read, which costs nothing but the frame.

        Changes nothing, so that any thread may call it; ``count`` must follow.
        """
        return understood(self._exchange.parse, frame, received_ms, self.instruments)

    def count(self, frame: bytes, read: Parsed | str, received_ms: int) -> Parsed | None:
        """What a frame said; None and a place in quarantine for one that could not be read."""
        if isinstance(read, str):
            self._quarantine(frame, read, received_ms)
            return None
        if not (isinstance(read, Marks) and read.prices):
            # A canary's frames are many, and tell nothing of how the liquidations' are read.
            self.quality.frame(received_ms, bad=False)
        if isinstance(read, Other):
            self.counts.ignored += 1
        return read

    def note_marks(self, prices: Iterable[tuple[str, float]], received_ms: int) -> None:
        """A canary spoke."""
        self.counts.last_data_ms = received_ms
        name, listed = self._exchange.name, self.instruments
        for symbol, price in prices:
            if price > 0:
                known = listed.get(symbol)
                coin = known.coin if known else None
                self._board.mark(name, symbol, coin, price, received_ms)

    def take(self, liquidations: list[Liquidation], received_ms: int) -> int:
        """Pass on what was not heard before; how many that were.

        What the engine will only count as too late is not known by it: a history may bring it back.
        """
        oldest_ms = received_ms - LATEST_MS
        late = [event for event in liquidations if event.time_ms < oldest_ms]
        if late:
            liquidations = [event for event in liquidations if event.time_ms >= oldest_ms]
            late = self._too_late.fresh([e for e in late if not self.duplicates.knows(e)])
        fresh = self.duplicates.fresh(liquidations)
        self.recent.extend(fresh)
        if fresh:
            self.lag.in_time()
        elif late:
            self.lag.late(late, received_ms)
        fresh += late
        if not fresh:
            return 0
        counts = self.counts
        self.early.hear(fresh, received_ms)
        counts.events += len(fresh)
        counts.last_event_ms = counts.last_data_ms = received_ms
        name = self._exchange.name
        for liquidation in fresh:
            if liquidation.notional is None:
                counts.unpriced += 1
            self._compare(liquidation, received_ms)
        self._board.heard(name, len(fresh))
        for part in parts(fresh):
            self._inbox.hear(Heard(name, part, received_ms))
        return len(fresh)

    def _compare(self, event: Liquidation, now_ms: int) -> None:
        """An unpriced order's price may be any number, such as that of its entry (Bitfinex)."""
        if event.notional is None:
            return
        mark = self._board.price(event.exchange, event.symbol, event.coin, now_ms)
        if mark is not None:
            self.plausibility.hear(event.side, float(event.price), mark)

    def _quarantine(self, frame: bytes, reason: str, received_ms: int) -> None:
        self.counts.bad += 1
        self.quality.frame(received_ms, bad=True)
        name, raw = self._exchange.name, bytes(frame[:SAMPLE_BYTES])
        self.bad_frames.append(BadFrame(name, raw, reason, received_ms))
        now = self._real.monotonic()
        if self._said_at is None or now - self._said_at >= SAYING_S:
            self._said_at = now
            log.warning(
                "unreadable frame",
                exchange=name,
                reason=reason,
                bad=self.counts.bad,
                frame=raw[:200],
            )


def parts(events: list[Liquidation], share: int = SHARE) -> Iterator[tuple[Liquidation, ...]]:
    """Events in shares of at most so many."""
    for start in range(0, len(events), share):
        yield tuple(events[start : start + share])
