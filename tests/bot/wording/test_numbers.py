"""Numbers as they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from bot.market import USD
from bot.wording.numbers import (
    alike,
    duration,
    fine_money,
    money,
    named,
    round_money,
    round_share,
    share,
    signed,
    span,
    together,
    window_name,
)

AMOUNTS = st.integers(0, 10**13 * USD)
UNITS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}


def read_back(said: str) -> float:
    bare = said.removeprefix("$")
    unit = bare[-1] if bare[-1] in "kMB" else ""
    return float(bare.removesuffix(unit).replace(",", "")) * UNITS[unit]


@pytest.mark.parametrize(
    ("dollars", "said"),
    [
        (0, "$0"),
        (0.4, "<$1"),
        (412, "$412"),
        (999.4, "$999"),
        (999.5, "$1.0k"),
        (8_240, "$8.2k"),
        (41_000, "$41k"),
        (999_499, "$999k"),
        (999_500, "$1.0M"),
        (8_200_000, "$8.2M"),
        (9_960_000, "$10M"),
        (52_600_000, "$53M"),
        (526_400_000, "$526M"),
        (999_600_000, "$1.00B"),
        (1_020_000_000, "$1.02B"),
        (19_130_000_000, "$19.1B"),
    ],
)
def test_sums_are_short(dollars: float, said: str) -> None:
    assert money(round(dollars * USD)) == said


def test_a_single_order_keeps_a_digit_more() -> None:
    assert fine_money(11_800_000 * USD) == "$11.8M"
    assert fine_money(48_600_000 * USD) == "$48.6M"
    assert fine_money(498_600_000 * USD) == "$499M"


def test_a_digit_that_says_nothing_is_left_out() -> None:
    assert fine_money(50_000_000 * USD) == "$50M"
    assert fine_money(49_970_000 * USD) == "$50M"
    assert fine_money(5_000_000 * USD) == "$5.0M"
    assert fine_money(1_000_000_000 * USD) == "$1.00B"


def test_sums_beside_each_other_share_a_unit() -> None:
    told = alike([n * USD for n in (8_200_000, 2_900_000, 700_000, 12_000, 0)])
    assert told == ["$8.2M", "$2.9M", "$0.7M", "$12k", "$0"]
    assert alike([]) == []


def test_a_sum_too_small_for_the_unit_of_its_neighbour_keeps_its_own() -> None:
    assert alike([n * USD for n in (1_140_000_000, 60_000_000)]) == ["$1.14B", "$60M"]
    assert alike([n * USD for n in (8_200_000, 60_000)]) == ["$8.2M", "$60k"]


def test_thresholds_are_said_as_they_were_set() -> None:
    assert round_money(50_000_000 * USD) == "$50M"
    assert round_money(1_250_000 * USD) == "$1.25M"
    assert round_money(5_000_000_000 * USD) == "$5B"
    assert round_money(12_345_678 * USD) == "$12,345,678"
    assert round_money(123_456 * USD // 100) == "$1,234.56"
    assert round_share(666_000_000) == "66.6%"
    assert round_share(800_000_000) == "80%"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (4581, 5264, "87%"),
        (1, 10_000, "1%"),
        (9_999, 10_000, "99%"),
        (10_000, 10_000, "100%"),
        (0, 10_000, "0%"),
        (0, 0, "–"),
        (1, 2, "50%"),
    ],
)
def test_a_share_is_never_all_nor_nothing_when_it_is_not(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_an_imbalance_has_its_sign() -> None:
    assert signed((458.1 - 68.3) / 526.4) == "+0.74"
    assert signed(-0.049) == "−0.05"
    assert signed(0.0) == "0.00"
    assert signed(0.9999) == "+0.99"
    assert signed(-1.0) == "−1.00"


def test_spans_are_said() -> None:
    assert duration(45_000) == "45 s"
    assert duration(12 * MINUTE_MS) == "12 min"
    assert duration(108 * MINUTE_MS) == "1 h 48 min"
    assert duration(24 * HOUR_MS) == "24 h"
    assert duration(72 * HOUR_MS) == "3 days"
    assert span("1h") == "1 h"
    assert span("24h") == "24 h"
    assert span("5m") == "5 min"
    assert window_name(HOUR_MS) == "1h"
    assert window_name(34 * MINUTE_MS) == "34 min"


def test_names_are_said() -> None:
    assert [named(name) for name in ("binance", "okx")] == ["Binance", "OKX"]
    assert [together(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


@given(AMOUNTS)
def test_a_sum_has_at_most_three_digits_and_is_near(amount: int) -> None:
    for say, off in ((money, 0.06), (fine_money, 0.06)):
        said = say(amount)
        if USD <= amount < 10**12 * USD:
            assert sum(char.isdigit() for char in said) <= 3
            assert abs(read_back(said) - amount / USD) <= off * amount / USD + 0.5


@given(AMOUNTS, AMOUNTS)
def test_more_money_is_never_said_as_less(one: int, other: int) -> None:
    less, more = sorted((max(one, USD), max(other, USD)))
    assert read_back(money(less)) <= read_back(money(more))
    assert read_back(fine_money(less)) <= read_back(fine_money(more))
    assert read_back(alike([more, less])[1]) <= read_back(alike([more, less])[0])


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_is_rounded_fairly(part: int, whole: int) -> None:
    part = min(part, whole)
    said = int(share(part, whole).removesuffix("%"))
    assert abs(said - 100 * part / whole) <= 1
    assert (said == 100) == (part == whole)
    assert (said == 0) == (part == 0)
