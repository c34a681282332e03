"""Structure over a window as rules judge it: each measure a pure function of what is known.

``now`` is the market at the end of the window, ``start`` at its beginning, ``reading`` what was
liquidated within it. None where an input is unknown; never zero in its place. A ratio of
liquidations to a market is over the exchanges that tell both: liquidations of sixteen exchanges
over the book of three would be no ratio.
"""

from collections.abc import Callable

from bot.exchanges import EXCHANGES
from bot.figures import Reading, Split
from bot.market import USD
from bot.structure.comparing import oi_change, total
from bot.structure.view import Figure, MarketView

FUNDING_HOURS = 8


def _total(part: Split) -> int:
    return part.total


def oi_drop(reading: Reading, now: MarketView, start: MarketView) -> float | None:
    """The share of open interest in coins that went within the window: 0.05 is 5% less.

    Negative where it grew. Over the sources that told both times.
    """
    change = oi_change(start, now)
    return -change.value if change else None


def funding(reading: Reading, now: MarketView, start: MarketView) -> float | None:
    """Funding at the end of the window as a share per 8 hours, weighted by open interest; +: longs
    pay."""
    return now.funding.value * FUNDING_HOURS if now.funding else None


def volatility(reading: Reading, now: MarketView, start: MarketView) -> float | None:
    """Volatility of the last 15 minutes in times of its 30 days, both of one source."""
    recent, usual = now.volatility, now.usual_volatility
    if recent is None or usual is None or recent.sources != usual.sources:
        return None
    return _ratio(recent.value, usual.value)


def liq_to_oi(reading: Reading, now: MarketView, start: MarketView) -> float | None:
    """Liquidations over the open interest before them, both in US dollars: 0.01 is 1%
    (METRICS 4.4)."""
    heard = _titles(reading)
    known = [part for part in start.oi_parts if part.source in heard and part.usd is not None]
    return _over(reading, total(known)[1])


def liq_to_volume(reading: Reading, traded: Figure | None) -> float | None:
    """Liquidations over all that was traded on futures in the window: forced against organic
    (METRICS 4.4). ``traded`` as ``flows.traded`` has it."""
    return _over(reading, traded)


def liq_to_depth(reading: Reading, now: MarketView, start: MarketView) -> float | None:
    """Liquidated longs over the bids within 1% before them, or shorts over the asks: the larger.

    Above 1 the forced flow was more than what rested there (METRICS 4.14, meant for 15 minutes).
    """
    longs = _over(reading, start.bids_1, lambda part: part.long)
    shorts = _over(reading, start.asks_1, lambda part: part.short)
    return max((ratio for ratio in (longs, shorts) if ratio is not None), default=None)


def tilt(reading: Reading, everything: Reading, now: MarketView) -> float | None:
    """The coin's share of liquidations over its share of open interest (METRICS 4.2).

    About 1: it is simply the biggest market; above 1.5 the coin leads. ``everything``: all coins
    over the same window.
    """
    if now.oi_share is None or everything.total <= 0:
        return None
    return _ratio(reading.total / everything.total, now.oi_share.value)


def _over(
    reading: Reading, market: Figure | None, amount: Callable[[Split], int] = _total
) -> float | None:
    """Liquidations on the sources of ``market`` over it.

    Too small, never too large, where one of them is not heard.
    """
    if market is None:
        return None
    liquidated = sum(
        amount(part) for part in reading.exchanges if _title(part.name) in market.sources
    )
    if not liquidated and not reading.complete:
        return None
    return _ratio(liquidated / USD, market.value)


def _titles(reading: Reading) -> set[str]:
    """The exchanges that were heard, as structure names them."""
    return {_title(exchange) for exchange in reading.hearing.heard}


def _title(exchange: str) -> str:
    return EXCHANGES[exchange].title if exchange in EXCHANGES else exchange


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
