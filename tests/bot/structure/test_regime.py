"""Quadrants, the flip of funding, what was flushed, and cooling."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from bot.structure.cooling import Cooling, cooling
from bot.structure.regime import Regime, flush_efficiency, funding_flip, oi_flush, quadrant
from tests.bot.structure.keeping import NOW

BP = 0.0001 / 8
"""One basis point in 8 hours, per hour."""


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


def rates(*per_hour: float) -> list[tuple[int, float]]:
    """An hour apart, the last one now."""
    first_ms = NOW - (len(per_hour) - 1) * HOUR_MS
    return [(first_ms + at * HOUR_MS, rate) for at, rate in enumerate(per_hour)]


def test_funding_has_flipped_when_it_kept_its_new_sign_for_a_settlement() -> None:
    assert funding_flip(rates(3 * BP, *[-2 * BP] * 9), NOW) == -1
    assert funding_flip(rates(-3 * BP, *[2 * BP] * 9), NOW) == 1
    assert funding_flip(rates(*[2 * BP] * 4, *[-2 * BP] * 8), NOW) == 0
    assert funding_flip(rates(*[2 * BP] * 12), NOW) == 0
    assert funding_flip(rates(3 * BP, *[-2 * BP] * 8, -0.9 * BP), NOW) == 0
    assert funding_flip(rates(3 * BP, *[-2 * BP] * 4, BP, *[-2 * BP] * 4), NOW) == 0


def test_a_flip_needs_a_before_and_a_since() -> None:
    assert funding_flip(rates(*[-2 * BP] * 8), NOW) is None
    assert funding_flip(rates(3 * BP), NOW + 12 * HOUR_MS) is None
    assert funding_flip([], NOW) is None


def test_what_was_flushed_is_told_in_coins() -> None:
    assert oi_flush(412_000, 392_300) == pytest.approx(-0.0478, abs=1e-4)
    assert oi_flush(0, 5) is None


def test_open_interest_that_went_beyond_liquidations_was_closed_freely() -> None:
    assert flush_efficiency(412_000, 392_300, 91_480, 205.3e6) == pytest.approx(8.78, abs=0.01)
    assert flush_efficiency(100, 99, 1.0, 2.0) == 0.5
    assert flush_efficiency(100, 99, 1.0, 0.0) is None


def a_course(*values: float) -> list[tuple[int, float]]:
    return [(NOW + at * 5 * MINUTE_MS, value) for at, value in enumerate(values)]


def test_it_cools_at_half_of_the_peak_when_it_falls_and_nothing_much_is_liquidated() -> None:
    told = cooling(a_course(1.0, 4.0, 3.0, 2.0, 1.0), calm=True)
    assert told is not None and told.is_cooling
    assert told.ratio == 0.25
    assert told.half_life_ms == pytest.approx(7.5 * MINUTE_MS)


@pytest.mark.parametrize(
    ("values", "calm", "is_cooling"),
    [
        ((4.0, 3.5, 3.0, 2.1), True, False),
        ((4.0, 1.0, 1.5, 1.2), True, False),
        ((4.0, 1.0), True, False),
        ((4.0, 3.0, 2.0, 1.0), False, False),
        ((4.0, 3.0, 2.0, 1.0), None, None),
        ((4.0, 3.0, 2.5, 2.0), True, True),
    ],
)
def test_what_is_missing_for_cooling(
    values: tuple[float, ...], calm: bool | None, is_cooling: bool | None
) -> None:
    told = cooling(a_course(*values), calm)
    assert told is not None
    assert told.is_cooling is is_cooling


def test_at_its_peak_it_has_no_half_life() -> None:
    assert cooling(a_course(1.0, 2.0), True) == Cooling(1.0, False, None, True)
    assert cooling([]) is None
    assert cooling(a_course(0.0)) is None


@settings(max_examples=50)
@given(st.floats(0.01, 100), st.floats(1, 600), st.integers(1, 20))
def test_the_half_life_of_an_exponential_decay_is_its_own(
    peak: float, half_min: float, steps: int
) -> None:
    values = [peak * 0.5 ** (5 * at / half_min) for at in range(steps + 1)]
    told = cooling(a_course(*values))
    assert told is not None and told.half_life_ms is not None
    assert math.isclose(told.half_life_ms, half_min * MINUTE_MS, rel_tol=1e-3)
