"""Cases as they are now: what sentences look at, put together from memory alone."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from bot.casebook.moments import Moments
from bot.casebook.recorder import Minute, Recorder
from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Reading, Split
from bot.flush.book import BASE
from bot.flush.flush import Flush, Stage, Wave
from bot.history.known import LEAST_DAYS
from bot.history.standing import Standing
from bot.ports import Desk, History
from bot.rules import WINDOWS
from bot.sentences.case import Case, MinuteSum, News
from bot.structure.facts import Candle
from bot.structure.view import Figure
from bot.structure.views import Views

LOOKED_BACK_MS = 2 * HOUR_MS
"""Minutes that sentences look at."""

BARS = 4
"""Of volatility: three falls in a row need four."""

BUSY_MS = 15 * MINUTE_MS
BUSY_SHARE = 0.75

AWAITED = 3
"""Minutes whose candles may still be on their way."""

LEAST_TRADED_MS = 5 * MINUTE_MS
"""What was traded in a shorter span is not known by whole minutes."""


class Headlines(Protocol):
    """As much of ``bot.news.desk.NewsDesk`` as is needed."""

    def news(self, before_ms: int) -> News | None: ...


class Casebook:
    """Fulfils ``bot.ports.Cases``. ``views`` None: no market is followed; ``news`` None: no feed.

    A flush is told over the hour that ends now: ranks and normals are of hours. Once it is over the
    rank is that of its worst hour.
    """

    def __init__(
        self,
        desk: Desk,
        history: History,
        views: Views | None,
        news: Headlines | None,
        recorder: Recorder,
    ) -> None:
        self._desk = desk
        self._history = history
        self._views = views
        self._news = news
        self._recorder = recorder
        self._moments = Moments(views)

    def of_flush(self, flush: Flush) -> Case:
        reading = self._desk.reading(flush.coin, None, "1h")
        return replace(
            self._case(reading, flush),
            standing=self._standing(_worst_hour(flush, reading)),
            hour_since=self._hour_since(flush, reading.at_ms),
        )

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        """A flush of another scope than the window's has other minutes and another worst: then the
        window is told by itself."""
        same = flush is not None and reading.exchange is None and flush.coin == reading.coin
        return self._case(reading, flush if same else None)

    def _case(self, reading: Reading, flush: Flush | None) -> Case:
        coin, exchange, at_ms = reading.coin, reading.exchange, reading.at_ms
        subject = coin or BASE
        start_ms = flush.start_ms if flush else at_ms - reading.span_ms
        until_ms = (flush.last.end_ms or at_ms) if flush else None
        before, peak, now = self._moments.around(subject, start_ms, at_ms, until_ms)
        sidedness = self._history.sidedness(coin, reading.span_ms, exchange)
        return Case(
            at_ms=at_ms,
            coin=coin,
            reading=reading,
            windows=self._windows(reading),
            flush=flush,
            standing=self._standing(reading),
            normal=self._history.normal(coin, reading.span_ms, at_ms, exchange),
            one_sided_share=sidedness.share if sidedness and sidedness.busy else None,
            before=before,
            peak=peak,
            now=now,
            minutes=self._minutes(reading) if exchange is None else (),
            news=self._headlines(start_ms, at_ms),
            traded=self._traded(reading) if exchange is None else None,
            volatilities=self._volatilities(subject, at_ms),
            busy=None if exchange else self._history.at_share(coin, BUSY_MS, BUSY_SHARE),
        )

    def _windows(self, reading: Reading) -> tuple[Reading, ...]:
        """Those of the same moment: the desk tells this one only."""
        others = (
            self._desk.reading(reading.coin, reading.exchange, name)
            for name, span_ms in WINDOWS.items()
            if span_ms != reading.span_ms
        )
        return tuple(other for other in others if other.at_ms == reading.at_ms)

    def _standing(self, reading: Reading) -> Standing | None:
        """Among what was heard here; before that is long enough, among what was imported."""
        own = self._history.standing(reading)
        if own is not None and own.days >= LEAST_DAYS:
            return own
        longest = max(
            self._history.imported(reading), key=lambda standing: standing.days, default=None
        )
        return longest or own

    def _minutes(self, reading: Reading) -> tuple[MinuteSum, ...]:
        """Whole minutes, with the market's prices where these are known of all of them."""
        until_ms = reading.at_ms // MINUTE_MS * MINUTE_MS
        told = self._recorder.sums(reading.coin, until_ms - LOOKED_BACK_MS, until_ms)
        if not told or self._views is None:
            return told
        subject = reading.coin or BASE
        return priced(told, self._views.minutes(subject, told[0].start_ms, until_ms))

    def _headlines(self, start_ms: int, at_ms: int) -> News | None:
        news = self._news.news(start_ms) if self._news else None
        if news is None or news.read_ms <= at_ms:
            return news
        return replace(news, read_ms=at_ms)  # read within this second of the market

    def _traded(self, reading: Reading) -> Figure | None:
        subject = reading.coin or BASE
        if self._views is None or reading.span_ms < LEAST_TRADED_MS:
            return None
        return self._views.traded(subject, reading.at_ms, reading.span_ms)

    def _volatilities(self, subject: str, at_ms: int) -> tuple[float, ...]:
        return self._views.volatilities(subject, at_ms, BARS) if self._views else ()

    def _hour_since(self, flush: Flush, at_ms: int) -> int | None:
        """The largest hour since the last wave ended; shorter ones count as they are."""
        end_ms = flush.last.end_ms
        if flush.stage not in (Stage.OVER, Stage.CLOSED) or end_ms is None:
            return None
        if self._recorder.known_from_ms(flush.coin) > end_ms:
            return None
        return largest_hour(self._recorder.minutes(flush.coin, end_ms, at_ms))


