"""What an exchange's frames become: new liquidations in the inbox, and honest counts."""

from collections import deque

import msgspec
import structlog

from bot.clock import Clock
from bot.errors import ParseError
from bot.events import Heard
from bot.exchanges.dialect import Exchange, Other, Parsed
from bot.feed.duplicates import Duplicates
from bot.inbox import Inbox
from bot.market import Instruments, Liquidation

SAMPLES = 100
SAMPLE_BYTES = 4096
SAYING_S = 60.0
"""Broken frames are spoken of once in this time; the count tells the rest."""

log = structlog.get_logger()


class BadFrame(msgspec.Struct, frozen=True):
    """A frame that could not be read; ``frame`` is at most its first 4 KiB."""

    frame: bytes
    reason: str
    received_ms: int


class Counts(msgspec.Struct):
    """Since the start. ``stale``: told again by an exchange that opens with old news."""

    events: int = 0
    unpriced: int = 0
    ignored: int = 0
    bad: int = 0
    stale: int = 0
    last_event_ms: int | None = None


class Intake:
    """Shared by the streams of one exchange: topics may move between them without a double count.

    ``instruments`` is the table in force.
    """

    def __init__(self, exchange: Exchange, inbox: Inbox, real: Clock) -> None:
        self.instruments: Instruments = {}
        self.counts = Counts()
        self.duplicates = Duplicates()
        self.bad_frames: deque[BadFrame] = deque(maxlen=SAMPLES)
        self._exchange = exchange
        self._inbox = inbox
        self._real = real
        self._said_at: float | None = None

    def parse(self, frame: bytes | str, received_ms: int) -> Parsed | None:
        """What a frame says; None when it cannot be read, which costs nothing but the frame."""
        try:
            parsed = self._exchange.parse(frame, received_ms, self.instruments)
        except ParseError as error:
            self._quarantine(frame, str(error), received_ms)
            return None
        except Exception as error:  # noqa: BLE001 - a dialect's mistake must not cost the feed
            self._quarantine(frame, f"{type(error).__name__}: {error}", received_ms)
            return None
        if isinstance(parsed, Other):
            self.counts.ignored += 1
        return parsed

    def take(self, liquidations: list[Liquidation], received_ms: int) -> None:
        """Pass on what was not heard before."""
        fresh = self.duplicates.fresh(liquidations)
        if not fresh:
            return
        counts = self.counts
        counts.events += len(fresh)
        counts.last_event_ms = received_ms
        for liquidation in fresh:
            if liquidation.notional is None:
                counts.unpriced += 1
        self._inbox.hear(Heard(self._exchange.name, tuple(fresh), received_ms))

    def _quarantine(self, frame: bytes | str, reason: str, received_ms: int) -> None:
        self.counts.bad += 1
        start = frame[:SAMPLE_BYTES]
        raw = start.encode(errors="replace") if isinstance(start, str) else bytes(start)
        self.bad_frames.append(BadFrame(raw[:SAMPLE_BYTES], reason, received_ms))
        now = self._real.monotonic()
        if self._said_at is None or now - self._said_at >= SAYING_S:
            self._said_at = now
            log.warning(
                "unreadable frame",
                exchange=self._exchange.name,
                reason=reason,
                bad=self.counts.bad,
                frame=raw[:200],
            )
