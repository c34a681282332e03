"""The instrument table of one exchange: asked for over REST, kept for when REST is away."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from bot.backoff import Backoff
from bot.errors import StoreError
from bot.exchanges.dialect import Exchange
from bot.feed.web import Failure, understood
from bot.feed.wire import Wire
from bot.market import Instrument, Instruments
from bot.ports import Listings

PAGES = 50
"""An answer whose next page never ends is a fault."""

SHRUNK = 0.5
"""An answer with fewer than this share of the contracts is believed only when it is repeated."""

log = structlog.get_logger()


async def ask(
    exchange: Exchange,
    urls: Mapping[str, str],
    wire: Wire,
) -> list[Instrument] | Failure:
    """All instruments of an exchange; a table that lacks a page is none."""
    instruments: list[Instrument] = []
    for first in exchange.listings(urls):
        url: str | None = first
        for _ in range(PAGES):
            if url is None:
                break
            body = await wire.ask(exchange, url)
            if isinstance(body, Failure):
                return body
            read = understood(exchange.instruments, body, url)
            if isinstance(read, str):
                return Failure("content", f"the instrument table cannot be read: {read}")
            page, url = read
            instruments += page
    if not instruments:
        return Failure("content", "the instrument table is empty")
    return instruments


class Listing:
    """The table in force. ``adopted`` is called with a new one, ``answered`` after each attempt.

    ``failure`` says what was wrong with the latest answer.
    A good answer replaces it and is stored; an empty, broken or suddenly much shorter one does not.
    """

    def __init__(
        self,
        exchange: Exchange,
        urls: Mapping[str, str],
        wire: Wire,
        listings: Listings,
        adopted: Callable[[Instruments], None],
        answered: Callable[[], None],
    ) -> None:
        self.instruments: Instruments = {}
        self.failure: Failure | None = None
        self.asked = asyncio.Event()
        """The first answer, good or bad, is there."""
        self._exchange = exchange
        self._urls = urls
        self._wire = wire
        self._listings = listings
        self._adopted = adopted
        self._answered = answered
        self._backoff = Backoff(wire.random, wire.limits.first_retry_s, wire.limits.longest_retry_s)
        self._trusted = 0
        self._short = 0

    async def run(self) -> None:
        """Ask, and ask again, until cancelled."""
        while True:
            failure = await self.refresh()
            self._say(failure)
            self.failure = failure
            self.asked.set()
            self._answered()
            if failure is None:
                self._backoff.after(self._wire.limits.healthy_s)
                await self._wire.real.sleep(self._wire.limits.table_refresh_s)
            else:
                await self._wire.real.sleep(max(failure.wait_s, self._backoff.after()))

    async def restore(self) -> None:
        """Put the stored table in force, unless the exchange has answered meanwhile."""
        try:
            stored = await self._listings.load(self._exchange.name)
        except StoreError as error:
            log.warning("no stored table", exchange=self._exchange.name, reason=str(error))
            return
        if stored and not self.instruments:
            log.info("stored table used", exchange=self._exchange.name, instruments=len(stored))
            self._adopt(stored)

    async def refresh(self) -> Failure | None:
        """Ask once; what was wrong, or None."""
        answer = await ask(self._exchange, self._urls, self._wire)
        if isinstance(answer, Failure):
            return answer
        if self._suspicious(len(answer)):
            return Failure(
                "content", f"only {len(answer)} instruments where {self._trusted} were", 60.0
            )
        self._trusted = len(answer)
        self._adopt(answer)
        await self._store(answer)
        return None

    def _suspicious(self, size: int) -> bool:
        """Half an answer would silence the other half; three of them are the truth."""
        self._short = self._short + 1 if size < self._trusted * SHRUNK else 0
        return 0 < self._short < 3

    def _adopt(self, instruments: list[Instrument]) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self._adopted(self.instruments)

    async def _store(self, instruments: list[Instrument]) -> None:
        try:
            await self._listings.save(self._exchange.name, instruments, self._wire.market.now_ms())
        except StoreError as error:  # stored again at the next refresh
            log.warning("table not stored", exchange=self._exchange.name, reason=str(error))

    def _say(self, failure: Failure | None) -> None:
        before = self.failure.sentence if self.failure else ""
        if failure is not None and failure.sentence != before:
            log.warning(
                "no instrument table", exchange=self._exchange.name, reason=failure.sentence
            )
        elif failure is None and before:
            log.info("instrument table again", exchange=self._exchange.name)
