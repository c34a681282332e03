"""What Binance is asked, with its weights; see ``binance`` for the documentation.

Weights of futures as they count there. Spot has a limit of its own, 6000 a minute where futures
have 2400, so its weights are scaled to that.
"""

from collections.abc import Iterator

from bot.clock import HOUR_MS, MINUTE_MS
from bot.structure.asking import (
    DAY_MINUTES,
    HOURS_ROWS,
    HOURS_S,
    LISTING_S,
    MINUTES_ROWS,
    MINUTES_S,
    MONTH_MS,
    ONCE_S,
    QUARTER_MS,
    RATIO_S,
    TICKERS_S,
    VOLUMES_S,
    WIDE_BOOK_S,
    pages,
)
from bot.structure.contracts import Contract
from bot.structure.facts import ALL
from bot.structure.source import Question

BOOK, SPOT_BOOK = 1_000, 5_000
"""The most rows of a side."""

_FUNDING_ROWS, _OI_ROWS, _HOUR_ROWS = 1_000, 500, 1_500
_OI_PAGE_MS = 15 * 24 * HOUR_MS
_MARGIN_MS = 10 * MINUTE_MS
"""What is older than a month is refused, and a question may wait for its turn."""

_SPOT_SHARE = 2_400 / 6_000


def whole() -> Iterator[Question]:
    """What is asked for all contracts at once."""
    yield Question("funding", ALL, "rest", "/fapi/v1/fundingInfo", HOURS_S, 1, kind="intervals")
    yield Question("price", ALL, "rest", "/fapi/v1/premiumIndex", TICKERS_S, 10, kind="premiums")
    weight = round(4 * _SPOT_SHARE)
    path = "/api/v3/ticker/price"
    yield Question("spot volume", ALL, "spot", path, LISTING_S, weight, kind="pairs")


def now(coin: str, contract: Contract) -> Iterator[Question]:
    symbol = contract.symbol
    path = f"/fapi/v1/openInterest?symbol={symbol}"
    yield Question("open interest", coin, "rest", path, TICKERS_S, 1, kind="interest")
    path = f"/fapi/v1/klines?symbol={symbol}&interval=1m&limit={MINUTES_ROWS}"
    yield Question("candles", coin, "rest", path, MINUTES_S, 1, kind="minutes")
    path = f"/fapi/v1/depth?symbol={symbol}&limit={BOOK}"
    yield Question("order book depth", coin, "rest", path, WIDE_BOOK_S, 20, kind="book")
    path = f"/fapi/v1/ticker/24hr?symbol={symbol}"
    yield Question("volume", coin, "rest", path, VOLUMES_S, 1, kind="day")


def spot(coin: str, pair: Contract) -> Iterator[Question]:
    path = f"/api/v3/klines?symbol={pair.symbol}&interval=1m&limit={MINUTES_ROWS}"
    weight = round(2 * _SPOT_SHARE)
    yield Question("spot candles", coin, "spot", path, MINUTES_S, weight, kind="minutes")
    path = f"/api/v3/depth?symbol={pair.symbol}&limit={SPOT_BOOK}"
    book = round(250 * _SPOT_SHARE)
    yield Question("spot order book depth", coin, "spot", path, WIDE_BOOK_S, book, kind="book")
    path = f"/api/v3/ticker/24hr?symbol={pair.symbol}"
    yield Question("spot volume", coin, "spot", path, VOLUMES_S, weight, kind="day")


def slow(coin: str, contract: Contract) -> Iterator[Question]:
    path = f"/futures/data/globalLongShortAccountRatio?symbol={contract.symbol}&period=5m&limit=1"
    yield Question("account ratio", coin, "rest", path, RATIO_S, 1, kind="accounts")
    path = f"/fapi/v1/klines?symbol={contract.symbol}&interval=1h&limit={HOURS_ROWS}"
    yield Question("hourly candles", coin, "rest", path, HOURS_S, 1, kind="hours")


def past(coin: str, contract: Contract, now_ms: int) -> Iterator[Question]:
    """Of 62 days of hours one page, of 30 days of open interest two: more is not kept there."""
    symbol = contract.symbol
    for kind, interval, rows in (("hours", "1h", _HOUR_ROWS), ("minutes", "1m", DAY_MINUTES)):
        path = f"/fapi/v1/klines?symbol={symbol}&interval={interval}&limit={rows}"
        yield Question("older candles", coin, "rest", path, ONCE_S, 10, kind=kind)
    for start_ms, end_ms in pages(now_ms, MONTH_MS, _OI_PAGE_MS):
        path = f"/futures/data/openInterestHist?symbol={symbol}&period=1h&limit={_OI_ROWS}"
        path += f"&startTime={max(start_ms, now_ms - MONTH_MS + _MARGIN_MS)}&endTime={end_ms - 1}"
        yield Question("older open interest", coin, "rest", path, ONCE_S, 1, kind="past interest")
    for start_ms, end_ms in pages(now_ms, QUARTER_MS, MONTH_MS):
        path = f"/fapi/v1/fundingRate?symbol={symbol}&limit={_FUNDING_ROWS}"
        path += f"&startTime={start_ms}&endTime={end_ms - 1}"
        yield Question("older funding", coin, "rest", path, ONCE_S, 1, kind="settled")
