"""Hands what pollers tell to storage, a batch every few seconds; bounded, and never in the way."""

from collections import deque
from collections.abc import Sequence
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.ports import Facts
from bot.structure.facts import Candle, Fact
from bot.structure.source import Told

T = TypeVar("T")

KEEP_S = 5.0

MOST = 50_000
"""Facts, and candles, that wait for storage at most: about what all sources tell at the start. The
oldest are lost then: market structure may be, alerts may not."""

log = structlog.get_logger()


class Keeper:
    """``put`` never waits. ``run`` until cancelled, and ``look`` once more before a clean stop."""

    def __init__(self, store: Facts, real: Clock, most: int = MOST) -> None:
        self._store = store
        self._real = real
        self._facts: deque[Fact] = deque(maxlen=most)
        self._candles: deque[Candle] = deque(maxlen=most)
        self._failing = False
        self.dropped = 0
        """Facts and candles that were lost since the start."""

    @property
    def waiting(self) -> int:
        return len(self._facts) + len(self._candles)

    def put(self, told: Told) -> None:
        self._add(self._facts, told.facts)
        self._add(self._candles, told.candles)

    async def run(self) -> None:
        while True:
            await self._real.sleep(KEEP_S)
            await self.look()

    async def look(self) -> None:
        """Store what waits; what storage cannot do now is done at a later look."""
        if not self.waiting:
            return
        facts, candles = list(self._facts), list(self._candles)
        self._facts.clear()
        self._candles.clear()
        kept = False
        try:
            await self._store.keep(facts, candles)
            kept = True
        except StoreError as error:
            if not self._failing:
                log.warning("market structure waits for storage", reason=str(error))
        finally:
            if not kept:
                self._put_back(facts, candles)
        if kept and self._failing:
            log.info("market structure is stored again", lost=self.dropped)
        self._failing = not kept

    def _put_back(self, facts: Sequence[Fact], candles: Sequence[Candle]) -> None:
        """Before what came meanwhile."""
        newer_facts, newer_candles = list(self._facts), list(self._candles)
        self._facts.clear()
        self._candles.clear()
        self.put(Told((*facts, *newer_facts), (*candles, *newer_candles)))

    def _add(self, waiting: deque[T], told: Sequence[T]) -> None:
        most = waiting.maxlen or 0
        self.dropped += max(0, len(waiting) + len(told) - most)
        waiting.extend(told)
