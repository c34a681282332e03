"""What an alert has room for, and in which order it gives way."""

from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import SENTENCES
from bot.sentences.judging import Judged, Told, judge, told
from bot.sentences.sentence import Place, State, Verdict
from bot.wording.text import Line, Moment, plain
from tests.bot.sentences.golden import CASE


def one(text: str, place: Place, state: State = State.SAID) -> Judged:
    line: Line = (text,) if state is State.SAID else ()
    return Judged("x", 1, "x", Verdict(state, ("why",), line, place=place))


def test_every_sentence_is_judged_in_the_order_of_the_registry() -> None:
    judged = judge(CASE)
    assert [each.name for each in judged] == list(SENTENCES)
    assert all(each.version == SENTENCES[each.name].version for each in judged)


def test_lines_stand_at_their_places_and_the_lead_reads_as_sentences() -> None:
    said = told(
        [
            one("head", Place.HEAD),
            one("A", Place.LEAD),
            one("B", Place.LEAD),
            one("fact", Place.FACT),
            one("detail", Place.DETAIL),
            one("why", Place.WHY),
            one("", Place.DETAIL, State.UNCHECKED),
        ],
        100,
    )
    assert plain(said.lead) == "A. B."
    assert (said.facts, said.details) == ((("fact",),), (("detail",),))


def test_what_does_not_fit_gives_way_and_shorter_lines_below_still_fit() -> None:
    said = told([one("a" * 20, Place.FACT), one("b" * 20, Place.FACT), one("c", Place.FACT)], 26)
    assert [plain(line) for line in said.facts] == ["a" * 20, "c"]
    assert told(judge(CASE), 0) == Told()


@given(st.integers(0, 900))
def test_what_is_told_never_exceeds_its_room(limit: int) -> None:
    said = told(judge(CASE), limit)
    shown = [plain(line, "00:00") for line in (said.lead, *said.facts, *said.details) if line]
    assert sum(len(line) + 1 for line in shown) <= limit


def test_a_line_is_no_longer_than_a_phone_is_wide() -> None:
    said = told(judge(CASE), 1000)
    assert max(len(plain(line, "00:00")) for line in (*said.facts, *said.details)) <= 70
    assert any(isinstance(span, Moment) for line in said.details for span in line)
