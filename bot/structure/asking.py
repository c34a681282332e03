"""What sources have in common when they ask: how often, and history in pages."""

from collections.abc import Iterator

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS

TICKERS_S = 30.0
"""Prices and open interest: a flush is told while it happens."""

MINUTES_S = 60.0
BOOK_S = 60.0
WIDE_BOOK_S = 120.0
"""Of books with thousands of rows."""

VOLUMES_S = 120.0
RATIO_S = 240.0
"""A ratio is of five minutes, and is missing after fifteen."""

HOURS_S = 600.0
LISTING_S = 6 * 3600.0
ONCE_S = 0.0

MINUTES_ROWS = 20
"""Candles of a minute that are asked for each time: what is told over 15 minutes is known from the
first answer on, and after the longest wait none is lost."""

HOURS_ROWS = 5

DAY_MINUTES = 1_500
"""Minutes of a day and a bit, asked for once."""

MONTH_MS = 30 * DAY_MS
QUARTER_MS = 90 * DAY_MS

SPANS = {"minutes": MINUTE_MS, "hours": HOUR_MS}


def pages(now_ms: int, reach_ms: int, page_ms: int) -> Iterator[tuple[int, int]]:
    """[start, end) of each page of a history, the newest first, cut at whole hours."""
    end_ms = -(-now_ms // HOUR_MS) * HOUR_MS
    oldest_ms = end_ms - reach_ms
    while end_ms > oldest_ms:
        start_ms = max(oldest_ms, end_ms - page_ms)
        yield start_ms, end_ms
        end_ms = start_ms
