"""What Bybit is asked; see ``bybit`` for the documentation."""

from collections.abc import Iterator

from bot.clock import DAY_MS, HOUR_MS
from bot.structure.asking import (
    BOOK_S,
    DAY_MINUTES,
    HOURS_ROWS,
    HOURS_S,
    MINUTES_ROWS,
    MINUTES_S,
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

FULL, SHORT = 10_000, 1_000
"""The most rows of a side."""

FULL_PATH, _SHORT_PATH = "/v5/market/full_orderbook", "/v5/market/orderbook"

BOOK, SPOT_BOOK = "book", "spot book"
"""Kinds of questions."""

_ROWS = 1_000
_PAGE = 200
_FUNDING_PAGE_MS = 8 * DAY_MS
"""Where funding is settled every hour a page holds little more."""


def whole() -> Iterator[Question]:
    """What is asked for all contracts at once."""
    path = "/v5/market/tickers?category=linear"
    yield Question("open interest", ALL, "rest", path, TICKERS_S, kind="tickers")
    path = "/v5/market/tickers?category=spot"
    yield Question("spot volume", ALL, "rest", path, VOLUMES_S, kind="spot tickers")


def now(coin: str, contract: Contract, full: bool) -> Iterator[Question]:
    """``full``: the wide book is not refused."""
    asked = f"category=linear&symbol={contract.symbol}"
    path = f"/v5/market/kline?{asked}&interval=1&limit={MINUTES_ROWS}"
    yield Question("candles", coin, "rest", path, MINUTES_S, kind="minutes")
    wide, short = f"{FULL_PATH}?{asked}", f"{_SHORT_PATH}?{asked}"
    path, every_s = (wide, WIDE_BOOK_S) if full else (f"{short}&limit={SHORT}", BOOK_S)
    yield Question("order book depth", coin, "rest", path, every_s, kind=BOOK)


def spot(coin: str, pair: Contract) -> Iterator[Question]:
    path = f"{FULL_PATH}?category=spot&symbol={pair.symbol}"
    yield Question("spot order book depth", coin, "rest", path, WIDE_BOOK_S, kind=SPOT_BOOK)


def slow(coin: str, contract: Contract) -> Iterator[Question]:
    asked = f"category=linear&symbol={contract.symbol}"
    path = f"/v5/market/account-ratio?{asked}&period=5min&limit=1"
    yield Question("account ratio", coin, "rest", path, RATIO_S, kind="accounts")
    path = f"/v5/market/kline?{asked}&interval=60&limit={HOURS_ROWS}"
    yield Question("hourly candles", coin, "rest", path, HOURS_S, kind="hours")


def past(coin: str, contract: Contract, now_ms: int) -> Iterator[Question]:
    """Of hours 41 days in one page, of open interest and funding 90 days."""
    asked = f"category=linear&symbol={contract.symbol}"
    path = f"/v5/market/kline?{asked}&interval=60&limit={_ROWS}"
    yield Question("older candles", coin, "rest", path, ONCE_S, kind="hours")
    minutes = pages(now_ms, DAY_MINUTES * HOUR_MS // 60, _ROWS * HOUR_MS // 60)
    for start_ms, end_ms in minutes:
        path = (
            f"/v5/market/kline?{asked}&interval=1&limit={_ROWS}&start={start_ms}&end={end_ms - 1}"
        )
        yield Question("older candles", coin, "rest", path, ONCE_S, kind="minutes")
    for start_ms, end_ms in pages(now_ms, QUARTER_MS, _PAGE * HOUR_MS):
        path = f"/v5/market/open-interest?{asked}&intervalTime=1h&limit={_PAGE}"
        path += f"&startTime={start_ms}&endTime={end_ms - 1}"
        yield Question("older open interest", coin, "rest", path, ONCE_S, kind="past interest")
    for start_ms, end_ms in pages(now_ms, QUARTER_MS, _FUNDING_PAGE_MS):
        path = f"/v5/market/funding/history?{asked}&limit={_PAGE}"
        path += f"&startTime={start_ms}&endTime={end_ms - 1}"
        yield Question("older funding", coin, "rest", path, ONCE_S, kind="settled")
