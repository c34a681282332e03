"""A stored case tells the same again, and an altered one is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.judging import judge
from bot.sentences.record import case_of, changed, record, retold
from tests.bot.sentences.golden import CASE
from tests.bot.sentences.later import CLOSED, CROWDED, FADING, SECOND, SQUEEZE


@pytest.mark.parametrize("case", [CASE, FADING, CLOSED, SECOND, CROWDED, SQUEEZE])
def test_the_same_sentences_follow_from_a_record(case: Case) -> None:
    stored = record(case)
    assert retold(stored) == judge(case)
    assert case_of(stored) == case
    assert record(case_of(stored)) == stored
    assert changed(stored) == ()


def test_a_record_names_the_versions_of_its_sentences() -> None:
    told = msgspec.json.decode(record(CASE))
    assert told["versions"] == {name: each.version for name, each in SENTENCES.items()}
    assert len(told["sha256"]) == 64
    told["versions"] |= {"rank": 0, "gone": 3}
    assert changed(msgspec.json.encode(told)) == ("gone", "rank")


def test_an_altered_case_is_refused() -> None:
    stored = record(CASE)
    altered = stored.replace(b'"rank":1', b'"rank":2')
    assert altered != stored
    with pytest.raises(ParseError, match="not those that were hashed"):
        retold(altered)


@given(st.binary(max_size=200) | st.just(b'{"sha256":"x","versions":{},"case":[]}'))
def test_what_is_no_record_is_refused(stored: bytes) -> None:
    with pytest.raises(ParseError):
        retold(stored)
