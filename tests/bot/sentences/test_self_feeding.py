"""Alternations are told from news, which fakes every measure of counts (METRICS 4.5)."""

from math import sqrt
from statistics import fmean, variance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.sentence import State
from bot.wording.text import plain
from tests.bot.sentences.later import SQUEEZE
from tests.bot.sentences.storms import alternating, news_burst

RULE = SENTENCES["self_feeding"]


def naive_branching(case: Case) -> float:
    counts = [minute.count or 0 for minute in case.minutes]
    return 1 - sqrt(fmean(counts) / variance(counts))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 40), st.sampled_from((0.0, 1.0, 1.5, 2.0)))
def test_a_burst_of_news_is_not_called_self_feeding(seed: int, lasting: int, tail: float) -> None:
    case = news_burst(seed, lasting, tail)
    assert naive_branching(case) > 0.7, "the trap is there"
    verdict = RULE.judge(case)
    assert verdict.state is State.NOT_SAID
    assert "branching" not in plain(verdict.evidence)


@given(st.integers(3, 8), st.integers(3, 7))
def test_alternations_of_burst_and_new_low_are(rounds: int, apart: int) -> None:
    verdict = RULE.judge(alternating(rounds, apart))
    assert verdict.state is State.SAID
    assert plain(verdict.line) == f"Self-feeding: {rounds} rounds of burst, new low, burst"
    assert "not proof" in plain(verdict.evidence)


@pytest.mark.parametrize("rounds", [1, 2])
def test_two_rounds_may_be_chance(rounds: int) -> None:
    assert RULE.judge(alternating(rounds)).state is State.NOT_SAID


def test_the_branching_ratio_is_shown_beside_alternations_where_orders_were_counted() -> None:
    case = alternating(4)
    assert "branching ratio 0." in plain(RULE.judge(case).evidence)
    uncounted = tuple(replace(minute, count=None) for minute in case.minutes)
    verdict = RULE.judge(replace(case, minutes=uncounted))
    assert verdict.state is State.SAID
    assert "branching" not in plain(verdict.evidence)


def test_one_giant_order_is_no_burst() -> None:
    case = alternating(4)
    single = tuple(replace(minute, count=3) for minute in case.minutes)
    assert RULE.judge(replace(case, minutes=single)).state is State.NOT_SAID


def test_a_squeeze_feeds_itself_by_new_highs() -> None:
    line = plain(RULE.judge(SQUEEZE).line)
    assert line == "Self-feeding: 4 rounds of burst, new high, burst"
