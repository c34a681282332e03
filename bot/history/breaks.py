"""Breaks in method: from such a moment on an exchange's figures mean something else.

What was counted before is another kind of figure, so nothing after is ranked against it: each
break starts a new baseline for its exchange, and for any sum that holds that exchange.
"""

import msgspec

ALL = ""
"""The exchange of sums that were added up by others over all exchanges."""


class Break(msgspec.Struct, frozen=True):
    """``at_ms``: the first moment of the new method, midnight UTC where only the day is known."""

    exchange: str
    at_ms: int
    what: str


BREAKS = (
    # RELIABILITY.md ("Known truths about the data"), METRICS 4.7, issue 5; read 2026-11-25.
    Break("binance", 1_619_481_600_000, "one order a symbol and second instead of all"),
    # FEEDS.md section 8, from the changelog of bybit-exchange/docs (2025-02-20); read 2026-11-25.
    Break("bybit", 1_740_009_600_000, "all orders instead of one a symbol and second"),
    # FEEDS.md section 8, Gate's changelog (2026-08-20); read 2026-11-25.
    Break("gate", 1_787_184_000_000, "all orders of a frame instead of some"),
)
"""2021-04-27, 2025-02-20 and 2026-08-20.

Not among them: Binance's "largest" in place of "latest order" of each second (2026-04-14), which
FEEDS.md gives as a change of wording, and its one stream for both kinds of contracts (2026-06-30),
which changes where orders are heard and not which.
"""


def last_break(exchange: str, before_ms: int) -> Break | None:
    """The latest break of an exchange at or before a time; of any exchange for ``ALL``."""
    known = (one for one in BREAKS if exchange in (one.exchange, ALL) and one.at_ms <= before_ms)
    return max(known, key=lambda one: one.at_ms, default=None)
