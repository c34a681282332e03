"""Typed amounts: read exactly, or refused in one sentence that helps."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.market import USD
from bot.rules import SHARE
from bot.typed.amounts import LARGEST, SMALLEST, parse_amount, parse_count, parse_share, parse_span

READERS: list[Callable[[str], int]] = [parse_amount, parse_share, parse_count, parse_span]


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [
        ("250k", 250_000),
        ("50m", 50_000_000),
        ("50M", 50_000_000),
        ("1.5b", 1_500_000_000),
        ("$50,000,000", 50_000_000),
        ("$ 5m", 5_000_000),
        ("5 m", 5_000_000),
        (" 75mio ", 75_000_000),
        ("2bn", 2_000_000_000),
        ("10 million", 10_000_000),
        ("1000", 1_000),
        ("5m usd", 5_000_000),
        ("20$", None),
        (".5m", 500_000),
        ("50b", 50_000_000_000),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, dollars: int | None) -> None:
    if dollars is None:
        with pytest.raises(UserError, match="too small"):
            parse_amount(typed)
    else:
        assert parse_amount(typed) == dollars * USD


def test_cents_are_exact() -> None:
    assert parse_amount("1234567.89") == 123_456_789 * USD // 100


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nan", "not a number"),
        ("inf", "not a number"),
        ("-inf", "negative"),
        ("1e309", "not a number"),
        ("1e5", "not a number"),
        ("-5m", "negative"),
        ("0", "Zero"),
        ("0.00m", "Zero"),
        ("", "no number"),
        ("   ", "no number"),
        ("9" * 400, "too long"),
        ("5" * 26, "too long"),
        ("５０m", "plain digits"),
        ("٥٠m", "plain digits"),
        ("5\u202e0m", "plain digits"),
        ("50\u200bm", "plain digits"),
        ("50\x00m", "plain digits"),
        ("1_000", "not a number"),
        ("1,00,000", "not a number"),
        ("1.2.3m", "not a number"),
        ("50x", "unit"),
        ("0x10", "not a number"),
        ("999", "too small"),
        ("51b", "too much"),
        ("999999999999999b", "too much"),
    ],
)
def test_what_is_no_amount_gets_one_sentence_that_says_what_to_type(typed: str, why: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_amount(typed)
    assert why in caught.value.sentence
    assert "250k, 50m or 1.5b" in caught.value.sentence
    assert len(caught.value.sentence) < 130
    assert caught.value.sentence.isprintable()


def test_shares_are_billionths() -> None:
    assert parse_share("80%") == 800_000_000
    assert parse_share("66.6 %") == 666_000_000


@pytest.mark.parametrize("typed", ["0%", "100%", "101%", "-5%", "80", "%", "８０%", "nan%", "1e1%"])
def test_shares_outside_of_0_and_100_are_refused(typed: str) -> None:
    with pytest.raises(UserError, match="80%"):
        parse_share(typed)


def test_counts_are_whole() -> None:
    assert parse_count("200") == 200
    assert parse_count("1,000") == 1_000
    assert parse_count("2k") == 2_000
    for typed in ("1.5", "0", "-3", "200m", "99999999", "many"):
        with pytest.raises(UserError, match="like 200"):
            parse_count(typed)


def test_mute_spans_are_read() -> None:
    assert parse_span("30m") == 1_800_000
    assert parse_span("2h") == 7_200_000
    assert parse_span("1 day") == 86_400_000
    assert parse_span("1.5h") == 5_400_000
    for typed in ("", "forever", "0h", "5", "31d", "10s", "-1h", "1e9h"):
        with pytest.raises(UserError, match="30m, 2h or 1d"):
            parse_span(typed)


@given(st.text(max_size=60), st.sampled_from(READERS))
def test_any_text_is_read_or_refused_in_one_sentence(
    text: str, reader: Callable[[str], int]
) -> None:
    try:
        assert reader(text) > 0
    except UserError as error:
        assert error.sentence.endswith(".")
        assert error.sentence.isprintable()


@given(st.integers(SMALLEST * 100 // USD, LARGEST * 100 // USD))
def test_every_amount_within_bounds_can_be_typed(cents: int) -> None:
    assert parse_amount(f"{cents // 100}.{cents % 100:02d}") == cents * (USD // 100)
    assert parse_amount(f"${cents // 100:,}") == cents // 100 * USD


@given(st.integers(1, SHARE - 1))
def test_every_share_can_be_typed(share: int) -> None:
    assert parse_share(f"{share // 10**7}.{share % 10**7:07d}%") == share
