"""*Why?*: the numbers, thresholds and times behind each sentence, and what could not be checked."""

from collections.abc import Sequence

from bot.clock import as_datetime
from bot.sentences.case import Case
from bot.sentences.judging import Judged
from bot.sentences.sentence import State
from bot.wording.lines import scope
from bot.wording.numbers import duration
from bot.wording.text import Block, Line, Message, Moment, Note, Span, Table

LABEL = 17
"""Characters of the left column, as wide as the longest label needs."""

UNCHECKED = "not checked"


def why_message(case: Case, judged: Sequence[Judged]) -> Message:
    """A list in fixed width; its times are UTC, because nothing else can stand in one."""
    rows = [
        _row(_label(each), each.verdict.evidence)
        for each in judged
        if each.verdict.state is State.SAID
    ]
    rows += _unchecked(judged)
    name = f" · {case.flush.short_id}" if case.flush and case.flush.id else ""
    where = scope(case.coin, case.reading.exchange)
    head = (f"Why? · {where} · {duration(case.reading.span_ms)}{name}",)
    blocks: list[Block] = [Table(tuple((row,) for row in rows))] if rows else []
    quiet = [_label(each) for each in judged if each.verdict.state is State.NOT_SAID]
    note: Line = ("As of ", Moment(case.at_ms), ".")
    if quiet:
        note = (*note, f" Checked and not so: {', '.join(quiet)}.")
    return Message(head, (*blocks, Note(note)))


def _unchecked(judged: Sequence[Judged]) -> list[str]:
    """``order book depth (Binance spot answered 429)``: what shares a reason shares a row."""
    reasons: dict[str, list[str]] = {}
    for each in judged:
        if each.verdict.state is State.UNCHECKED:
            needs = reasons.setdefault(_text(each.verdict.evidence), [])
            if each.needs not in needs:
                needs.append(each.needs)
    return [
        f"{'' if at else UNCHECKED:<{LABEL}}{', '.join(needs)} ({reason})"
        for at, (reason, needs) in enumerate(reasons.items())
    ]


def _label(each: Judged) -> str:
    return each.verdict.label or each.name.replace("_", " ")


def _row(label: str, evidence: Line) -> str:
    return f"{label:<{LABEL - 1}} {_text(evidence)}"


def _text(line: Line) -> str:
    return "".join(_shown(span) for span in line)


def _shown(span: Span) -> str:
    if isinstance(span, str):
        return span
    if not isinstance(span, Moment):
        return span.text
    at = as_datetime(span.at_ms)
    date, time = f"{at.day} {at:%b}", f"{at:%H:%M} UTC"
    return {"t": time, "d": date, "f": f"{date} {time}", "R": f"{date} {time}"}[span.style]
