"""Charts of flushes and of windows: buckets, prices, stages, and what was not heard."""

import sys
from collections.abc import Mapping, Sequence

import structlog

from bot.casebook.coverage import note
from bot.casebook.minutes import Candles, asked, newest, prices, stored
from bot.casebook.recorder import Minute, Recorder
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, Now, as_datetime
from bot.errors import StoreError
from bot.figures import Deaf, Hearing, Reading
from bot.flush.book import BASE
from bot.flush.flush import Flush, Stage
from bot.market import USD, Side
from bot.pictures.chart import Bucket, Chart, Hole, Mark, Picture, Point
from bot.pictures.studio import Studio
from bot.ports import Archive
from bot.wording.coverage import plus
from bot.wording.lines import heavier, scope, sided
from bot.wording.numbers import duration, money, named, share

BEFORE_MS = 15 * MINUTE_MS
AFTER_MS = 15 * MINUTE_MS
SHORTEST_MS = 15 * MINUTE_MS

BUCKETS_MS = (
    *(n * MINUTE_MS for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(n * HOUR_MS for n in (1, 2, 3, 4, 6, 12)),
    DAY_MS,
)
MOST = 90
"""Buckets, so that each is a few points wide on a phone; there are 40 or more of them where the
span has as many minutes."""

log = structlog.get_logger()


class Charting:
    """Fulfils ``bot.ports.Charts``.

    ``recorder`` knows the last minutes better than ``archive`` does; None: nothing is heard here.
    ``market`` is the clock that flushes go by.
    """

    def __init__(
        self,
        archive: Archive,
        candles: Candles,
        studio: Studio,
        market: Now,
        recorder: Recorder | None = None,
    ) -> None:
        self._archive = archive
        self._candles = candles
        self._studio = studio
        self._market = market
        self._recorder = recorder

    async def of_flush(self, flush: Flush) -> Picture | None:
        """None too where its minutes are kept no more: they would look like calm."""
        try:
            chart = await self.flush_chart(flush)
        except StoreError as error:
            log.warning("a chart is not drawn", flush=flush.short_id, reason=str(error))
            return None
        if not any(bucket.long or bucket.short for bucket in chart.buckets):
            return None
        return await self._studio.picture(chart)

    async def of_reading(self, reading: Reading) -> Picture | None:
        try:
            chart = await self.reading_chart(reading)
        except StoreError as error:
            log.warning("a chart is not drawn", coin=reading.coin, reason=str(error))
            return None
        return await self._studio.picture(chart)

    async def flush_chart(self, flush: Flush) -> Chart:
        """From before its start until now, or until a little after its end. ``StoreError``."""
        from_ms, to_ms = extent(flush, self._market.now_ms())
        bucket_ms = bucket_of(to_ms - from_ms)
        from_ms, to_ms = from_ms - from_ms % bucket_ms, _whole(to_ms, bucket_ms)
        exchanges = asked(flush.heard, flush.deaf)
        minutes = await self._minutes(flush.coin, exchanges, from_ms, to_ms)
        known = await prices(self._candles, flush.coin, from_ms, to_ms)
        return Chart(
            title=title(flush, self._market.now_ms()),
            subtitle=subtitle(flush),
            note=note(flush.heard, flush.sampled, flush.deaf),
            start_ms=from_ms,
            end_ms=to_ms,
            bucket_ms=bucket_ms,
            buckets=buckets(minutes, bucket_ms),
            prices=points(minutes, known),
            priced=flush.coin or BASE,
            marks=marks(flush),
            holes=holes(flush.deaf, from_ms, to_ms),
            floor=bool(flush.sampled or flush.deaf),
            totals=totals(minutes, bucket_ms, flush.total, waves_of(flush)),
        )

    async def reading_chart(self, reading: Reading) -> Chart:
        """Its window, a quarter of an hour at least. Raises ``StoreError``."""
        to_ms = _whole(reading.at_ms, MINUTE_MS)
        span_ms = max(reading.span_ms, SHORTEST_MS)
        bucket_ms = bucket_of(span_ms)
        until, to_ms = _date(to_ms), _whole(to_ms, bucket_ms)
        from_ms = (reading.at_ms - span_ms) // bucket_ms * bucket_ms
        begin_ms = (reading.at_ms - reading.span_ms) // MINUTE_MS * MINUTE_MS
        hearing = reading.hearing
        exchanges = (reading.exchange,) if reading.exchange else asked(hearing.heard, hearing.deaf)
        known = await prices(self._candles, reading.coin, from_ms, to_ms)
        recorder = self._recorder if reading.exchange is None else None
        kept = await stored(self._archive, reading.coin, exchanges, from_ms, to_ms)
        minutes = newest(kept, recorder, reading.coin)
        return Chart(
            title=reading_title(reading),
            subtitle=f"{_capital(scope(reading.coin, reading.exchange))} · until {until}",
            note=_note(hearing, reading.exchange),
            start_ms=from_ms,
            end_ms=to_ms,
            bucket_ms=bucket_ms,
            buckets=buckets(minutes, bucket_ms),
            prices=points(minutes, known),
            priced=reading.coin or BASE,
            marks=_begin(reading),
            holes=holes(hearing.deaf, from_ms, to_ms),
            floor=bool(plus(reading)),
            totals=totals(minutes, bucket_ms, reading.total, ((begin_ms, to_ms),)),
        )

    async def _minutes(
        self, coin: str | None, exchanges: Sequence[str], from_ms: int, to_ms: int
    ) -> list[Minute]:
        kept = await stored(self._archive, coin, exchanges, from_ms, to_ms)
        return newest(kept, self._recorder, coin)


def extent(flush: Flush, now_ms: int) -> tuple[int, int]:
    """From when to when a flush is shown, in whole minutes: not beyond the one that runs."""
    end_ms = flush.last.end_ms
    shown_ms = now_ms if end_ms is None else min(now_ms, end_ms + AFTER_MS)
    first_ms = (flush.start_ms - BEFORE_MS) // MINUTE_MS * MINUTE_MS
    return first_ms, max(_whole(shown_ms, MINUTE_MS), first_ms + BEFORE_MS + MINUTE_MS)


def bucket_of(span_ms: int) -> int:
    """The shortest bucket of which there are not too many."""
    fitting = (ms for ms in BUCKETS_MS if span_ms <= MOST * ms)
    return next(fitting, BUCKETS_MS[-1])


def buckets(minutes: Sequence[Minute], bucket_ms: int) -> tuple[Bucket, ...]:
    """Sums of neighbouring minutes; buckets begin at whole steps of the clock."""
    sums: dict[int, tuple[int, int]] = {}
    for minute in minutes:
        start_ms = minute.start_ms - minute.start_ms % bucket_ms
        long, short = sums.get(start_ms, (0, 0))
        sums[start_ms] = (long + minute.long, short + minute.short)
    return tuple(Bucket(at_ms, long / USD, short / USD) for at_ms, (long, short) in sums.items())


def totals(
    minutes: Sequence[Minute], bucket_ms: int, total: int, counted: Sequence[tuple[int, int]]
) -> tuple[float, ...]:
    """The running total at the end of each bucket, over the ``counted`` spans [from, to) alone.

    It ends with the ``total`` that is told in words: a window begins within a minute.
    """
    left, found = total, dict[int, float]()
    for minute in reversed(minutes):
        so_far = max(0, left) if minute.start_ms >= counted[0][0] else 0
        found.setdefault(minute.start_ms // bucket_ms, so_far / USD)
        if any(from_ms <= minute.start_ms < to_ms for from_ms, to_ms in counted):
            left -= minute.total
    return tuple(reversed(found.values()))


def waves_of(flush: Flush) -> tuple[tuple[int, int], ...]:
    """From when to when its waves were; one that goes on has no end."""
    return tuple((wave.start_ms, wave.end_ms or sys.maxsize) for wave in flush.waves)


def points(minutes: Sequence[Minute], closes: Mapping[int, float]) -> tuple[Point, ...]:
    """Closes at the end of their minutes; those of orders only where no candle is known."""
    known = closes or {m.start_ms: m.close for m in minutes if m.close is not None}
    return tuple(Point(at_ms + MINUTE_MS, known[at_ms]) for at_ms in sorted(known))


def marks(flush: Flush) -> tuple[Mark, ...]:
    """Its stages where they were, not where they were noticed: the peak is the worst minute."""
    first, peak_ms = flush.first, flush.first.worst_minute.at_ms
    told = [Mark(first.start_ms, Stage.ONSET.word)]
    building_ms, fading_ms = (flush.entered_ms(s) for s in (Stage.BUILDING, Stage.FADING))
    if building_ms is not None and building_ms < peak_ms:
        told.append(Mark(building_ms, Stage.BUILDING.word))
    if flush.stage >= Stage.PEAK:
        told.append(Mark(peak_ms, Stage.PEAK.word))
    if fading_ms is not None and (first.end_ms is None or fading_ms < first.end_ms):
        told.append(Mark(fading_ms, Stage.FADING.word))
    for number, wave in enumerate(flush.waves, 1):
        if number > 1:
            told.append(Mark(wave.start_ms, f"wave {number}"))
        if wave.end_ms is not None:
            told.append(Mark(wave.end_ms, Stage.OVER.word))
    return tuple(told)


def holes(deaf: Sequence[Deaf], from_ms: int, to_ms: int) -> tuple[Hole, ...]:
    """What was not heard of [from, to)."""
    spans = [
        (max(gap.from_ms, from_ms), min(to_ms if gap.to_ms is None else gap.to_ms, to_ms), gap)
        for gap in deaf
    ]
    return tuple(
        Hole(start_ms, end_ms, named(gap.exchange))
        for start_ms, end_ms, gap in spans
        if start_ms < end_ms
    )


def title(flush: Flush, now_ms: int) -> str:
    """``$565M+ liquidated in 97 min · 86% longs``"""
    end_ms = flush.last.end_ms or now_ms
    least = "+" if flush.sampled or flush.deaf else ""
    longs = sum(wave.long for wave in flush.waves)
    of = longs if flush.side is Side.LONG else flush.total - longs
    told = f"{money(flush.total)}{least} liquidated in {duration(end_ms - flush.start_ms)}"
    return f"{told} · {share(of, flush.total)} {flush.side.word}s"


def subtitle(flush: Flush) -> str:
    """``All coins · F311 · 22 Nov, 02:04–03:41 UTC · 2 waves``"""
    start, end_ms = as_datetime(flush.start_ms), flush.last.end_ms
    if end_ms is None:
        when = f"since {_date(flush.start_ms)}"
    else:
        when = f"{start.day} {start:%b}, {start:%H:%M}–{as_datetime(end_ms):%H:%M} UTC"
    parts = [_capital(scope(flush.coin, None)), flush.short_id if flush.id else "", when]
    if len(flush.waves) > 1:
        parts.append(f"{len(flush.waves)} waves")
    return " · ".join(filter(None, parts))


def reading_title(reading: Reading) -> str:
    """``$526M+ liquidated in 1 h · 87% longs``"""
    span = duration(reading.span_ms)
    if not reading.total:
        return f"No liquidation heard in {span}"
    told = f"{money(reading.total)}{plus(reading)} liquidated in {span}"
    return f"{told} · {sided(reading, heavier(reading))}"


def _begin(reading: Reading) -> tuple[Mark, ...]:
    """Where the window begins, where more than it is shown."""
    if reading.span_ms >= SHORTEST_MS:
        return ()
    return (Mark(reading.at_ms - reading.span_ms, duration(reading.span_ms)),)


def _note(hearing: Hearing, exchange: str | None) -> str:
    if exchange is None:
        return note(hearing.heard, hearing.sampled, hearing.deaf)
    its = [name for name in hearing.heard if name == exchange]
    return note(
        its or (exchange,),
        [name for name in hearing.sampled if name == exchange],
        [gap for gap in hearing.deaf if gap.exchange == exchange],
    )


def _whole(at_ms: int, step_ms: int) -> int:
    """Up to a whole step."""
    return -(-at_ms // step_ms) * step_ms


def _date(at_ms: int) -> str:
    at = as_datetime(at_ms)
    return f"{at.day} {at:%b}, {at:%H:%M} UTC"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
