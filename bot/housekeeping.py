"""What storage needs done now and then: bad frames kept, the rest thinned by age."""

from collections import deque
from collections.abc import Collection
from typing import Protocol

import structlog

from bot.clock import Clock, Now
from bot.errors import StoreError
from bot.feed.feed import Feed
from bot.feed.intake import SAMPLES
from bot.ports import BadFrame, Quarantine

LOOK_S = 5.0

THIN_S = 3_600.0

log = structlog.get_logger()


class Thinned(Protocol):
    """Something that storage keeps and forgets by age."""

    async def thin(self, now_ms: int) -> None: ...


class Housekeeping:
    """Never in anybody's way: what storage cannot do now is done at a later look.

    What is thinned grows old by the market's time, or by the time of people.
    """

    def __init__(
        self,
        feeds: Collection[Feed],
        quarantine: Quarantine,
        of_market: Collection[Thinned],
        of_people: Collection[Thinned],
        real: Clock,
        market: Now,
    ) -> None:
        self._feeds = feeds
        self._quarantine = quarantine
        self._of_market = of_market
        self._of_people = of_people
        self._real = real
        self._market = market
        self._bad: deque[BadFrame] = deque(maxlen=SAMPLES)
        self._thinned_s: float | None = None

    async def run(self) -> None:
        """Look after things until cancelled."""
        while True:
            await self._real.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Do what is due; also before a clean stop."""
        try:
            await self._keep_bad_frames()
            await self._thin()
        except StoreError as error:
            log.warning("housekeeping waits", reason=str(error))

    async def _keep_bad_frames(self) -> None:
        for feed in self._feeds:
            self._bad.extend(feed.bad_frames())
        if self._bad:
            await self._quarantine.keep(list(self._bad))
            self._bad.clear()

    async def _thin(self) -> None:
        now_s = self._real.monotonic()
        if self._thinned_s is None or now_s - self._thinned_s >= THIN_S:
            for each in self._of_market:
                await each.thin(self._market.now_ms())
            for each in self._of_people:
                await each.thin(self._real.now_ms())
            self._thinned_s = now_s
