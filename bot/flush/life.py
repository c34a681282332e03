"""One flush as it lives: its cascades, the stages it has entered, and what was told of it."""

from typing import Literal

import msgspec

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.flush.book import Book
from bot.flush.cascade import QUIET, Cascade, begun, worst
from bot.flush.flush import Entry, Severity, Span, Stage
from bot.market import Side

NEAR = 3
"""Minutes of which two must reach the bar (METRICS 4.6)."""

GROWN = 3
"""Times the bar in all: then it is building. A third minute at the bar makes it so too."""

FADED = 10
"""The last quarter of an hour is at most a tenth of the worst."""

WATCH_MS = 8 * HOUR_MS
"""How long a second wave is waited for (METRICS 4.16)."""

AFTER_MS = (HOUR_MS, 4 * HOUR_MS)
"""How long after the end it is looked back at."""

SECOND = 4
"""A second wave has at least a fourth of the first's total, or a new extreme price."""

PACE_MS = 10 * SECOND_MS
"""Growth is told this often at most,"""

STEP = 20
"""and when its total, worst minute or worst 5 minutes grew by a twentieth."""

What = Literal["entered", "grew", "wave began", "wave ended", "folded", "followup"]


class Told(msgspec.Struct, frozen=True):
    """When it was last told, and its latest wave then (``market.USD``)."""

    at_ms: int
    total: int
    minute: int
    five: int


