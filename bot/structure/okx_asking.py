"""What OKX is asked; see ``okx`` for the documentation."""

from collections.abc import Iterator

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.asking import (
    DAY_MINUTES,
    HOURS_ROWS,
    HOURS_S,
    LISTING_S,
    MINUTES_ROWS,
    MINUTES_S,
    MONTH_MS,
    ONCE_S,
    RATIO_S,
    TICKERS_S,
    VOLUMES_S,
    WIDE_BOOK_S,
    pages,
)
from bot.structure.contracts import Contract
from bot.structure.facts import ALL
from bot.structure.source import Question

FULL = 5_000
"""The most rows of a side."""

_CANDLE_ROWS, _FUNDING_ROWS, _OI_ROWS = 300, 400, 100
_HOURS_REACH_MS = 50 * DAY_MS
_FUNDING_PAGES_MS = (0, 45 * DAY_MS)
"""How long ago pages of funding end: 400 rows are 133 days where it is settled every 8 hours, and
66 where every four."""


def whole() -> Iterator[Question]:
    """What is asked for all swaps, and for all pairs, at once."""
    path = "/api/v5/public/instruments?instType=SWAP"
    yield Question("order book depth", ALL, "rest", path, LISTING_S, kind="sizes")
    path = "/api/v5/public/open-interest?instType=SWAP"
    yield Question("open interest", ALL, "rest", path, TICKERS_S, kind="interest")
    path = "/api/v5/public/mark-price?instType=SWAP"
    yield Question("price", ALL, "rest", path, TICKERS_S, kind="marks")
    path = "/api/v5/market/tickers?instType=SWAP"
    yield Question("volume", ALL, "rest", path, VOLUMES_S, kind="tickers")
    path = "/api/v5/market/tickers?instType=SPOT"
    yield Question("spot volume", ALL, "rest", path, VOLUMES_S, kind="spot tickers")


def now(coin: str, swap: Contract, sized: bool) -> Iterator[Question]:
    """``sized``: what a contract stands for is known, and its book can be reckoned."""
    path = f"/api/v5/public/funding-rate?instId={swap.symbol}"
    yield Question("funding", coin, "rest", path, MINUTES_S, kind="funding")
    path = f"/api/v5/market/candles?instId={swap.symbol}&bar=1m&limit={MINUTES_ROWS}"
    yield Question("candles", coin, "rest", path, MINUTES_S, kind="minutes")
    if sized:
        path = f"/api/v5/market/books-full?instId={swap.symbol}&sz={FULL}"
        yield Question("order book depth", coin, "rest", path, WIDE_BOOK_S, kind="book")


def spot(coin: str, pair: Contract) -> Iterator[Question]:
    path = f"/api/v5/market/books-full?instId={pair.symbol}&sz={FULL}"
    yield Question("spot order book depth", coin, "rest", path, WIDE_BOOK_S, kind="spot book")


def slow(coin: str, swap: Contract) -> Iterator[Question]:
    asset = swap.symbol.partition("-")[0]
    path = f"/api/v5/rubik/stat/contracts/long-short-account-ratio?ccy={asset}&period=5m"
    yield Question("account ratio", coin, "rest", path, RATIO_S, kind="accounts")
    path = f"/api/v5/market/candles?instId={swap.symbol}&bar=1H&limit={HOURS_ROWS}"
    yield Question("hourly candles", coin, "rest", path, HOURS_S, kind="hours")


def past(coin: str, swap: Contract, now_ms: int) -> Iterator[Question]:
    """Of hours 50 days; of open interest as much of 30 as is kept there."""
    asked = f"instId={swap.symbol}"
    for bar, kind, reach_ms, span_ms in (
        ("1H", "hours", _HOURS_REACH_MS, HOUR_MS),
        ("1m", "minutes", DAY_MINUTES * MINUTE_MS, MINUTE_MS),
    ):
        for _, end_ms in pages(now_ms, reach_ms, _CANDLE_ROWS * span_ms):
            path = f"/api/v5/market/candles?{asked}&bar={bar}&limit={_CANDLE_ROWS}&after={end_ms}"
            yield Question("older candles", coin, "rest", path, ONCE_S, kind=kind)
    for start_ms, end_ms in pages(now_ms, MONTH_MS, _OI_ROWS * HOUR_MS):
        path = f"/api/v5/rubik/stat/contracts/open-interest-history?{asked}&period=1H"
        path += f"&limit={_OI_ROWS}&begin={start_ms - 1}&end={end_ms}"
        yield Question("older open interest", coin, "rest", path, ONCE_S, kind="past interest")
    for ago_ms in _FUNDING_PAGES_MS:
        path = f"/api/v5/public/funding-rate-history?{asked}&limit={_FUNDING_ROWS}"
        path += f"&after={now_ms - ago_ms}"
        yield Question("older funding", coin, "rest", path, ONCE_S, kind="settled")
