"""What rules judge: liquidations held against the market around them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.figures import Hearing, Reading, Split
from bot.market import USD
from bot.structure.measures import (
    funding,
    liq_to_depth,
    liq_to_oi,
    liq_to_volume,
    oi_drop,
    tilt,
    volatility,
)
from bot.structure.view import Figure, MarketView, Part
from tests.bot.structure.keeping import NOW
from tests.fakes import a_reading

NOTHING = MarketView("BTC", NOW)


def a_figure(value: float, *sources: str) -> Figure:
    return Figure(value, NOW, sources)


def a_split(**millions: tuple[int, int]) -> Reading:
    """Longs and shorts by exchange, in millions."""
    parts = tuple(
        Split(name, long * 10**6 * USD, short * 10**6 * USD)
        for name, (long, short) in millions.items()
    )
    return replace(
        a_reading("BTC"),
        long=sum(part.long for part in parts),
        short=sum(part.short for part in parts),
        exchanges=parts,
        hearing=Hearing(tuple(millions), (), (), 0),
    )


def test_nothing_is_measured_of_what_is_unknown() -> None:
    reading = a_split(bybit=(5, 1))
    for measure in (oi_drop, funding, volatility, liq_to_oi, liq_to_depth):
        assert measure(reading, NOTHING, NOTHING) is None
    assert liq_to_volume(reading, None) is None
    assert tilt(reading, reading, NOTHING) is None


@settings(max_examples=50)
@given(st.floats(1, 1e6), st.floats(0, 1e6))
def test_a_drop_is_the_share_of_coins_that_went(before: float, after: float) -> None:
    start, now = (
        replace(NOTHING, oi_parts=(Part("Bybit", coins, None, NOW),)) for coins in (before, after)
    )
    found = oi_drop(a_split(), now, start)
    assert found == pytest.approx((before - after) / before, abs=1e-9)


def test_funding_is_told_per_eight_hours() -> None:
    now = replace(NOTHING, funding=a_figure(0.0001, "Bybit"))
    assert funding(a_split(), now, NOTHING) == pytest.approx(0.0008)


def test_volatility_is_told_in_times_of_the_same_sources_usual() -> None:
    now = replace(
        NOTHING, volatility=a_figure(1.2, "Bybit"), usual_volatility=a_figure(0.4, "Bybit")
    )
    assert volatility(a_split(), now, NOTHING) == pytest.approx(3.0)
    other = replace(now, usual_volatility=a_figure(0.4, "OKX"))
    assert volatility(a_split(), other, NOTHING) is None


def test_liquidations_are_held_against_the_open_interest_of_the_exchanges_heard() -> None:
    start = replace(
        NOTHING,
        oi_parts=(
            Part("Bybit", 1.0, 1e9, NOW),
            Part("Hyperliquid", 1.0, 5e9, NOW),
            Part("OKX", 1.0, None, NOW),
        ),
    )
    reading = a_split(bybit=(8, 2), okx=(90, 0), gate=(90, 0))
    assert liq_to_oi(reading, NOTHING, start) == pytest.approx(0.01)


def test_forced_flow_is_a_part_of_what_was_traded_on_the_same_exchanges() -> None:
    reading = a_split(bybit=(8, 2), gate=(90, 0))
    assert liq_to_volume(reading, a_figure(1e8, "Bybit")) == pytest.approx(0.1)
    assert liq_to_volume(reading, a_figure(0.0, "Bybit")) is None


def test_longs_are_sold_into_bids_and_shorts_bought_from_asks() -> None:
    start = replace(
        NOTHING, bids_1=a_figure(4e6, "Bybit", "OKX"), asks_1=a_figure(1e6, "Bybit", "OKX")
    )
    assert liq_to_depth(a_split(bybit=(4, 0), okx=(2, 1)), NOTHING, start) == pytest.approx(1.5)
    assert liq_to_depth(a_split(bybit=(4, 3)), NOTHING, start) == pytest.approx(3.0)
    only_bids = replace(start, asks_1=None)
    assert liq_to_depth(a_split(bybit=(4, 3)), NOTHING, only_bids) == pytest.approx(1.0)


def test_a_nothing_of_which_a_part_was_not_heard_is_unknown() -> None:
    nothing = replace(a_split(bybit=(0, 0)), complete=False)
    assert liq_to_volume(nothing, a_figure(1e8, "Bybit")) is None
    assert liq_to_volume(replace(nothing, complete=True), a_figure(1e8, "Bybit")) == 0.0


def test_tilt_is_the_share_of_liquidations_over_that_of_open_interest() -> None:
    now = replace(NOTHING, oi_share=a_figure(0.37, "Bybit"))
    own, everything = a_split(bybit=(390, 0)), a_split(bybit=(900, 100))
    assert tilt(own, everything, now) == pytest.approx(1.054, abs=1e-3)
    assert tilt(own, a_split(bybit=(0, 0)), now) is None
