"""A page of a flush's story: what is said of it at each step, from its start to the all-clear."""

from collections.abc import Sequence

from bot.clock import HOUR_MS
from bot.figures import Reading
from bot.flush.flush import Flush
from bot.sentences.case import Case
from bot.sentences.judging import Judged, told
from bot.sentences.sentence import State
from bot.story.follow import Step
from bot.wording.flush_parts import (
    ROOM,
    amount,
    as_reading,
    coverage,
    last,
    lasted,
    makeup,
    only,
    outages,
    places,
    rows,
    since,
)
from bot.wording.flush_words import chosen, is_said, leads, others, with_open_interest
from bot.wording.length import length
from bot.wording.lines import coins_line, joined, sign, split_line, tone
from bot.wording.numbers import duration
from bot.wording.text import Block, Details, Line, Message, Moment, Note, Paragraph, Tone, plain

WATCHED = "I watch 8 h for a second wave and tell you either way."

_CALM = (Step.END, Step.AFTER, Step.ALL_CLEAR)
"""Nothing goes on."""

_LOOKED_BACK = (Step.AFTER, Step.ALL_CLEAR)
"""What was in it has been told."""

_SPLIT = (Step.START, Step.PEAK, Step.END)

_REASONS = 2
"""Lines on why it matters, in the short style."""

_SHORTLY = 120
"""Characters of what came back, in the short style."""


def page_message(
    case: Case,
    judged: Sequence[Judged],
    step: Step,
    after_ms: int = 0,
    direct: bool = True,
    *,
    why: str = "",
) -> Message:
    """One moment of ``case.flush``, which must be there; silent until somebody makes it loud.

    ``direct`` false: the short style of groups. ``after_ms``: of a look back, how long after the
    end. ``why``: the key of the telling behind it. At most 1,000 visible characters.
    """
    flush = case.flush
    if flush is None:
        raise ValueError("a page is about a flush")
    reading = _reading(case, flush, step)
    said = chosen(case, judged, flush, reading, step)
    head = _head(case, flush, judged, reading, step, after_ms)
    if direct:
        blocks = _full(case, flush, reading, step, said, head)
    else:
        blocks = _brief(case, flush, reading, step, said)
    return Message(
        head=head,
        blocks=tuple(blocks),
        buttons=rows(flush, direct, why, closed=step is Step.ALL_CLEAR),
        tone=Tone.CALM if step in _CALM else tone(reading),
    )


def _reading(case: Case, flush: Flush, step: Step) -> Reading:
    """The wave that goes on; of the calm after it, all of them."""
    return as_reading(case, flush, flush.waves if _is_whole(flush, step) else flush.waves[-1:])


def _is_whole(flush: Flush, step: Step) -> bool:
    return step in _CALM and len(flush.waves) > 1 and flush.last.end_ms is not None


def _head(
    case: Case,
    flush: Flush,
    judged: Sequence[Judged],
    reading: Reading,
    step: Step,
    after_ms: int,
) -> Line:
    of = f"{flush.coin} " if flush.coin else ""
    told = amount(reading, flush.side, len(flush.waves) if _is_whole(flush, step) else 1)
    if step is Step.ALL_CLEAR:
        return _all_clear(case, judged, flush)
    if step in (Step.AFTER, Step.END):
        return _over(flush, step, after_ms, of, told)
    if step is Step.FADING:
        said = since(reading, flush.last.start_ms, flush.side)
        return joined([f"{sign(flush.side)} {_named(of, 'fading')}: ", *said])
    word = {
        Step.START: "flush",
        Step.BUILDING: "building",
        Step.PEAK: "past its peak",
        Step.SECOND_WAVE: _wave(flush),
    }[step]
    return (f"{sign(flush.side)} {_named(of, word)}: {told}",)


def _over(flush: Flush, step: Step, after_ms: int, of: str, told: str) -> Line:
    """``✅ Over: $565M+ in 1 h 37 min · 86% longs``; no tick where its calm may be deafness."""
    event = f"{of}flush" if of else ""
    if step is Step.AFTER:
        mark = "⚠️" if flush.uncertain else "✅"
        doubt = ", not all was heard" if flush.uncertain else ""
        return (f"{mark} {duration(after_ms or HOUR_MS)} after the {of}flush of {told}{doubt}",)
    if flush.uncertain:
        return (f"⚠️ {f'{event} seems' if of else 'Seems'} over, not all was heard: {told}",)
    return (f"✅ {f'{event} over' if of else 'Over'}: {told}",)


