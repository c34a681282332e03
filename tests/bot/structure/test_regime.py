"""Quadrants of price and open interest, and how fast volatility cools."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import MINUTE_MS
from bot.structure.cooling import half_life_ms
from bot.structure.regime import Regime, quadrant


@pytest.mark.parametrize(
    ("price", "oi", "regime"),
    [
        (0.02, 0.01, Regime.NEW_LONGS),
        (0.02, -0.01, Regime.SHORT_COVERING),
        (-0.02, 0.01, Regime.NEW_SHORTS),
        (-0.02, -0.01, Regime.LONG_FLUSH),
        (None, -0.01, None),
        (-0.02, None, None),
        (0.0, -0.01, None),
    ],
)
def test_price_and_open_interest_make_four_quadrants(
    price: float | None, oi: float | None, regime: Regime | None
) -> None:
    assert quadrant(price, oi) is regime


def test_while_it_has_not_fallen_it_has_no_half_life() -> None:
    assert half_life_ms(5 * MINUTE_MS, 2.0, 2.0) is None
    assert half_life_ms(5 * MINUTE_MS, 2.0, 0.0) is None
    assert half_life_ms(15 * MINUTE_MS, 4.0, 1.0) == pytest.approx(7.5 * MINUTE_MS)


@settings(max_examples=50)
@given(st.floats(0.01, 100), st.floats(1, 600), st.integers(1, 100))
def test_the_half_life_of_an_exponential_decay_is_its_own(
    peak: float, half_min: float, minutes: int
) -> None:
    told = half_life_ms(minutes * MINUTE_MS, peak, peak * 0.5 ** (minutes / half_min))
    assert told is not None
    assert math.isclose(told, half_min * MINUTE_MS, rel_tol=1e-3)
