"""The market of the one invented hour, as far as it was known."""

from bot.clock import DAY_MS, MINUTE_MS
from bot.structure.view import Figure, Level, MarketView, Missing, Part, Trend
from tests.bot.wording.events import NOW

ALL = ("Binance", "Bybit", "OKX")
HOUR_START = NOW - NOW % (60 * MINUTE_MS)


def figure(value: float, *sources: str) -> Figure:
    return Figure(value, NOW - 20_000, sources or ALL)


def level(name: str, price: float) -> Level:
    return Level(name, price, name.endswith("low"), HOUR_START)


FULL = MarketView(
    "BTC",
    NOW,
    price=figure(87_020, "Binance"),
    day_change=-0.0487,
    oi=figure(392_300),
    oi_usd=figure(34.14e9),
    oi_day_change=-0.0478,
    oi_share=figure(0.37, "Bybit", "OKX"),
    funding=figure(0.00004 / 8),
    funding_percentile=0.41,
    oi_percentile=0.962,
    long_accounts=figure(0.624, "Binance", "Bybit"),
    volatility=figure(1.18, "Binance"),
    usual_volatility=figure(0.41, "Binance"),
    volume=figure(61.2e9),
    spot_volume=figure(8.3e9),
    spot_buys=figure(41.3e6),
    spot_sells=figure(88.1e6),
    bids_1=figure(84.2e6),
    asks_1=figure(91.4e6),
    bids_2=figure(151.6e6),
    asks_2=figure(162.9e6),
    spot_bids_1=figure(41.2e6),
    spot_asks_1=figure(38.9e6),
    spot_bids_2=figure(70.3e6),
    spot_asks_2=figure(66.1e6),
    futures_to_spot=Trend(7.37, 6.8, 6.1),
    oi_to_depth=Trend(829.0, 702.0, 655.0),
    levels=(
        level("yesterday's low", 89_900),
        level("yesterday's high", 92_310),
        level("7-day low", 88_150),
        level("7-day high", 94_020),
        level("30-day low", 85_600),
        level("30-day high", 99_480),
    ),
    oi_parts=(Part("Binance", 392_300, 34.14e9, NOW - 20_000),),
)
"""Everything known, nothing missing."""

PARTIAL = MarketView(
    "BTC",
    NOW,
    price=figure(87_020, "Bybit"),
    oi=figure(230_100, "Bybit", "OKX"),
    oi_usd=figure(20.02e9, "Bybit", "OKX"),
    volatility=figure(1.18, "Bybit"),
    bids_1=figure(44.2e6, "Bybit"),
    asks_1=figure(51.4e6, "Bybit"),
    futures_to_spot=Trend(7.37, None, None),
    levels=(level("yesterday's low", 89_900), level("yesterday's high", 92_310)),
    missing=(
        Missing("open interest", "Binance", "answered 429", NOW - 10 * MINUTE_MS),
        Missing("funding", "Binance", "answered 429", NOW - 10 * MINUTE_MS),
        Missing("order book depth", "OKX", "timed out", NOW - 2 * MINUTE_MS),
        Missing("account ratio", "OKX", "last told 26 min ago", NOW - 26 * MINUTE_MS),
    ),
)
"""One source does not answer, and it was started yesterday."""

LOST = MarketView("BTC", NOW, missing=(Missing("price", "Binance", "no connection", NOW - DAY_MS),))
"""Nothing fresh any more."""
