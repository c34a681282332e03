"""Our sums beside those that an exchange publishes itself, once an hour."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import structlog

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.errors import StoreError
from bot.exchanges.dialect import Exchange, OwnSums
from bot.feed.feed import Feed
from bot.feed.web import Failure, understood
from bot.feed.wire import Wire
from bot.market import Instrument, dollars
from bot.ports import Tape

DELAY_MS = 3 * MINUTE_MS
"""So long after an hour's end its sums are asked for: the exchange must have added them up."""

LEADERS = 20
ALWAYS = ("BTC", "ETH", "SOL", "XRP", "DOGE")
"""Coins compared besides our largest: an hour in which we heard nothing of them would not show."""

LEAST = Decimal(10_000)
"""US dollars; a ratio of less tells nothing."""

GAP_S = 0.2

log = structlog.get_logger()


class Comparison:
    """Sets ``feed.ratio``, ours to theirs; None for an hour that was not wholly heard."""

    def __init__(
        self,
        exchange: Exchange,
        own_sums: OwnSums,
        urls: Mapping[str, str],
        feed: Feed,
        wire: Wire,
        tape: Tape,
    ) -> None:
        self._exchange = exchange
        self._own_sums = own_sums
        self._urls = urls
        self._feed = feed
        self._wire = wire
        self._tape = tape

    async def run(self) -> None:
        """Compare every whole hour, until cancelled."""
        while True:
            now_ms = self._wire.market.now_ms()
            next_ms = (now_ms - DELAY_MS) // HOUR_MS * HOUR_MS + HOUR_MS + DELAY_MS
            await self._wire.real.sleep((next_ms - now_ms) / SECOND_MS)
            await self.compare((next_ms - DELAY_MS) - HOUR_MS)

    async def compare(self, hour_ms: int) -> None:
        """The hour that begins at ``hour_ms``."""
        try:
            self._feed.ratio = await self._ratio(hour_ms)
        except StoreError as error:
            log.warning("not compared", exchange=self._exchange.name, reason=str(error))
            return
        if self._feed.ratio is not None:
            log.info("compared", exchange=self._exchange.name, ratio=round(self._feed.ratio, 3))

    async def _ratio(self, hour_ms: int) -> float | None:
        name, end_ms = self._exchange.name, hour_ms + HOUR_MS
        gaps = await self._tape.gaps(hour_ms)
        if any(g.exchange == name and g.start_ms < end_ms and not g.filled for g in gaps):
            return None
        ours = await self._tape.sums(name, hour_ms, end_ms)
        coins = {*ALWAYS, *sorted(ours, key=lambda coin: -sum(ours[coin]))[:LEADERS]}
        theirs: dict[str, Decimal] = {}
        for instrument in self._compared(coins):
            told = await self._ask(instrument, hour_ms)
            if told is None:
                return None
            theirs[instrument.coin] = theirs.get(instrument.coin, Decimal(0)) + sum(told)
        whole = sum(theirs.values(), Decimal(0))
        heard = dollars(sum(sum(ours.get(coin, (0, 0))) for coin in theirs))
        return float(heard / whole) if whole >= LEAST else None

    def _compared(self, coins: set[str]) -> Iterator[Instrument]:
        return (each for each in self._feed.instruments.values() if each.coin in coins)

    async def _ask(self, instrument: Instrument, hour_ms: int) -> tuple[Decimal, Decimal] | None:
        wire = self._wire
        url = self._own_sums.address(instrument, hour_ms, self._urls)
        body = await wire.ask(self._exchange, url)
        await wire.real.sleep(GAP_S)
        if isinstance(body, Failure):
            log.warning("not compared", exchange=self._exchange.name, reason=body.sentence)
            return None
        told = understood(self._own_sums.read, body, hour_ms)
        if isinstance(told, str):
            log.warning("not compared", exchange=self._exchange.name, reason=told)
            return None
        return told
