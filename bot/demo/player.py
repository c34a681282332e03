"""Plays the tape: the market's clock of the demo, and the pace at which frames go out."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.clock import Clock
from bot.demo.exchanges import LoopbackExchanges
from bot.demo.tape import TapeOrder
from bot.demo.wire import frames
from bot.events import Event, Heard

SLICE_MS = 1_000
"""Market time that is sent at once; nothing later leaves before all of it was handled."""


class TapeClock:
    """The market's time in the demo: that of the frames under way, never later."""

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> int:
        return self._now_ms

    def reach(self, at_ms: int) -> None:
        self._now_ms = max(self._now_ms, at_ms)


class Player:
    """Sends the tape at ``speed`` market seconds a second, and waits for the bot.

    ``handled`` is the bot's hook: it counts liquidations that went through the engine, so that a
    stalled process slows the hour down instead of losing events.
    """

    def __init__(
        self,
        orders: Sequence[TapeOrder],
        exchanges: LoopbackExchanges,
        market: TapeClock,
        real: Clock,
        speed: float,
    ) -> None:
        self._orders = orders
        self._exchanges = exchanges
        self._market = market
        self._real = real
        self._speed = speed
        self._progress = asyncio.Event()
        self._handled = 0
        self.sent = 0

    def handled(self, event: Event) -> None:
        """The engine has taken an event."""
        if isinstance(event, Heard):
            self._handled += len(event.events)
            self._progress.set()

    @property
    def share(self) -> float:
        """How much of the tape was played, 0 to 1."""
        return self._handled / len(self._orders)

    async def play(self) -> None:
        """The whole tape; returns when the last order was handled."""
        begun, start_ms = self._real.monotonic(), self._market.now_ms()
        for batch in self._slices():
            for order in batch:
                if order.contract.coin == "BTC":
                    self._exchanges.bitcoin = order.price
            sent = frames(batch)
            due = (sent[-1].at_ms - start_ms) / 1000 / self._speed
            await self._real.sleep(begun + due - self._real.monotonic())
            self._market.reach(sent[-1].at_ms)
            for frame in sent:
                await self._exchanges.send(frame)
                self.sent += frame.orders
            await self._caught_up()

    def _slices(self) -> Iterator[list[TapeOrder]]:
        for _, batch in groupby(self._orders, lambda order: (order.at_ms - 1) // SLICE_MS):
            yield list(batch)

    async def _caught_up(self) -> None:
        while self._handled < self.sent:
            self._progress.clear()
            await self._progress.wait()
