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
    length,
    makeup,
    places,
    rows,
    since,
)
from bot.wording.lines import coins_line, joined, sign, tone
from bot.wording.numbers import duration
from bot.wording.text import (
    Block,
    Details,
    Line,
    Message,
    Note,
    Paragraph,
    Told,
    Tone,
    plain,
)

WATCHED = "I watch 8 h for a second wave and tell you either way."

_AFTER_IT = (Step.END, Step.AFTER, Step.ALL_CLEAR)
"""Steps of the calm: nothing goes on."""

_SAID = {
    Step.END: frozenset({"ended", "aftermath"}),
    Step.AFTER: frozenset({"ended"}),
}
"""Sentences that a step's first line has said already, or that come too early."""


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
    said = [each for each in judged if each.name not in _left_out(flush, step)]
    head = _head(flush, judged, reading, step, after_ms)
    if direct:
        blocks = _full(case, flush, reading, step, said, head)
    else:
        blocks = _brief(case, flush, reading, step, said)
    return Message(
        head=head,
        blocks=tuple(blocks),
        buttons=rows(flush, direct, why),
        tone=Tone.CALM if step in _AFTER_IT else tone(reading),
    )


def _left_out(flush: Flush, step: Step) -> frozenset[str]:
    """A second wave that is smaller than the first makes no new record."""
    if step is Step.SECOND_WAVE and flush.last.total <= flush.first.total:
        return frozenset({"rank"})
    return _SAID.get(step, frozenset())


def _reading(case: Case, flush: Flush, step: Step) -> Reading:
    """The wave that goes on; of the calm after it, all of them."""
    whole = step in _AFTER_IT and len(flush.waves) > 1 and flush.last.end_ms is not None
    return as_reading(case, flush, flush.waves if whole else flush.waves[-1:])


def _head(
    flush: Flush, judged: Sequence[Judged], reading: Reading, step: Step, after_ms: int
) -> Line:
    of, told = f"{flush.coin} " if flush.coin else "", amount(reading, flush.side)
    if step is Step.ALL_CLEAR:
        return _all_clear(judged, flush)
    if step is Step.AFTER:
        return (f"✅ {duration(after_ms or HOUR_MS)} after the {of}flush of {told}",)
    if step is Step.END:
        if flush.uncertain:
            return (f"⚠️ {_named(of, 'seems over')}, not all was heard: {told}",)
        return (f"✅ {_named(of, 'over')}: {told}",)
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


def _named(of: str, word: str) -> str:
    """``BTC flush``, ``Second wave``"""
    return f"{of}{word}" if of else f"{word[0].upper()}{word[1:]}"


def _wave(flush: Flush) -> str:
    return {2: "second wave", 3: "third wave"}.get(len(flush.waves), "another wave")


def _all_clear(judged: Sequence[Judged], flush: Flush) -> Line:
    """``✅ All clear: no second wave in 8 h``; or why it is none."""
    verdict = next(each.verdict for each in judged if each.name == "all_clear")
    of = f" of {flush.coin}" if flush.coin else ""
    if verdict.state is State.SAID:
        line = plain(verdict.line)
        return (f"✅ All clear{of}: {line[0].lower()}{line[1:]}",)
    which = "second" if len(flush.waves) == 1 else "further"
    heard = f"⚠️ No {which} wave{of} heard in 8 h"
    if verdict.state is State.UNCHECKED:
        return joined([f"{heard}, but ", *verdict.evidence, ". No all-clear."])
    return (f"{heard}.",)


def _full(
    case: Case,
    flush: Flush,
    reading: Reading,
    step: Step,
    judged: Sequence[Judged],
    head: Line,
) -> list[Block]:
    within = _within(flush)
    made = [] if step in (Step.AFTER, Step.ALL_CLEAR) else makeup(reading, flush)
    where = [] if step in (Step.AFTER, Step.ALL_CLEAR) else places(reading)
    notes = [coverage(reading), *_watch(step, flush), last(case, flush, step is Step.ALL_CLEAR)]
    taken = length(head, *within, *made, *where, *notes) + 3
    words = told(judged, max(0, ROOM - taken))
    return [
        *_paragraph((*within, *_line(words.lead)), "Why it matters"),
        *_paragraph((*made, *words.facts), "What is in it"),
        *_details((*words.details, *where)),
        *notes,
    ]


def _brief(
    case: Case, flush: Flush, reading: Reading, step: Step, judged: Sequence[Judged]
) -> list[Block]:
    """A line on why it matters, a line on what is in it, and who was heard."""
    words: Told = told(judged, 160)
    made = [coins_line(reading)] if flush.coin is None and len(reading.coins) > 1 else []
    calm = step in (Step.AFTER, Step.ALL_CLEAR)
    return [
        *_paragraph((*_within(flush), *_line(words.lead), *([] if calm else made)), "In short"),
        coverage(reading),
        last(case, flush, step is Step.ALL_CLEAR),
    ]


def _within(flush: Flush) -> tuple[Line, ...]:
    """Of a coin's flush that goes on inside the market's."""
    if flush.within is None:
        return ()
    return ((f"Part of the market-wide flush F{flush.within} from here on.",),)


def _watch(step: Step, flush: Flush) -> list[Note]:
    if step is Step.FADING:
        return [Note((f"Not over. When it is, {WATCHED}",))]
    if step is Step.END:
        again = "a further" if len(flush.waves) > 1 else "a second"
        return [Note((WATCHED.replace("a second", again),))]
    if step is Step.ALL_CLEAR:
        return [Note(("This says what did not happen, not what will.",))]
    return []


def _line(line: Line) -> tuple[Line, ...]:
    return (line,) if line else ()


def _paragraph(lines: tuple[Line, ...], title: str) -> list[Block]:
    return [Paragraph(lines, title=title)] if lines else []


def _details(lines: tuple[Line, ...]) -> list[Block]:
    return [Details(lines)] if lines else []