class Life(msgspec.Struct):
    """``forming``: a cascade in the watch that is no second wave yet; it is not told of.

    ``followed``: how many follow-ups of the last end were told.
    """

    id: int
    coin: str | None
    side: Side
    baseline: int
    bar: int
    cascades: list[Cascade]
    stages: list[Entry]
    told: Told = Told(0, 0, 0, 0)
    forming: Cascade | None = None
    severity: Severity = Severity.MINOR
    within: int | None = None
    followed: int = 0

    @property
    def stage(self) -> Stage:
        return self.stages[-1].stage

    @property
    def running(self) -> bool:
        """Whether its last told cascade goes on."""
        return self.cascades[-1].end is None

    @property
    def end_ms(self) -> int | None:
        """When its last told cascade ended."""
        end = self.cascades[-1].end
        return None if end is None else (end + 1) * MINUTE_MS

    @property
    def current(self) -> Cascade | None:
        """The cascade that goes on, told or not."""
        return self.cascades[-1] if self.running else self.forming

    @property
    def all(self) -> list[Cascade]:
        """Its cascades, with the one that is not told of."""
        return self.cascades if self.forming is None else [*self.cascades, self.forming]

    def judge(self, book: Book, now_ms: int) -> What | None:
        """Look at the minutes until now; what is to be told, the weightiest."""
        now = now_ms // MINUTE_MS
        self.catch_up(book, now)
        current = self.current
        if current is None:
            return self._close(now_ms)
        over = now - current.last > QUIET
        if over:
            current.finish(book)
        if current is self.forming:
            return self._weigh(current, book, now_ms)
        if over:
            return self._end(now_ms)
        return self._go_on(current, book, now_ms)

    def followups(self, now_ms: int) -> list[int]:
        """How long after its end it is due to look back again, each once."""
        end_ms = self.end_ms
        if end_ms is None or self.stage is Stage.CLOSED:
            return []
        due = [after for after in AFTER_MS[self.followed :] if end_ms + after <= now_ms]
        self.followed += len(due)
        return due

    def settle(self, book: Book, first: int) -> None:
        """The book will hold nothing before this minute."""
        current = self.current
        if current is not None:
            current.settle(book, first)

    def tell(self, book: Book, now_ms: int) -> None:
        """Remember that it was told as it is now."""
        self.told = Told(now_ms, *self._size(self.cascades[-1], book, now_ms))

    def catch_up(self, book: Book, now: int) -> None:
        """Find the last minute at the bar, or in the watch a cascade that begins."""
        current = self.current
        if current is not None:
            for minute in range(max(current.last + 1, book.first), now + 1):
                if book.sides(self.coin, minute)[self.side] >= self.bar:
                    current.last = minute
            return
        calm = self.cascades[-1].last + QUIET
        start = onset(book, self.coin, self.side, self.bar, now, calm)
        if start is not None:
            self.forming = begun(self.coin, start, start)
            self.catch_up(book, now)

    def _watch_ms(self) -> int:
        end = self.cascades[-1].last + 1
        return end * MINUTE_MS + WATCH_MS

    def _close(self, now_ms: int) -> What | None:
        if now_ms < self._watch_ms():
            return None
        self.stages.append(Entry(Stage.CLOSED, now_ms))
        return "entered"

    def _weigh(self, forming: Cascade, book: Book, now_ms: int) -> What | None:
        """Whether it is a second wave by now; one that ended without is forgotten."""
        if not self._is_wave(forming, book, now_ms):
            if forming.end is None:
                return None
            self.forming = None
            return self._close(now_ms)
        self.cascades.append(forming)
        self.forming = None
        self.followed = 0
        return self._enter(Stage.SECOND_WAVE, now_ms) or "wave began"

    def _is_wave(self, forming: Cascade, book: Book, now_ms: int) -> bool:
        first = self.cascades[0]
        longs, shorts = forming.columns(book, now_ms // MINUTE_MS)
        if SECOND * (sum(longs) + sum(shorts)) >= sum(first.longs) + sum(first.shorts):
            return True
        wave = forming.wave(book, now_ms)
        if self.side is Side.LONG:
            lows = [cascade.sums.low for cascade in self.cascades if cascade.sums.low is not None]
            return wave.low is not None and bool(lows) and wave.low < min(lows)
        highs = [cascade.sums.high for cascade in self.cascades if cascade.sums.high is not None]
        return wave.high is not None and bool(highs) and wave.high > max(highs)

    def _end(self, now_ms: int) -> What | None:
        """By the clock it was over a quiet quarter of an hour after its last minute."""
        at_ms = min(now_ms, (self.cascades[-1].last + 1 + QUIET) * MINUTE_MS)
        told: What | None = self._enter(Stage.OVER, at_ms) or "wave ended"
        return self._close(now_ms) or told

    def _go_on(self, current: Cascade, book: Book, now_ms: int) -> What | None:
        now = now_ms // MINUTE_MS
        longs, shorts = current.columns(book, now)
        spans = worst(longs, shorts, current.start, now_ms)
        reached = _stage(longs, shorts, self.bar, spans)
        if reached is not None and (entered := self._enter(reached, now_ms)):
            return entered
        size = (sum(longs) + sum(shorts), spans[0].total, spans[1].total)
        told = (self.told.total, self.told.minute, self.told.five)
        grown = any(is_ * STEP >= was * (STEP + 1) for is_, was in zip(size, told, strict=True))
        return "grew" if grown and now_ms - self.told.at_ms >= PACE_MS else None

    def _enter(self, stage: Stage, at_ms: int) -> What | None:
        if stage <= self.stage:
            return None
        self.stages.append(Entry(stage, at_ms))
        return "entered"

    @staticmethod
    def _size(cascade: Cascade, book: Book, now_ms: int) -> tuple[int, int, int]:
        longs, shorts = cascade.columns(book, now_ms // MINUTE_MS)
        spans = worst(longs, shorts, cascade.start, now_ms)
        return sum(longs) + sum(shorts), spans[0].total, spans[1].total


def onset(
    book: Book, coin: str | None, side: Side, bar: int, now: int, calm: int = 0
) -> int | None:
    """The minute in which a cascade began: of the last three two reached the bar by this side.

    The minute that runs counts as soon as it does, those until ``calm`` do not. The side must be
    the larger one: in a flush of longs the shorts, a tenth of it, are no squeeze.
    """
    reached = []
    for minute in range(max(now - NEAR, calm) + 1, now + 1):
        sides = book.sides(coin, minute)
        if sides[side] >= bar and sides[side] >= sides[1 - side]:
            reached.append(minute)
    return reached[0] if len(reached) > 1 else None


def _stage(longs: list[int], shorts: list[int], bar: int, spans: list[Span]) -> Stage | None:
    """How far a cascade is that goes on; the last of the minutes is the one that runs.

    It is counted beside the whole ones, so that its first seconds do not look like calm.
    """
    five, quarter = spans[1].total, spans[2].total
    if FADED * _last(longs, shorts, QUIET) <= quarter:
        return Stage.FADING
    if 2 * _last(longs, shorts, 5) <= five:
        return Stage.PEAK
    if sum(longs) + sum(shorts) >= GROWN * bar:
        return Stage.BUILDING
    return None


def _last(longs: list[int], shorts: list[int], minutes: int) -> int:
    return sum(longs[-minutes - 1 :]) + sum(shorts[-minutes - 1 :])
