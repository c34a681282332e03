"""Which sentences a step of a flush's story says, and where, so that each says what is new."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from bot.figures import Reading
from bot.flush.flush import Flush
from bot.sentences.case import Case
from bot.sentences.inputs import before, now
from bot.sentences.judging import Judged
from bot.sentences.sentence import Place, State
from bot.story.follow import Step
from bot.wording.coverage import plus
from bot.wording.length import SHOWN_TIME
from bot.wording.numbers import money
from bot.wording.prices import percent
from bot.wording.text import Line, plain

RUN_ON = 70
"""Characters up to which sentences share the first line below the head."""

_BEGUN = frozenset(
    ("levels", "depth", "source", "alts", "self_feeding", "catalyst", "headlines", "crowded")
) | frozenset(("forced", "regime", "common"))
"""What it began with. Once it fades the way back is the news; the case keeps these."""

_UNSAID: Mapping[Step, frozenset[str]] = {
    Step.FADING: _BEGUN,
    Step.END: _BEGUN | {"ended", "aftermath"},
    Step.AFTER: frozenset({"ended"}),
}
"""Sentences that a step's first line has said already, or that come too early or too late."""

_ELSEWHERE: Mapping[tuple[Step, str], Place] = {
    (Step.BUILDING, "pace"): Place.LEAD,
    (Step.BUILDING, "levels"): Place.LEAD,
    (Step.FADING, "pace"): Place.LEAD,
    (Step.FADING, "rank"): Place.FACT,
    (Step.ALL_CLEAR, "move"): Place.FACT,
}

_FIRST = frozenset(((Step.BUILDING, "pace"), (Step.FADING, "pace"), (Step.ALL_CLEAR, "aftermath")))
"""What is the news of a step, before what matters more elsewhere."""

_RANKED = (Step.FADING, Step.END, Step.AFTER)
"""Steps whose head tells more than the hour that has the rank."""

_MOVING = (Step.START, Step.BUILDING, Step.PEAK)


def chosen(
    case: Case, judged: Sequence[Judged], flush: Flush, reading: Reading, step: Step
) -> list[Judged]:
    """The sentences of a step, each in its place, the most important first."""
    unsaid = _UNSAID.get(step, frozenset())
    if step is Step.SECOND_WAVE and flush.last.total <= flush.first.total:
        unsaid = frozenset({"rank"})  # a second wave smaller than the first makes no new record
    kept = [each for each in judged if each.name not in unsaid]
    placed = [_placed(each, step) for each in kept]
    if step in _RANKED:
        placed = [_with_amount(each, case, reading) for each in placed]
    return sorted(placed, key=lambda each: (step, each.name) not in _FIRST)


def leads(judged: Sequence[Judged]) -> tuple[Line, ...]:
    """Why it matters: sentences on one line while it is short, then one a line."""
    lines = list(_said(judged, Place.LEAD))
    first: Line = ()
    while lines and (not first or _width((*first, " ", *lines[0], ".")) <= RUN_ON):
        first = (*first, *((" ",) if first else ()), *lines.pop(0), ".")
    return (first, *lines) if first else ()


def others(judged: Sequence[Judged]) -> list[Judged]:
    """All that is no lead."""
    return [each for each in judged if each.verdict.place is not Place.LEAD]


def is_said(judged: Sequence[Judged], name: str) -> bool:
    return any(each.name == name and each.verdict.state is State.SAID for each in judged)


def with_open_interest(case: Case, judged: Sequence[Judged], step: Step) -> list[Judged]:
    """``BTC −4.9% to $87,020, open interest −4.8%``, where there is no line for each."""
    if step not in _MOVING or not is_said(judged, "open_interest"):
        return list(judged)
    change = percent(now(case, "oi").value / before(case, "oi").value - 1)
    more = (f", open interest {change}",)
    return [_longer(each, more) if each.name == "move" else each for each in judged]


def _placed(each: Judged, step: Step) -> Judged:
    place = _ELSEWHERE.get((step, each.name))
    return each if place is None else replace(each, verdict=replace(each.verdict, place=place))


def _with_amount(each: Judged, case: Case, reading: Reading) -> Judged:
    """``Largest hour in 92 days ($526M+)``, where the head tells another amount."""
    if each.name != "rank" or each.verdict.state is not State.SAID or case.standing is None:
        return each
    hour = money(case.standing.total)
    return each if hour == money(reading.total) else _longer(each, (f" ({hour}{plus(reading)})",))


def _longer(each: Judged, more: Line) -> Judged:
    return replace(each, verdict=replace(each.verdict, line=(*each.verdict.line, *more)))


def _said(judged: Sequence[Judged], place: Place) -> Iterator[Line]:
    for each in judged:
        if each.verdict.state is State.SAID and each.verdict.place is place:
            yield each.verdict.line


def _width(line: Line) -> int:
    return len(plain(line, SHOWN_TIME))
