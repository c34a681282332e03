"""Prices, changes and rates as they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.market import USD
from bot.wording.prices import coins, ordinal, per_8h, percent, price, tenths, times


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (87_020.4, "$87,020"),
        (1_000, "$1,000"),
        (999.994, "$999.99"),
        (178.421, "$178.42"),
        (1.0, "$1.00"),
        (0.5123, "$0.5123"),
        (0.012354, "$0.01235"),
        (0.0000123456, "$0.00001235"),
    ],
)
def test_a_price_is_said_in_full(value: float, said: str) -> None:
    assert price(value) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(-0.04875, "−4.9%"), (0.0101, "+1.0%"), (0.0004, "0.0%"), (-0.0004, "0.0%"), (1.5, "+150.0%")],
)
def test_a_change_has_its_sign(share: float, said: str) -> None:
    assert percent(share) == said


def test_rates_coins_and_factors() -> None:
    assert per_8h(0.00031 / 8) == "+0.031%"
    assert per_8h(-0.00015 / 8) == "−0.015%"
    assert [coins(each) for each in (412_000, 19_700, 999_960, 85.31, 0.05)] == [
        "412.0k",
        "19.7k",
        "1.0M",
        "85.3",
        "0.05",
    ]
    assert tenths(458_100_000 * USD) == "458.1M"
    assert [times(each) for each in (53.7, 6.1, 1.23)] == ["54×", "6.1×", "1.2×"]
    assert [ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
    )


@given(st.floats(1e-9, 1e9))
def test_a_price_is_never_in_powers_of_ten_nor_zero(value: float) -> None:
    said = price(value)
    assert "e" not in said
    assert abs(float(said[1:].replace(",", "")) - value) <= 0.005 * value