def _named(of: str, word: str) -> str:
    """``BTC flush``, ``Second wave``"""
    return f"{of}{word}" if of else f"{word[0].upper()}{word[1:]}"


def _wave(flush: Flush) -> str:
    return {2: "second wave", 3: "third wave"}.get(len(flush.waves), "another wave")


def _all_clear(case: Case, judged: Sequence[Judged], flush: Flush) -> Line:
    """``✅ All clear: no second wave in 8 h``; or why it is none."""
    verdict = next(each.verdict for each in judged if each.name == "all_clear")
    of = f" of {flush.coin}" if flush.coin else ""
    if verdict.state is State.SAID:
        line = plain(verdict.line)
        return (f"✅ All clear{of}: {line[0].lower()}{line[1:]}",)
    which = "second" if len(flush.waves) == 1 else "further"
    heard = f"⚠️ No {which} wave{of} heard in 8 h"
    if verdict.state is State.UNCHECKED:
        reason = outages(case, flush) or verdict.evidence
        return joined([f"{heard}, but ", *reason, ". No all-clear."])
    return (f"{heard}.",)


def _full(
    case: Case,
    flush: Flush,
    reading: Reading,
    step: Step,
    said: Sequence[Judged],
    head: Line,
) -> list[Block]:
    why = (*_within(flush), *leads(said))
    made = _made(reading, flush, step, is_said(said, "rank"))
    where = [] if step in _LOOKED_BACK or step is Step.FADING else places(reading)
    clear = step is Step.ALL_CLEAR
    notes = [coverage(reading), *_watch(step, flush, said), last(case, flush, clear)]
    taken = length(head, *why, *made, *where, *notes) + 3
    words = told(others(said), max(0, ROOM - taken))
    return [
        *_paragraph(why, "Why it matters"),
        *_paragraph((*made, *words.facts), "What is in it"),
        *_details((*words.details, *where)),
        *notes,
    ]


def _made(reading: Reading, flush: Flush, step: Step, ranked: bool) -> list[Line]:
    """What it was, split, and what is in it, where the step tells that."""
    if step in _LOOKED_BACK or step is Step.FADING:
        return []
    lines = [lasted(flush, reading.at_ms, ranked)] if step is Step.END else []
    if step in _SPLIT and reading.total:
        lines.append(split_line(reading))
    return [*lines, *makeup(reading, flush)]


def _brief(
    case: Case, flush: Flush, reading: Reading, step: Step, judged: Sequence[Judged]
) -> list[Block]:
    """Why it matters, what is in it or what came back, and who was heard."""
    said = with_open_interest(case, judged, step)
    more: tuple[Line, ...] = ()
    if step in _LOOKED_BACK:
        words = told(others(said), _SHORTLY)
        more = (*words.facts, *words.details)
    elif flush.coin is None and len(reading.coins) > 1:
        more = (coins_line(reading),)
    return [
        *_paragraph((*_within(flush), *leads(said)[:_REASONS], *more), "In short"),
        *(_watch(step, flush, said) if step is Step.END else []),
        only(case, flush, reading, step is Step.ALL_CLEAR),
    ]


def _within(flush: Flush) -> tuple[Line, ...]:
    """Of a coin's flush that goes on inside the market's."""
    if flush.within is None:
        return ()
    return ((f"Part of the market-wide flush F{flush.within} from here on.",),)


def _watch(step: Step, flush: Flush, judged: Sequence[Judged]) -> list[Note]:
    if step is Step.FADING:
        return [Note((f"Not over. When it is, {WATCHED}",))]
    if step is Step.END:
        again = "a further" if len(flush.waves) > 1 else "a second"
        return [Note((WATCHED.replace("a second", again),))]
    clear = step is Step.ALL_CLEAR and is_said(judged, "all_clear")
    if clear and flush.last.end_ms is not None:
        since_then: Line = ("All of them heard since ", Moment(flush.last.end_ms), ". ")
        return [Note((*since_then, "This says what did not happen, not what will."))]
    return []


def _paragraph(lines: tuple[Line, ...], title: str) -> list[Block]:
    return [Paragraph(lines, title=title)] if lines else []


def _details(lines: tuple[Line, ...]) -> list[Block]:
    return [Details(lines)] if lines else []
