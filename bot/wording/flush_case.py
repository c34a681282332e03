"""The case of a flush in one message, and several flushes in a list."""

from collections.abc import Sequence

from bot.flush.flush import Flush, Wave
from bot.sentences.case import Case
from bot.sentences.judging import Judged, told
from bot.wording.flush_parts import ROOM, as_reading, coverage, makeup, places
from bot.wording.flush_words import leads, others
from bot.wording.length import length
from bot.wording.lines import joined, sign, split_line, tone
from bot.wording.numbers import money
from bot.wording.text import Block, Button, Details, Line, Message, Moment, Note, Paragraph, Span

A_ROW = 5


def flush_message(case: Case, judged: Sequence[Judged]) -> Message:
    """What happened, in one message; ``case.flush`` must be there.

    Buttons: ``why|F311``, ``casefiles|311``, ``hush|311`` while it goes on.
    """
    flush = case.flush
    if flush is None:
        raise ValueError("a case is about a flush")
    reading = as_reading(case, flush, flush.waves)
    largest = as_reading(case, flush, [max(flush.waves, key=lambda wave: wave.total)])
    head: Line = (f"{sign(flush.side)} {_name(flush)}",)
    facts: list[Line] = [
        _stages(flush),
        split_line(reading),
        *makeup(largest, flush),
        *_worsts(flush),
    ]
    notes = [coverage(reading), Note(("As of ", Moment(case.at_ms), f" · {flush.short_id}"))]
    where = places(largest)
    said = [each for each in judged if each.name != "ended"]
    why = leads(said)
    taken = length(head, *why, *facts, *where, *notes) + 3
    words = told(others(said), max(0, ROOM - taken))
    lead = [Paragraph(why, title="Why it matters")] if why else []
    details = (*words.details, *where)
    blocks: list[Block] = [
        *lead,
        Paragraph((*facts, *words.facts), title="What happened"),
        *([Details(details)] if details else []),
        *notes,
    ]
    return Message(head, tuple(blocks), (_row(flush),), tone(reading))


def flushes_message(flushes: Sequence[Flush], coin: str | None = None) -> Message:
    """``F311 · 22 Nov 02:04 · $565M+ · 86% longs · severe``, the latest first; a button each."""
    if not flushes:
        of = f" of {coin}" if coin else ""
        line: Line = ("I tell one when liquidations rise far above what is normal here.",)
        return Message((f"No flush{of} seen yet.",), (Paragraph((line,)),))
    buttons = [Button(flush.short_id, f"flush|{flush.id}") for flush in flushes]
    rows = tuple(tuple(buttons[at : at + A_ROW]) for at in range(0, len(buttons), A_ROW))
    head = "The last flush" if len(flushes) == 1 else f"The last {len(flushes)} flushes"
    return Message((head,), (Paragraph(tuple(map(_entry, flushes))),), rows)


def _name(flush: Flush) -> str:
    """``F311 market-wide: $565M+ · 86% longs · severe``"""
    scope = flush.coin or "market-wide"
    return f"{flush.short_id} {scope}: {_total(flush)} · {_share(flush)} · {flush.severity.word}"


def _entry(flush: Flush) -> Line:
    scope = f"{flush.coin} · " if flush.coin else ""
    over = "" if flush.last.end_ms else f" · {flush.stage.word}"
    told = f" · {scope}{_total(flush)} · {_share(flush)} · {flush.severity.word}{over}"
    return (f"{flush.short_id} · ", Moment(flush.start_ms, "f"), told)


def _stages(flush: Flush) -> Line:
    """``Onset 02:06 · building 02:09 · over 03:41``"""
    spans: list[Span] = []
    for entry in flush.stages:
        word = entry.stage.word
        spans += [" · " if spans else "", word if spans else word.capitalize(), " "]
        spans.append(Moment(entry.at_ms))
    return joined(spans)


def _worsts(flush: Flush) -> list[Line]:
    """Of the first two waves."""
    if len(flush.waves) == 1:
        return [_worst(flush.first)]
    names = ("First wave: worst", "Second wave: worst")
    return [_worst(wave, name) for name, wave in zip(names, flush.waves, strict=False)]


def _worst(wave: Wave, name: str = "Worst") -> Line:
    """``Worst minute $38.7M at 02:41 · 5 min $138M · 15 min $296M · hour $526M``"""
    told = (
        f" · 5 min {money(wave.worst_5m.total)} · 15 min {money(wave.worst_15m.total)}"
        f" · hour {money(wave.worst_hour.total)}"
    )
    minute = f"{name} minute {money(wave.worst_minute.total)} at "
    return (minute, Moment(wave.worst_minute.at_ms), told)


def _total(flush: Flush) -> str:
    return f"{money(flush.total)}{'+' if flush.sampled or flush.deaf else ''}"


def _share(flush: Flush) -> str:
    longs = sum(wave.long for wave in flush.waves)
    part = longs if flush.side.word == "long" else flush.total - longs
    percent = round(100 * part / flush.total) if flush.total else 0
    return f"{percent}% {flush.side.word}s"


def _row(flush: Flush) -> tuple[Button, ...]:
    ask = (Button("Why?", f"why|{flush.short_id}"), Button("Files", f"casefiles|{flush.id}"))
    going = flush.last.end_ms is None
    return (*ask, Button("Mute this flush", f"hush|{flush.id}")) if going else ask
