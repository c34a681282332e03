"""A flush that the machine told, with the minutes and candles that storage kept of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.events import Event, Heard, Tick
from bot.flush.flush import Flush
from bot.market import Liquidation, Side, usd
from bot.ports import Imported, Series
from bot.structure.facts import Candle
from tests.bot.flush.story import market, news_of
from tests.bot.flush.tapes import MIDNIGHT, Plan, at, tape

PLAN: Plan = [
    ("00:00", 0.1, 0.1),
    ("02:04", 6.0, 0.4),
    ("02:20", 9.0, 1.0),
    ("02:44", 2.0, 1.5),
    ("03:00", 0.1, 0.1),
]
"""One wave of forty minutes and more."""

TWO_WAVES: Plan = [*PLAN, ("05:10", 7.0, 0.8), ("05:40", 0.2, 0.1)]
SLOW: Plan = [("00:00", 0.1, 0.1), ("02:00", 6.5, 2.0), ("10:00", 0.1, 0.1)]
"""Eight hours without a quiet quarter of an hour."""


class KeptArchive:
    """Fulfils ``bot.ports.Archive`` over orders that were heard; minutes alone are told."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.orders: list[Liquidation] = [
            each for event in events if isinstance(event, Heard) for each in event.events
        ]
        self.error: Exception | None = None

    async def minutes(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        if self.error is not None:
            raise self.error
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for each in self.orders:
            start_ms = each.time_ms - each.time_ms % MINUTE_MS
            its = coin in (None, each.coin) and each.exchange in exchanges
            if its and from_ms <= start_ms < to_ms and each.notional is not None:
                sums[start_ms][each.side] += usd(each.notional)
        starts = sorted(sums)
        return Series(
            MINUTE_MS,
            starts,
            [sums[start_ms][Side.LONG] for start_ms in starts],
            [sums[start_ms][Side.SHORT] for start_ms in starts],
        )

    async def hours(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        raise NotImplementedError

    async def imports(self) -> list[Imported]:
        raise NotImplementedError

    async def past(self, source: str, coin: str, exchange: str, span_ms: int) -> Series:
        raise NotImplementedError

    async def minutes_by_coin(
        self, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> dict[str, Series]:
        told = {
            coin: await self.minutes(coin, exchanges, from_ms, to_ms)
            for coin in {each.coin for each in self.orders}
        }
        return {coin: series for coin, series in told.items() if series.starts}


class KeptCandles:
    """As much of ``bot.ports.Facts``; ``candles`` as they were put in."""

    def __init__(self, candles: Sequence[Candle] = ()) -> None:
        self.kept = list(candles)

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]:
        return [
            one
            for one in self.kept
            if (one.coin, one.spot, one.span_ms) == (coin, spot, span_ms)
            and from_ms <= one.start_ms < to_ms
        ]


def candle(start_ms: int, close: float, source: str = "binance", low: float = 0.0) -> Candle:
    return Candle(
        source, "BTC", False, MINUTE_MS, start_ms, close, close + 20, low or close - 20, close
    )


def candles_of(orders: Iterable[Liquidation], until_ms: int) -> list[Candle]:
    """A price that falls with the longs of the market and comes halfway back."""
    longs: dict[int, float] = defaultdict(float)
    for each in orders:
        sign = 1 if each.side is Side.LONG else -1
        longs[each.time_ms // MINUTE_MS] += sign * float(each.notional or 0) / 1e6
    price, found = 91_480.0, []
    for minute in range(MIDNIGHT // MINUTE_MS, until_ms // MINUTE_MS):
        price += (91_480 - price) * 0.004 - 12 * longs[minute]
        found.append(candle(minute * MINUTE_MS, price))
    return found


def kept(plan: Plan, until: str, number: int = 311) -> tuple[Flush, KeptArchive, KeptCandles]:
    """What was heard by then, as storage has it."""
    events, flush = _told(tuple(plan), until)
    archive = KeptArchive(events)
    candles = KeptCandles(candles_of(archive.orders, at(until)))
    return replace(flush, id=number), archive, candles


@cache
def _told(plan: Plan, until: str) -> tuple[list[Event], Flush]:
    events = [event for event in tape(plan, until) if _when(event) <= at(until)]
    return events, market(news_of(events))[-1].flush


def _when(event: Event) -> int:
    if isinstance(event, Heard):
        return event.received_ms
    return event.now_ms if isinstance(event, Tick) else 0
