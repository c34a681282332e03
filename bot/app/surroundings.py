"""What surrounds the liquidations: what was heard before, and the market's structure."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator

import structlog

from bot.clock import Clock, Now
from bot.errors import StoreError
from bot.events import Event
from bot.feed.wire import Wire
from bot.history.chronicle import Chronicle
from bot.ports import Desk
from bot.settings import Settings
from bot.structure import STRUCTURE
from bot.structure.facts import Measure
from bot.structure.keeper import Keeper
from bot.structure.measuring import Measuring, Topic
from bot.structure.poller import Poller
from bot.structure.shelf import Shelf
from bot.structure.source import Told
from bot.structure.view import Missing
from bot.structure.views import Views
from storage import Storage

log = structlog.get_logger()


class Surroundings:
    """``history`` and ``markets`` answer from memory; ``tasks`` fill them, in nobody's way.

    ``markets`` is None where no coin's market is followed.
    """

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        wire: Wire,
        exchanges: Collection[str],
        real: Clock,
        market: Now,
    ) -> None:
        self._storage = storage
        self._market = market
        self._coins = settings.coin_names
        self._shelf = Shelf()
        self._keeper = Keeper(storage.facts, real)
        sources = [STRUCTURE[name]() for name in settings.source_names] if self._coins else []
        self._real = real
        self._priced: list[Callable[[str, int, float], None]] = []
        self._measuring: Measuring | None = None
        self._pollers = [
            Poller(
                source, self._coins, settings.urls_of_source(source.name), wire, self._take,
                settings.key_of_source(source.name),
            )
            for source in sources
        ]  # fmt: skip
        self.markets = (
            Views(self._shelf, self._coins, sources, self._missing, market) if sources else None
        )
        self.history = Chronicle(
            storage.archive, storage.tape, storage.notebook, exchanges, real, market,
            leading=lambda: self._coins,
        )  # fmt: skip

    def tasks(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """What is to run beside everything else, by name; one's fault stays its own."""
        yield "history", self.history.run
        if self._pollers:
            yield "structure of before", self._remember
            yield "structure", self._keeper.run
        for poller in self._pollers:
            yield f"structure {poller.source.name}", poller.run
        if self._measuring is not None:
            yield "structure for rules", self._measuring.run

    def measure_for(
        self,
        desk: Desk,
        awaited: Callable[[], Iterable[Topic]],
        tell: Callable[[Event], Awaitable[None]],
    ) -> None:
        """Measure what rules wait for, and tell the engine."""
        if self.markets is not None:
            self._measuring = Measuring(self.markets, desk, awaited, tell, self._real, self._market)

    async def finish(self) -> None:
        """Store what waits; before a clean stop."""
        await self._keeper.look()

    async def _remember(self) -> None:
        try:
            await self._shelf.load(self._storage.facts, self._coins, self._market.now_ms())
        except StoreError as error:
            log.warning("market structure begins anew", reason=str(error))

    def tell_prices(self, to: Callable[[str, int, float], None]) -> None:
        """Hand on mark prices as they come: coin, time in ms, US dollars."""
        self._priced.append(to)

    def _take(self, told: Told) -> None:
        self._shelf.put(told)
        self._keeper.put(told)
        for fact in told.facts:
            if fact.measure is Measure.MARK:
                for to in self._priced:
                    to(fact.coin, fact.at_ms, fact.value)

    def _missing(self) -> Iterator[Missing]:
        for poller in self._pollers:
            yield from poller.missing()