def largest_hour(minutes: Sequence[Minute]) -> int:
    """Of 60 neighbouring minutes, of all of them where there are fewer."""
    totals = [minute.total for minute in minutes]
    running = largest = sum(totals[:60])
    for gone, come in zip(totals, totals[60:], strict=False):
        running += come - gone
        largest = max(largest, running)
    return largest


def priced(minutes: Sequence[MinuteSum], candles: Sequence[Candle]) -> tuple[MinuteSum, ...]:
    """Minutes with the prices of candles, where these are whole but for the last few.

    Else as they are: among prices of orders and of candles together a new low says nothing. The
    last minutes, of which no candle has come yet, stay at the price before them.
    """
    known = {candle.start_ms: candle for candle in candles}
    told = [known.get(minute.start_ms) for minute in minutes]
    while told and told[-1] is None:
        told.pop()
    whole = [candle for candle in told if candle is not None]
    if not whole or len(whole) < len(told) or len(minutes) - len(whole) > AWAITED:
        return tuple(minutes)
    found = [
        replace(minute, low=candle.low, close=candle.close, high=candle.high)
        for minute, candle in zip(minutes, whole, strict=False)
    ]
    last = whole[-1].close
    waiting = minutes[len(whole) :]
    return (*found, *(replace(each, low=last, close=last, high=last) for each in waiting))


def _worst_hour(flush: Flush, reading: Reading) -> Reading:
    """The largest hour of it, as a reading whose exchanges are in proportion to its wave's.

    While it goes on that may be the hour that ends now, which began before it did.
    """
    wave = max(flush.waves, key=lambda wave: wave.worst_hour.total)
    worst = wave.worst_hour
    if flush.last.end_ms is None and reading.total >= worst.total:
        return reading
    return replace(
        reading,
        at_ms=worst.at_ms,
        long=worst.long,
        short=worst.short,
        exchanges=_in_proportion(wave, worst.total),
    )


def _in_proportion(wave: Wave, amount: int) -> tuple[Split, ...]:
    """Rounded down, so that none is larger than it was."""
    total = max(1, wave.total)
    return tuple(
        Split(part.name, part.long * amount // total, part.short * amount // total)
        for part in wave.exchanges
    )
