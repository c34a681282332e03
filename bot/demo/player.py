"""Plays the tape: the market's clock of the demo, and the pace at which frames go out."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager

from bot.clock import SECOND_MS, Clock
from bot.demo.exchanges import LoopbackExchanges
from bot.demo.tape import TapeOrder
from bot.demo.wire import frames
from bot.events import Event, Heard

SLICE_MS, LONGEST_MS = 1_000, 10_000
"""Market time that is sent at once; nothing later leaves before all of it was handled."""

SLICE_S = 0.015
"""A slice takes no less, however fast the market goes, unless it is the longest."""

BEHIND_S = 1.0
"""What was lost by more than this is not made good by rushing."""

Pace = Callable[[int], float]
"""Market seconds a second, by the market's time."""


class TapeClock:
    """The market's time in the demo: that of the frames under way, never later."""

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> int:
        return self._now_ms

    def reach(self, at_ms: int) -> None:
        self._now_ms = max(self._now_ms, at_ms)


class Hurried:
    """A real clock whose seconds are ``rate`` times as short, for what keeps to intervals of its
    own while the market's time runs faster. Patience (``timeout``) is as long as ever."""

    def __init__(self, real: Clock, rate: float) -> None:
        self._real = real
        self._rate = rate

    def now_ms(self) -> int:
        return self._real.now_ms()

    def monotonic(self) -> float:
        return self._real.monotonic() * self._rate

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds / self._rate)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return self._real.timeout(seconds)


class Player:
    """Sends orders at a pace, and waits for the bot.

    ``handled`` is the bot's hook: it counts liquidations that went through the engine, so that a
    stalled process slows the market down instead of losing events.
    """

    def __init__(self, exchanges: LoopbackExchanges, market: TapeClock, real: Clock) -> None:
        self._exchanges = exchanges
        self._market = market
        self._real = real
        self._progress = asyncio.Event()
        self._handled = 0
        self.sent = 0

    def handled(self, event: Event) -> None:
        """The engine has taken an event."""
        if isinstance(event, Heard):
            self._handled += len(event.events)
            self._progress.set()

    async def play(self, orders: Sequence[TapeOrder], pace: Pace) -> None:
        """All of them; returns when the last was handled."""
        due_s, at_ms = self._real.monotonic(), self._market.now_ms()
        for batch in _slices(orders, pace):
            sent = frames(batch)
            due_s += (sent[-1].at_ms - at_ms) / SECOND_MS / pace(at_ms)
            at_ms = sent[-1].at_ms
            due_s = max(due_s, self._real.monotonic() - BEHIND_S)
            await self._real.sleep(due_s - self._real.monotonic())
            for order in batch:
                if order.contract.coin == "BTC":
                    self._exchanges.bitcoin = order.price
            self._market.reach(at_ms)
            for frame in sent:
                await self._exchanges.send(frame)
                self.sent += frame.orders
            await self._caught_up()

    async def _caught_up(self) -> None:
        while self._handled < self.sent:
            self._progress.clear()
            await self._progress.wait()


def _slices(orders: Iterable[TapeOrder], pace: Pace) -> Iterator[list[TapeOrder]]:
    batch: list[TapeOrder] = []
    end_ms = 0
    for order in orders:
        if batch and order.at_ms > end_ms:
            yield batch
            batch = []
        if not batch:
            wanted_ms = round(pace(order.at_ms) * SLICE_S) * SECOND_MS
            span_ms = max(SLICE_MS, min(wanted_ms, LONGEST_MS))
            end_ms = -(-order.at_ms // span_ms) * span_ms
        batch.append(order)
    if batch:
        yield batch
