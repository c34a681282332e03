"""What surrounds the liquidations: what was heard before, and the market's structure."""

import asyncio
from collections.abc import Collection, Iterator

import structlog

from bot.clock import Clock, Now
from bot.errors import StoreError
from bot.feed.wire import Wire
from bot.history.chronicle import Chronicle
from bot.settings import Settings
from bot.structure import STRUCTURE
from bot.structure.keeper import Keeper
from bot.structure.poller import Poller
from bot.structure.shelf import Shelf
from bot.structure.source import Told
from bot.structure.view import Missing
from bot.structure.views import Views
from storage import Storage

log = structlog.get_logger()


class Surroundings:
    """``history`` and ``markets`` answer from memory; ``run`` fills them, in nobody's way.

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

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.history.run(), name="history")
            if self._pollers:
                group.create_task(self._remember(), name="structure of before")
                group.create_task(self._keeper.run(), name="structure")
            for poller in self._pollers:
                group.create_task(poller.run(), name=f"structure {poller.source.name}")

    async def finish(self) -> None:
        """Store what waits; before a clean stop."""
        await self._keeper.look()

    async def _remember(self) -> None:
        try:
            await self._shelf.load(self._storage.facts, self._coins, self._market.now_ms())
        except StoreError as error:
            log.warning("market structure begins anew", reason=str(error))

    def _take(self, told: Told) -> None:
        self._shelf.put(told)
        self._keeper.put(told)

    def _missing(self) -> Iterator[Missing]:
        for poller in self._pollers:
            yield from poller.missing()
