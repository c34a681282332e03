"""The answer to /market: each line only where its inputs are, the last one says what is not."""

import pytest
from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.structure.facts import Measure
from bot.structure.view import Elsewhere, MarketView, Missing, Trend
from bot.wording.market import market_message
from tests.bot.wording.events import NOW, actions, flush, labels, lines
from tests.bot.wording.markets import FULL, LOST, PARTIAL, figure

FOLLOWED = ("BTC", "ETH", "SOL", "XRP", "DOGE")
OWN = flush(coin="BTC", span_ms=24 * HOUR_MS, long=186.8, short=113.9)
EVERYTHING = flush(span_ms=24 * HOUR_MS, long=624.5, short=146.5)


def told(view: MarketView) -> list[str]:
    return lines(market_message(view, FOLLOWED, OWN, EVERYTHING))


def test_a_market_that_is_wholly_known() -> None:
    assert told(FULL) == [
        "Market · BTC",
        "$87,020 on Binance · −4.9% in 24 h",
        "Open interest $34.1B · 392.3k BTC, −4.8% in 24 h",
        "Funding +0.004% per 8 h · 62% of accounts long",
        "15-min volatility 2.9× its 30 days: 118% against 41% a year",
        "Of the hours in 90 days: funding above 41%, open interest above 96%",
        "book|−2%|−1%|+1%|+2%",
        "futures|$152M|$84M|$91M|$163M",
        "spot|$70M|$41M|$39M|$66M",
        "Futures trade 7.4× spot (30 days 6.8×, 90 days 6.1×), widening",
        "Open interest 829× spot bids in 1% (30 days 702×, 90 days 655×), widening",
        "BTC is 39% of liquidations in 24 h, 37% of open interest: tilt 1.05",
        "Levels: 30-day low $85,600 (−1.6%), 7-day low $88,150 (+1.3%)",
        "Spot takers in 15 min: $41M bought, $88M sold",
        "Binance, Bybit and OKX heard.",
    ]
    assert sum(map(len, told(FULL))) < 1_000


def test_a_market_of_which_a_part_is_missing() -> None:
    assert lines(market_message(PARTIAL, FOLLOWED)) == [
        "Market · BTC",
        "$87,020 on Bybit",
        "Open interest $20.0B · 230.1k BTC",
        "15-min volatility 118% a year",
        "book|−2%|−1%|+1%|+2%",
        "futures|–|$44M|$51M|–",
        "Futures trade 7.4× spot",
        "Levels: yesterday's low $89,900 (+3.3%)",
        "Bybit and OKX heard. Missing: open interest and funding of Binance (answered 429), order "
        "book depth of OKX (timed out), account ratio of OKX (last told 26 min ago).",
    ]


def test_nothing_fresh_is_no_zero() -> None:
    assert told(LOST) == [
        "Market · BTC",
        "⚠️ I cannot tell: nothing of BTC is fresh.",
        "Missing: price of Binance (no connection).",
    ]


def test_just_started_is_said_as_such() -> None:
    assert told(MarketView("DOGE", NOW)) == [
        "Market · DOGE",
        "Just started: nothing of DOGE is here yet. Ask again in a minute.",
    ]


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        ("price", "$87,020"),
        ("day_change", "−4.9%"),
        ("oi", "Open interest $"),
        ("oi_usd", "$34.1B"),
        ("oi_day_change", "−4.8%"),
        ("oi_share", "tilt"),
        ("funding", "per 8 h"),
        ("funding_percentile", "funding above"),
        ("oi_percentile", "open interest above"),
        ("long_accounts", "accounts"),
        ("volatility", "volatility"),
        ("usual_volatility", "its 30 days"),
        ("spot_buys", "takers"),
        ("bids_1", "$84M"),
        ("spot_asks_2", "$66M"),
        ("futures_to_spot", "Futures trade"),
        ("oi_to_depth", "spot bids"),
    ],
)
def test_what_is_unknown_is_not_said(field: str, gone: str) -> None:
    assert gone in "\n".join(told(FULL))
    assert gone not in "\n".join(told(replace(FULL, **{field: None})))


def test_a_share_of_liquidations_needs_liquidations_worth_a_share() -> None:
    alone = "BTC is 37% of open interest"
    assert alone in lines(market_message(FULL, FOLLOWED))
    quiet = flush(long=0.3, short=0.2)
    assert alone in lines(market_message(FULL, FOLLOWED, quiet, quiet))


def test_a_ratio_without_a_way_claims_none() -> None:
    swaying = replace(FULL, futures_to_spot=Trend(6.5, 6.8, 6.1), oi_to_depth=None)
    assert "Futures trade 6.5× spot (30 days 6.8×, 90 days 6.1×)" in told(swaying)


def test_what_another_counts_is_named_as_such() -> None:
    other = tuple(
        Elsewhere(measure, figure(value, "CoinGlass"))
        for measure, value in (
            (Measure.OI_USD, 96.2e9),
            (Measure.FUNDING, 0.00003),
            (Measure.LIQUIDATED, 812e6),
        )
    )
    said = told(replace(FULL, elsewhere=other))
    assert (
        "CoinGlass: $96.2B open interest, funding +0.024%, $812M liquidated unheard in 24 h" in said
    )
    assert said[-1] == "Binance, Bybit and OKX heard."


def test_many_lacks_are_counted_after_the_third() -> None:
    lost = tuple(Missing("price", f"S{at}", "timed out", NOW) for at in range(5))
    said = told(replace(LOST, missing=lost))[-1]
    clauses = ", ".join(f"price of S{at} (timed out)" for at in range(3))
    assert said == f"Missing: {clauses} and 2 more."


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    crowded = replace(FULL, oi_percentile=0.9999, funding_percentile=0.0)
    assert "Of the hours in 90 days: funding above 0%, open interest above 99%" in told(crowded)


def test_its_buttons_ask_for_other_coins_and_again() -> None:
    message = market_message(replace(FULL, coin="DOGE"), FOLLOWED)
    assert labels(message) == [["BTC", "ETH", "SOL", "• DOGE"], ["↻ 02:04 UTC"]]
    coins = ["BTC", "ETH", "SOL", "DOGE", "DOGE"]
    assert actions(message) == [f"market|{coin}" for coin in coins]
    assert labels(market_message(FULL, ("BTC",)))[0] == ["• BTC"]
