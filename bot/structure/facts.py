"""What is known of a market beside its liquidations: facts and candles, each with its source."""

from enum import StrEnum

import msgspec

ALL = ""
"""In place of a coin: the sum over all coins that a source lists."""


class Measure(StrEnum):
    """What a fact's value means. US dollars and coins are plain floats here: nothing of it is
    added up over time, and the sources round anyway.

    Open interest is one-sided: each contract counts once. ``FUNDING`` is a share of the position
    per hour (0.0001 is 1 bp an hour, +: longs pay). Volumes are of 24 hours. ``BIDS_1`` is what
    rests within 1% below the middle of the best bid and ask.
    """

    OI = "oi"  # coins
    OI_USD = "oi_usd"
    FUNDING = "funding"
    MARK = "mark"  # US dollars a coin
    VOLUME = "volume"  # US dollars, futures
    SPOT_VOLUME = "spot_volume"
    BIDS_1 = "bids_1"  # US dollars, futures
    ASKS_1 = "asks_1"
    BIDS_2 = "bids_2"
    ASKS_2 = "asks_2"
    SPOT_BIDS_1 = "spot_bids_1"
    SPOT_ASKS_1 = "spot_asks_1"
    SPOT_BIDS_2 = "spot_bids_2"
    SPOT_ASKS_2 = "spot_asks_2"
    LONG_ACCOUNTS = "long_accounts"  # share of the accounts with a position, 0 to 1
    LIQUIDATED = (
        "liquidated"  # US dollars of 24 h, told by others, of exchanges that cannot be heard
    )


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One value of one coin (or ``ALL``) by one source, at its own time where it tells one."""

    source: str
    coin: str
    measure: Measure
    at_ms: int
    value: float


class Candle(msgspec.Struct, frozen=True, gc=False):
    """Prices in US dollars over [start, start + span). ``volume`` and ``taker_buys`` are US dollars
    traded, and those of them whose buyer took; None where a source does not tell.

    ``spot``: of the spot market. A source may tell the running one; pollers leave that out.
    """

    source: str
    coin: str
    spot: bool
    span_ms: int
    start_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None = None
    taker_buys: float | None = None

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.span_ms

    @property
    def taker_sells(self) -> float | None:
        if self.volume is None or self.taker_buys is None:
            return None
        return self.volume - self.taker_buys
