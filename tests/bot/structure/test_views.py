"""A whole view: for now, for a past moment, and when a source stops answering."""

import pytest
from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.view import Figure, MarketView, Missing
from bot.structure.views import Views, view
from tests.bot.structure.keeping import (
    NOW,
    REGISTRY,
    NamedSource,
    PlainShelf,
    a_fact,
    hours,
    minutes,
)
from tests.clocks import ManualClock

VALUES = {
    Measure.OI: 1000.0,
    Measure.FUNDING: 0.0001 / 8,
    Measure.MARK: 100.0,
    Measure.VOLUME: 700.0,
    Measure.SPOT_VOLUME: 100.0,
    Measure.BIDS_1: 11.0,
    Measure.ASKS_1: 12.0,
    Measure.BIDS_2: 21.0,
    Measure.ASKS_2: 22.0,
    Measure.SPOT_BIDS_1: 5.0,
    Measure.SPOT_ASKS_1: 6.0,
    Measure.SPOT_BIDS_2: 7.0,
    Measure.SPOT_ASKS_2: 8.0,
    Measure.LONG_ACCOUNTS: 0.6,
}


def facts_at(ago_ms: int, source: str, factor: float = 1.0) -> list[Fact]:
    told = [
        a_fact(measure, value * factor, source, ago_ms=ago_ms) for measure, value in VALUES.items()
    ]
    return [*told, a_fact(Measure.OI_USD, 400_000.0 * factor, source, ago_ms=ago_ms, coin=ALL)]


def a_shelf(*sources: str) -> PlainShelf:
    """Two days of each quarter of an hour, and the minutes and hours before now."""
    facts: list[Fact] = []
    candles: list[Candle] = []
    for source in sources:
        for quarter in range(2 * 96):
            facts += facts_at(quarter * 15 * MINUTE_MS, source)
        candles += [*minutes(60, source), *minutes(60, source, spot=True), *hours(31, source)]
    return PlainShelf(facts, candles)


def looked(shelf: PlainShelf, at_ms: int = NOW, missing: tuple[Missing, ...] = ()) -> MarketView:
    return view(shelf, "BTC", at_ms, missing, REGISTRY)


def test_everything_that_is_told_is_in_a_view() -> None:
    told = looked(a_shelf("binance", "bybit"))
    names = ("Binance", "Bybit")
    assert told.price == Figure(100.0, NOW, ("Binance",))
    assert told.day_change == 0.0
    assert told.oi == Figure(2000.0, NOW, names)
    assert told.oi_usd == Figure(200_000.0, NOW, names)
    assert told.oi_day_change == 0.0
    assert told.oi_share == Figure(0.25, NOW, names)
    assert told.funding is not None
    assert told.funding.value == pytest.approx(0.0001 / 8)
    assert told.long_accounts is not None
    assert told.volatility is not None and told.usual_volatility is not None
    assert told.spot_buys == Figure(600.0, NOW, names)
    assert told.spot_sells == Figure(1200.0, NOW, names)
    assert [told.bids_1, told.spot_asks_2] == [Figure(22.0, NOW, names), Figure(16.0, NOW, names)]
    assert told.futures_to_spot is not None and told.futures_to_spot.now == 7.0
    assert told.oi_to_depth is not None and told.oi_to_depth.now == 20_000.0
    assert len(told.levels) == 6
    assert told.missing == ()


def test_nothing_that_came_later_is_in_a_past_view() -> None:
    then = NOW - 7 * HOUR_MS - 3 * MINUTE_MS
    shelf = a_shelf("binance")
    early = PlainShelf(
        [fact for fact in shelf.told if fact.at_ms <= then],
        [bar for bar in shelf.bars if bar.end_ms <= then],
    )
    told = looked(shelf, then)
    assert told == looked(early, then)
    assert told.volume is not None and told.volume.at_ms == then - 12 * MINUTE_MS
    assert looked(shelf, NOW - 7 * HOUR_MS).oi == Figure(1000.0, NOW - 7 * HOUR_MS, ("Binance",))


def test_a_source_that_stops_takes_its_figures_along_and_is_named() -> None:
    whole = a_shelf("binance")
    later = NOW + 20 * MINUTE_MS
    told = looked(whole, later)
    values = {field: getattr(told, field) for field in told.__struct_fields__}
    left = {field for field, value in values.items() if value not in (None, ())}
    assert left == {"coin", "at_ms", "usual_volatility", "levels", "missing"}
    lacks = {(one.what, one.source, one.reason) for one in told.missing}
    assert ("funding", "Binance", "last told 20 min ago") in lacks
    assert ("spot order book depth", "Binance", "last told 20 min ago") in lacks
    assert ("candles", "Binance", "last told 20 min ago") in lacks
    assert {one.since_ms for one in told.missing} == {NOW}
    assert looked(whole, NOW + 2 * DAY_MS).missing == ()


def test_what_a_poller_could_not_learn_is_told_once_with_its_reason() -> None:
    shelf = PlainShelf(facts_at(20 * MINUTE_MS, "okx"))
    lost = Missing("funding", "okx", "answered 429", NOW - MINUTE_MS)
    later = Missing("price", "okx", "no connection", NOW + MINUTE_MS)
    told = looked(shelf, NOW, (lost, later)).missing
    assert told[0] == Missing("funding", "OKX", "answered 429", NOW - MINUTE_MS)
    assert [one.reason for one in told if one.what == "funding"] == ["answered 429"]
    assert [one.reason for one in told if one.what == "price"] == ["last told 20 min ago"]


