"""The parts of which pages about a flush are made."""

from collections.abc import Sequence
from itertools import chain

from msgspec.structs import replace

from bot.figures import Deaf, Hearing, Reading, Split
from bot.flush.flush import Flush, Wave
from bot.market import Side
from bot.sentences.case import Case
from bot.wording.coverage import HOW, brief_coverage, coverage_note, plus
from bot.wording.length import CAPTION
from bot.wording.lines import coins_line, exchanges_line, joined, largest_line, sided
from bot.wording.numbers import duration, money, named
from bot.wording.text import Button, Line, Moment, Note, Span

ROOM = CAPTION - len(" · sent 23 h 59 min late")
"""Visible characters, so that every page can be a picture's caption, even one that comes late."""


def as_reading(case: Case, flush: Flush, waves: Sequence[Wave]) -> Reading:
    """Waves as if they were one window, which ends where the last of them does."""
    end_ms = waves[-1].end_ms or max(case.at_ms, waves[0].start_ms)
    orders = [wave.largest for wave in waves if wave.largest is not None]
    since_ms = case.reading.hearing.since_ms
    return Reading(
        coin=flush.coin,
        exchange=None,
        span_ms=end_ms - waves[0].start_ms,
        at_ms=end_ms,
        long=sum(wave.long for wave in waves),
        short=sum(wave.short for wave in waves),
        count=sum(wave.count for wave in waves),
        largest=max(orders, key=lambda order: order.usd, default=None),
        coins=_added([wave.coins for wave in waves]),
        exchanges=_added([wave.exchanges for wave in waves]),
        hearing=Hearing(flush.heard, flush.sampled, flush.deaf, since_ms),
        complete=not flush.deaf,
    )


def amount(reading: Reading, side: Side, waves: int = 1) -> str:
    """``$214M+ in 34 min · 89% longs``; ``$713M+ in 2 waves · 86% longs``"""
    over = duration(reading.span_ms) if waves == 1 else f"{waves} waves"
    return f"{money(reading.total)}{plus(reading)} in {over} · {sided(reading, side)}"


def since(reading: Reading, start_ms: int, side: Side) -> tuple[Span, ...]:
    """``$560M+ since 02:04 · 86% longs``"""
    total = f"{money(reading.total)}{plus(reading)}"
    return (f"{total} since ", Moment(start_ms), f" · {sided(reading, side)}")


def makeup(reading: Reading, flush: Flush) -> list[Line]:
    """Leading coins, and the largest order."""
    lines: list[Line] = []
    if flush.coin is None and len(reading.coins) > 1:
        lines.append(coins_line(reading))
    if reading.largest is not None:
        lines.append(largest_line(reading.largest))
    return lines


def lasted(flush: Flush, end_ms: int, ranked: bool) -> Line:
    """``From 02:04 to 03:41 · worst 15 min $296M``; the largest hour where no rank tells it."""
    hour = max(wave.worst_hour.total for wave in flush.waves)
    quarter = max(wave.worst_15m.total for wave in flush.waves)
    name, worst = ("largest hour", hour) if not ranked else ("worst 15 min", quarter)
    told = f" · {name} {money(worst)}" if 0 < worst < flush.total else ""
    return joined(["From ", Moment(flush.start_ms), " to ", Moment(end_ms), told])


def outages(case: Case, flush: Flush) -> Line:
    """``Binance was off 05:10–05:52`` since it ended, the first and how many more; else nothing."""
    end_ms = flush.last.end_ms or flush.start_ms
    known = (*flush.deaf, *case.reading.hearing.deaf)
    gaps: dict[str, Deaf] = {}
    for gap in known:
        if gap.to_ms is None or gap.to_ms > end_ms:
            gaps.setdefault(gap.exchange, gap)
    if not gaps:
        return ()
    first, *more = gaps.values()
    told = f" and {len(more)} more were not heard" if more else ""
    return joined([*_outage(first), told])


def places(reading: Reading) -> list[Line]:
    """Leading exchanges."""
    return [exchanges_line(reading)] if len(reading.exchanges) > 1 else []


def coverage(reading: Reading) -> Note:
    """Who was heard, and what the figures are worth."""
    return coverage_note(reading)


def last(case: Case, flush: Flush, closed: bool = False) -> Note:
    """``As of 03:04 · F311``, or ``F311 closed``"""
    return Note(_dated(case, flush, closed))


def only(case: Case, flush: Flush, reading: Reading, closed: bool = False) -> Note:
    """``15 of 16 exchanges heard, four of them sampled. As of 03:04 · F311``

    ``closed``: what counts is who was heard since it ended.
    """
    if closed:
        since_ms = flush.last.end_ms or flush.start_ms
        deaf = tuple(gap for gap in flush.deaf if gap.to_ms is None or gap.to_ms > since_ms)
        reading = replace(reading, hearing=replace(reading.hearing, deaf=deaf))
    return Note(joined([*brief_coverage(reading), ". ", *_dated(case, flush, closed)]))


def rows(
    flush: Flush, direct: bool, why: str, closed: bool = False
) -> tuple[tuple[Button, ...], ...]:
    """What one can do about a flush; in company nobody's own wishes, and at the end its files."""
    ask = Button("Why?", f"why|{why or flush.short_id}")
    if closed:
        return ((ask, Button("Case: chart, CSV, JSON", f"casefiles|{flush.id}")),)
    row = (ask, Button("Case", f"flush|{flush.id}"))
    return (row, (Button("Mute this flush", f"hush|{flush.id}"),)) if direct else (row,)


def _dated(case: Case, flush: Flush, closed: bool) -> Line:
    if closed:
        return (f"{flush.short_id} closed",)
    return ("As of ", Moment(case.at_ms), f" · {flush.short_id}")


def _outage(gap: Deaf) -> Line:
    who = (
        "I was not running"
        if gap.kind == "stopped"
        else f"{named(gap.exchange)} was {HOW[gap.kind]}"
    )
    if gap.to_ms is None:
        return (f"{who} since ", Moment(gap.from_ms))
    return (f"{who} ", Moment(gap.from_ms), "–", Moment(gap.to_ms))


def _added(parts: Sequence[tuple[Split, ...]]) -> tuple[Split, ...]:
    """The same names of all waves together, largest first."""
    if len(parts) == 1:
        return parts[0]
    sums: dict[str, Split] = {}
    for part in chain.from_iterable(parts):
        known = sums.get(part.name, Split(part.name, 0, 0))
        sums[part.name] = Split(part.name, known.long + part.long, known.short + part.short)
    return tuple(sorted(sums.values(), key=lambda part: (-part.total, part.name)))
