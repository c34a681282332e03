"""Whatever is missing, late or senseless: no rule raises, and none speaks without its inputs."""

import math
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.flush.flush import Stage
from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.judging import judge, told
from bot.sentences.sentence import State
from bot.structure.view import Figure
from bot.wording.text import plain
from bot.wording.why import why_message
from tests.bot.sentences.golden import CASE
from tests.bot.sentences.later import CLOSED, CROWDED, FADING, SECOND, SQUEEZE
from tests.bot.sentences.test_rules import ROWS, without
from tests.torture import times

CASES = st.sampled_from((CASE, FADING, CLOSED, SECOND, CROWDED, SQUEEZE))
ODD = st.sampled_from((0.0, -1.0, 1e-300, 1e300, math.nan, math.inf, -math.inf, 0.5))


def holed(value: Any, draw: st.DrawFn) -> Any:
    """The same with some fields unknown, some sums nothing, some figures senseless or late."""
    if isinstance(value, Figure):
        number = draw(st.one_of(st.just(value.value), ODD))
        return replace(value, value=number, at_ms=value.at_ms - draw(st.sampled_from((0, 10**7))))
    if isinstance(value, tuple):
        cut = draw(st.sampled_from((0, 0, 0, 1, len(value))))
        kept = value[cut:]
        return tuple(holed(each, draw) for each in kept[:4]) + kept[4:]
    if not isinstance(value, msgspec.Struct):
        return value
    changes: dict[str, Any] = {}
    for field in msgspec.structs.fields(value):
        old = getattr(value, field.name)
        optional = type(None) in getattr(field.type, "__args__", ())
        if optional and draw(st.integers(0, 5)) == 0:
            changes[field.name] = None
        elif field.name in ("long", "short", "total", "usd", "btc", "alts", "bar", "baseline"):
            changes[field.name] = draw(st.sampled_from((old, old, 0)))
        elif field.name == "stage":
            changes[field.name] = draw(st.sampled_from((old, *Stage)))
        elif field.name == "waves":
            changes[field.name] = tuple(holed(wave, draw) for wave in old)
        else:
            changes[field.name] = holed(old, draw)
    return replace(value, **changes)


@st.composite
def holed_cases(draw: st.DrawFn) -> Case:
    case: Case = holed(draw(CASES), draw)
    return case


@settings(max_examples=times(30), deadline=None)
@given(holed_cases())
def test_judging_never_raises_and_unsaid_sentences_have_no_line(case: Case) -> None:
    judged = judge(case)
    assert [each.name for each in judged] == list(SENTENCES)
    for each in judged:
        assert each.verdict.evidence
        assert bool(each.verdict.line) == (each.verdict.state is State.SAID)
        assert "nan" not in plain(each.verdict.line)
    told(judged, 600)
    why_message(case, judged)


@settings(max_examples=times(30), deadline=None)
@given(st.sampled_from(sorted(ROWS)), st.data())
def test_no_sentence_is_said_without_an_input(name: str, data: st.DataObject) -> None:
    row = ROWS[name]
    lost = data.draw(st.lists(st.sampled_from(row.inputs), min_size=1, unique=True))
    case = row.said
    for path in sorted(lost, key=lambda each: -each.count(".")):
        case = without(case, path)
    assert SENTENCES[name].judge(case).state is State.UNCHECKED


@given(st.integers(61, 100_000))
def test_nothing_that_must_be_fresh_is_said_of_a_market_told_long_ago(minutes: int) -> None:
    late = replace(CASE, now=replace(CASE.now, **_late(minutes)) if CASE.now else None)
    for name in ("move", "open_interest", "levels", "regime", "funding"):
        assert SENTENCES[name].judge(late).state is State.UNCHECKED


def _late(minutes: int) -> dict[str, Figure]:
    view = CASE.now
    assert view is not None
    figures = {name: getattr(view, name) for name in ("price", "oi", "funding")}
    return {
        name: replace(figure, at_ms=figure.at_ms - minutes * 60_000)
        for name, figure in figures.items()
    }
