"""Sums, weighted means and shares over the sources that are fresh."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import MINUTE_MS, SECOND_MS
from bot.structure.aggregates import elsewhere, oi_share, oi_usd, parts, summed, weighted
from bot.structure.comparing import comparable, oi_change
from bot.structure.facts import ALL, Fact, Measure
from bot.structure.look import Look
from bot.structure.view import Figure, MarketView, Part
from tests.bot.structure.keeping import NOW, SOURCES, PlainShelf, a_fact, a_look

TOLD = st.dictionaries(
    st.sampled_from(list(SOURCES)), st.tuples(st.floats(-1, 1), st.floats(0.1, 1e6)), max_size=3
)


def a_view(at_ms: int = NOW, **coins: float) -> MarketView:
    shares = tuple(Part(name, value, value * 10, at_ms) for name, value in coins.items())
    return MarketView("BTC", at_ms, oi_parts=shares)


@pytest.mark.parametrize(
    ("measure", "limit_minutes"),
    [(Measure.MARK, 2), (Measure.OI, 5), (Measure.BIDS_1, 5), (Measure.VOLUME, 15)],
)
def test_a_figure_older_than_its_limit_is_missing(measure: Measure, limit_minutes: int) -> None:
    limit_ms = limit_minutes * MINUTE_MS
    for ago_ms, fresh in ((limit_ms, True), (limit_ms + 1, False), (-1, False)):
        shelf = PlainShelf([a_fact(measure, 7.0, ago_ms=ago_ms)])
        assert (summed(a_look(shelf), measure) is not None) == fresh


class NearestShelf(PlainShelf):
    """Answers with what is nearest in time, be it later."""

    def at(self, measure: Measure, coin: str, at_ms: int, tolerance_ms: int) -> Mapping[str, Fact]:
        return super().at(measure, coin, at_ms + tolerance_ms, 2 * tolerance_ms)


def test_a_look_sees_no_later_fact_even_where_the_shelf_would_show_it() -> None:
    shelf = NearestShelf([a_fact(Measure.OI, 7.0, ago_ms=-1)])
    assert summed(a_look(shelf), Measure.OI) is None
    assert summed(a_look(shelf, NOW + 1), Measure.OI) is not None


def test_a_sum_names_its_sources_and_is_as_old_as_its_oldest_part() -> None:
    told = [
        a_fact(Measure.BIDS_1, 5.0, "okx", ago_ms=20 * SECOND_MS),
        a_fact(Measure.BIDS_1, 7.0, "bybit", ago_ms=40 * SECOND_MS),
        a_fact(Measure.BIDS_1, 9.0, "binance", ago_ms=6 * MINUTE_MS),
        a_fact(Measure.BIDS_1, 1000.0, "coinglass"),
    ]
    found = summed(a_look(PlainShelf(told)), Measure.BIDS_1)
    assert found == Figure(12.0, NOW - 40 * SECOND_MS, ("Bybit", "OKX"))


@settings(max_examples=50)
@given(TOLD)
def test_funding_is_weighted_by_open_interest(told: dict[str, tuple[float, float]]) -> None:
    facts = [a_fact(Measure.FUNDING, rate, source) for source, (rate, _) in told.items()]
    facts += [a_fact(Measure.OI, coins, source) for source, (_, coins) in told.items()]
    found = weighted(a_look(PlainShelf(facts)), Measure.FUNDING)
    if not told:
        assert found is None
        return
    above = sum(rate * coins for rate, coins in told.values())
    below = sum(coins for _, coins in told.values())
    assert found is not None
    assert found.value == pytest.approx(above / below, abs=1e-12)


def test_funding_without_open_interest_has_no_weight() -> None:
    rates = [a_fact(Measure.FUNDING, 0.1, "binance"), a_fact(Measure.FUNDING, 0.3, "okx")]
    assert weighted(a_look(PlainShelf(rates)), Measure.FUNDING) is None
    shelf = PlainShelf([*rates, a_fact(Measure.OI, 5.0, "okx")])
    found = weighted(a_look(shelf), Measure.FUNDING)
    assert found is not None
    assert (found.value, found.sources) == (0.3, ("OKX",))


def test_open_interest_is_valued_at_each_sources_own_mark() -> None:
    told = [
        a_fact(Measure.OI, 10.0, "binance"),
        a_fact(Measure.MARK, 100.0, "binance"),
        a_fact(Measure.OI_USD, 1003.0, "binance"),
        a_fact(Measure.OI, 10.0, "bybit"),
        a_fact(Measure.MARK, 101.0, "bybit", ago_ms=3 * MINUTE_MS),
        a_fact(Measure.OI_USD, 999.0, "bybit"),
        a_fact(Measure.OI, 10.0, "okx"),
    ]
    look = a_look(PlainShelf(told))
    assert {source: fact.value for source, fact in oi_usd(look).items()} == {
        "binance": 1000.0,
        "bybit": 999.0,
    }
    assert [(part.source, part.coins, part.usd) for part in parts(look)] == [
        ("Binance", 10.0, 1000.0),
        ("Bybit", 10.0, 999.0),
        ("OKX", 10.0, None),
    ]


def test_a_coins_share_is_over_sources_that_list_all_coins() -> None:
    told = [
        a_fact(Measure.OI_USD, 30.0, "binance"),
        a_fact(Measure.OI_USD, 40.0, "bybit"),
        a_fact(Measure.OI_USD, 100.0, "bybit", coin=ALL),
        a_fact(Measure.OI_USD, 100.0, "okx", coin=ALL),
    ]
    found = oi_share(a_look(PlainShelf(told)))
    assert found is not None
    assert (found.value, found.sources) == (0.4, ("Bybit",))
    assert oi_share(a_look(PlainShelf(told[:2]))) is None


def test_what_another_counts_stands_by_itself() -> None:
    shelf = PlainShelf([a_fact(Measure.LIQUIDATED, 8e8, "coinglass", ago_ms=9 * MINUTE_MS)])
    look = Look(shelf, "BTC", NOW, {"coinglass": "CoinGlass"})
    told = elsewhere(look)
    assert [(one.measure, one.figure.value) for one in told] == [(Measure.LIQUIDATED, 8e8)]
    assert told[0].figure.sources == ("CoinGlass",)


def test_a_change_of_open_interest_is_over_the_sources_of_both_times() -> None:
    before = a_view(NOW - MINUTE_MS, Binance=100.0, Bybit=50.0)
    now = a_view(Binance=92.0, OKX=70.0)
    change = oi_change(before, now)
    assert change is not None
    assert change.value == pytest.approx(-0.08)
    assert (change.sources, change.at_ms) == (("Binance",), NOW)
    assert oi_change(a_view(Bybit=50.0), now) is None
    assert oi_change(a_view(Binance=0.0), now) is None


def test_views_made_comparable_sum_the_same_sources() -> None:
    told = comparable(
        [a_view(Binance=100.0, Bybit=50.0), a_view(Bybit=40.0, OKX=9.0), a_view(Bybit=30.0)]
    )
    assert [view.oi.value for view in told if view.oi] == [50.0, 40.0, 30.0]
    assert [view.oi_usd.value for view in told if view.oi_usd] == [500.0, 400.0, 300.0]
    assert {view.oi.sources for view in told if view.oi} == {("Bybit",)}
    strangers = comparable([a_view(Binance=1.0), a_view(OKX=1.0)])
    assert [view.oi for view in strangers] == [None, None]
    assert comparable([]) == []
