"""Thresholds said by how unusual they are, found in what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.typed.relative import PLACEHOLDER, Kind, Relative, given_back, taken
from bot.typed.rule_text import parse_rule

COINS = ("BTC", "ETH")


@pytest.mark.parametrize(
    ("typed", "kind", "number", "days"),
    [
        ("p99", Kind.PERCENTILE, 99.0, 0),
        ("P99.5", Kind.PERCENTILE, 99.5, 0),
        ("rank 3/90d", Kind.RANK, 3.0, 90),
        ("Rank 1 / 30 days", Kind.RANK, 1.0, 30),
        ("rank 5", Kind.RANK, 5.0, 0),
        ("x10", Kind.TIMES, 10.0, 0),
        ("2.5x", Kind.TIMES, 2.5, 0),
        ("x10 normal", Kind.TIMES, 10.0, 0),
        ("0.5% oi", Kind.INTEREST, 0.005, 0),
        ("1% of open interest", Kind.INTEREST, 0.01, 0),
        ("about once a week", Kind.FREQUENCY, 1 / 7, 0),
        ("once a day", Kind.FREQUENCY, 1.0, 0),
        ("daily", Kind.FREQUENCY, 1.0, 0),
        ("several times a day", Kind.FREQUENCY, 3.5, 0),
    ],
)
@pytest.mark.parametrize(
    "rule", ["BTC 1h long > {}", "BTC {} 1h longs", "{} BTC long", "BTC long above {}"]
)
def test_a_phrase_is_found_wherever_it_stands(
    typed: str, kind: Kind, number: float, days: int, rule: str
) -> None:
    found, rest = taken(rule.format(typed))
    assert found == Relative(kind, typed, number, days)
    draft = parse_rule(rest, COINS)
    assert (draft.coin, draft.window, draft.metric) == ("BTC", "1h", "long")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_taken_left_or_politely_refused(text: str) -> None:
    try:
        found, rest = taken(text)
    except UserError as error:
        assert error.sentence
        return
    assert (found is None) == (PLACEHOLDER not in rest)
    if found is None:
        assert rest == text


@pytest.mark.parametrize(
    "typed", ["BTC 1h long > 50m", "ETH imbalance > 80%", "all 24h > $1.5b", "BTC 5m > 5m", "1INCH"]
)
def test_a_rule_without_one_is_left_as_it_is(typed: str) -> None:
    assert taken(typed) == (None, typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("BTC p99 x10", "I can take one threshold, not “p99” and “x10”"),
        ("BTC > 50m p99", "I can take one threshold, an amount or p99"),
        ("BTC imbalance > p99", "p99 counts dollars: use it with total, long or short, not"),
        ("BTC order > x10", "x10 counts dollars"),
        ("BTC > p40", "A percentile lies from p50 to below p100"),
        ("BTC > p100", "A percentile lies from p50 to below p100"),
        ("BTC > rank 3/365d", "I rank the last 90 days at most: type rank 3/90d."),
        ("BTC > rank 0", "I know ranks from 1 to 100"),
        ("BTC > x1", "Type how many times a normal window"),
        ("BTC > 200% oi", "Type a share of open interest"),
        ("BTC several times a week", "I know once a week, once a day and several times a day"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(UserError) as mistake:
        taken(typed)
    assert mistake.value.sentence.startswith(says)


def test_a_mistake_in_the_rest_is_told_in_the_words_that_were_typed() -> None:
    found, rest = taken("BTCC > p99")
    assert found is not None
    with pytest.raises(UserError) as mistake:
        parse_rule(rest, ("BTC", "BCH"))
    told = given_back(mistake.value, found)
    assert told.choices == ("BTC > p99", "BCH > p99")
