"""The parts of which pages about a flush are made."""

from collections.abc import Sequence

from bot.figures import Hearing, Reading
from bot.flush.flush import Flush, Wave
from bot.market import Side
from bot.sentences.case import Case
from bot.wording.coverage import coverage_note, plus
from bot.wording.lines import coins_line, exchanges_line, joined, largest_line, sided
from bot.wording.numbers import duration, money
from bot.wording.text import Button, Line, Moment, Note, Span, plain

ROOM = 1_000
"""Visible characters, so that every page can be a picture's caption."""

SHOWN_TIME = "00:00"
"""What a reader sees of a time, for counting characters."""


def as_reading(case: Case, flush: Flush, waves: Sequence[Wave]) -> Reading:
    """Waves as if they were one window, which ends where the last of them does."""
    end_ms = waves[-1].end_ms or max(case.at_ms, waves[0].start_ms)
    whole = waves[0] if len(waves) == 1 else None
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
        coins=whole.coins if whole else (),
        exchanges=whole.exchanges if whole else (),
        hearing=Hearing(flush.heard, flush.sampled, flush.deaf, since_ms),
        complete=not flush.deaf,
    )


def amount(reading: Reading, side: Side) -> str:
    """``$214M+ in 34 min · 89% longs``"""
    told = f"{money(reading.total)}{plus(reading)} in {duration(reading.span_ms)}"
    return f"{told} · {sided(reading, side)}"


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


def places(reading: Reading) -> list[Line]:
    """Leading exchanges."""
    return [exchanges_line(reading)] if len(reading.exchanges) > 1 else []


def coverage(reading: Reading) -> Note:
    """Who was heard, and what the figures are worth."""
    return coverage_note(reading)


def last(case: Case, flush: Flush, closed: bool = False) -> Note:
    """``As of 03:04 · F311``, or ``F311 closed``"""
    if closed:
        return Note((f"{flush.short_id} closed",))
    return Note(joined(["As of ", Moment(case.at_ms), f" · {flush.short_id}"]))


def length(*parts: Line | Note) -> int:
    """Visible characters, with the ends of lines."""
    lines = (part.line if isinstance(part, Note) else part for part in parts)
    return sum(len(plain(line, SHOWN_TIME)) + 1 for line in lines)


def rows(flush: Flush, direct: bool, why: str) -> tuple[tuple[Button, ...], ...]:
    """What one can do about a flush; in company nobody's own wishes."""
    ask = (Button("Why?", f"why|{why or flush.short_id}"), Button("Case", f"flush|{flush.id}"))
    return (ask, (Button("Mute this flush", f"hush|{flush.id}"),)) if direct else (ask,)