def test_the_price_is_the_last_close_where_no_mark_is_fresh() -> None:
    shelf = PlainShelf(
        [a_fact(Measure.MARK, 90.0, "bybit")],
        [*minutes(5), *hours(3)],
    )
    told = looked(shelf)
    assert told.price is not None
    assert (told.price.value, told.price.sources) == (100.0, ("Binance",))
    assert told.day_change == 0.0
    alone = looked(PlainShelf(shelf.told))
    assert alone.price is not None
    assert (alone.price.sources, alone.day_change) == (("Bybit",), None)


def test_a_day_ago_is_the_hour_that_ended_nearest_to_it() -> None:
    day = [replace(hour, close=hour.end_ms / HOUR_MS) for hour in hours(3)]
    this_hour = NOW - NOW % HOUR_MS
    for minute, nearest in ((4, this_hour), (29, this_hour), (31, this_hour + HOUR_MS)):
        at_ms = this_hour + minute * MINUTE_MS
        mark = a_fact(Measure.MARK, 5e5, ago_ms=NOW - at_ms)
        told = looked(PlainShelf([mark], day), at_ms)
        assert told.day_change == pytest.approx(5e5 / ((nearest - DAY_MS) / HOUR_MS) - 1, abs=1e-9)


def test_changes_of_open_interest_leave_out_who_told_only_one_side() -> None:
    told = [
        a_fact(Measure.OI, 90.0),
        a_fact(Measure.OI, 100.0, ago_ms=DAY_MS),
        a_fact(Measure.OI, 500.0, "okx"),
    ]
    found = looked(PlainShelf(told))
    assert found.oi is not None and found.oi.value == 590.0
    assert found.oi_day_change == pytest.approx(-0.1)


def test_who_counts_exchanges_that_cannot_be_heard_is_in_no_sum() -> None:
    shelf = a_shelf("binance")
    for measure, value in ((Measure.OI, 9e4), (Measure.OI_USD, 9e9), (Measure.BIDS_1, 9e9)):
        shelf.told.append(a_fact(measure, value, "coinglass"))
    keyed = NamedSource("coinglass", "CoinGlass", keyed=True)
    told = view(shelf, "BTC", NOW, (), [*REGISTRY, keyed])
    assert replace(told, elsewhere=()) == looked(a_shelf("binance"))
    assert [one.figure.value for one in told.elsewhere] == [9e9]
    lost = Missing("open interest", "coinglass", "wrong key", NOW - MINUTE_MS)
    later = view(shelf, "BTC", NOW + 16 * MINUTE_MS, (lost,), [*REGISTRY, keyed])
    assert later.elsewhere == ()
    theirs = {one.what: one.reason for one in later.missing if one.source == "CoinGlass"}
    assert theirs == {"open interest": "wrong key", "order book depth": "last told 16 min ago"}


def test_takers_of_a_source_with_a_hole_are_not_told_as_if_they_were_all() -> None:
    whole = minutes(60, spot=True)
    shelf = PlainShelf(candles=[*whole, *minutes(60, "okx", spot=True, buys=None)])
    assert looked(shelf).spot_buys == Figure(300.0, NOW, ("Binance",))
    del shelf.bars[50]
    assert looked(shelf).spot_buys is None


def views(shelf: PlainShelf, *coins: str) -> Views:
    return Views(shelf, coins, REGISTRY, lambda: [], ManualClock(NOW))


def test_only_coins_that_are_followed_have_a_view() -> None:
    told = views(a_shelf("okx"), "BTC", "ETH")
    assert list(told.coins()) == ["BTC", "ETH"]
    assert told.view("BTC") == looked(a_shelf("okx"))
    assert told.view("ETH") == MarketView("ETH", NOW)
    assert told.view("SOL") is None
    assert told.around("SOL", NOW) == []


def test_views_around_an_event_sum_open_interest_over_the_same_sources() -> None:
    shelf = a_shelf("binance")
    shelf.told += facts_at(0, "okx")
    before, now = views(shelf, "BTC").around("BTC", NOW - HOUR_MS, NOW)
    assert before.oi is not None and now.oi is not None
    assert before.oi.sources == now.oi.sources == ("Binance",)


def test_what_was_traded_counts_whole_minutes_of_whole_sources() -> None:
    shelf = PlainShelf(
        candles=[*minutes(30), *minutes(7, "okx"), *minutes(30, "bybit", volume=None)]
    )
    told = views(shelf, "BTC")
    assert told.traded("BTC", NOW, 15 * MINUTE_MS) == Figure(900.0, NOW, ("Binance",))
    assert told.traded("BTC", NOW, 5 * MINUTE_MS) == Figure(600.0, NOW, ("Binance", "OKX"))
    assert told.traded("BTC", NOW, HOUR_MS) is None


def test_what_is_missing_of_another_coin_is_not_missing_of_this_one() -> None:
    lost = [Missing("funding", "okx", "timed out", NOW, coin) for coin in ("BTC", "ETH", ALL)]
    told = looked(a_shelf("okx"), NOW, tuple(lost)).missing
    assert [one.coin for one in told] == ["BTC", ALL]
