"""Where those who made up much of a flush were deaf since, its calm is not told as an end."""

import pytest
from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.figures import Deaf
from bot.flush.flush import Stage
from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.sentence import State, Verdict
from bot.wording.text import plain
from tests.bot.sentences.later import CLOSED, END

BRIEF = Deaf("bybit", END - 2 * MINUTE_MS, END + 5 * MINUTE_MS, "closed")
"""It is over by now, so nothing else in the case speaks against an end."""


def doubtful(stage: Stage, *gaps: Deaf) -> Case:
    assert CLOSED.flush is not None
    flush = replace(CLOSED.flush, stage=stage, deaf=gaps, uncertain=True)
    return replace(CLOSED, flush=flush)


def judged(name: str, case: Case) -> Verdict:
    return SENTENCES[name].judge(case)


@pytest.mark.parametrize("stage", [Stage.OVER, Stage.CLOSED])
@pytest.mark.parametrize("name", ["ended", "aftermath"])
def test_calm_that_may_be_deafness_is_no_end(name: str, stage: Stage) -> None:
    verdict = judged(name, doubtful(stage, BRIEF))
    assert verdict.state is State.UNCHECKED
    assert verdict.line == ()
    assert "Bybit off" in plain(verdict.evidence)


def test_what_could_not_be_heard_is_named_with_what_it_means() -> None:
    still = replace(BRIEF, exchange="okx", to_ms=None)
    gone = Deaf("lighter", END - 20 * MINUTE_MS, END - 10 * MINUTE_MS, "closed")
    reason = plain(judged("ended", doubtful(Stage.OVER, gone, BRIEF, still)).evidence)
    assert reason == "Bybit off 02:39–02:46 UTC, OKX off since 02:39 UTC, it may go on unheard"


def test_a_clear_is_not_given_while_calm_may_be_deafness() -> None:
    assert judged("all_clear", CLOSED).state is State.SAID
    assert judged("all_clear", doubtful(Stage.CLOSED)).state is State.UNCHECKED
    assert judged("all_clear", doubtful(Stage.CLOSED, BRIEF)).state is State.UNCHECKED


def test_the_same_flush_heard_throughout_has_an_end() -> None:
    assert judged("ended", CLOSED).state is State.SAID
