"""The flush machine with what it heard last, so that nothing is heard twice after a restart."""

from collections import Counter, deque
from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from bot.clock import SECOND_MS
from bot.events import Event, Heard, Recalled
from bot.flush.flush import Flush
from bot.flush.flushes import Flushes, FlushState
from bot.flush.news import FlushNews
from bot.market import Liquidation

OVERLAP_MS = 10 * SECOND_MS
"""The tape is read again from so long before the state that is gone on from: what was heard in one
millisecond, or out of order, may be in that state in part."""


class Saved(msgspec.Struct):
    """What is stored: the machine's state, and the orders of the last ``OVERLAP_MS`` in it."""

    machine: FlushState
    heard: list[tuple[int, int]] = []


class Listener:
    """``heard``: time received (ms) and ``mark`` of the orders that the machine heard last."""

    def __init__(self, flushes: Flushes, heard: Iterable[tuple[int, int]] = ()) -> None:
        self.flushes = flushes
        self._heard = deque(heard)

    @property
    def now_ms(self) -> int:
        """The market's time."""
        return self.flushes.state().now_ms

    def handle(self, event: Event) -> list[FlushNews]:
        """Take one event in; what there is to tell."""
        news = self.flushes.handle(event)
        if isinstance(event, Heard | Recalled):
            self._heard.extend((order.received_ms, mark(order)) for order in event.events)
        oldest_ms = self.now_ms - OVERLAP_MS
        while self._heard and self._heard[0][0] <= oldest_ms:
            self._heard.popleft()
        return news

    def running(self) -> list[Flush]:
        """All that are not closed, as they are now."""
        return self.flushes.flushes()

    def encode(self) -> bytes:
        """All that is needed to go on."""
        return msgspec.json.encode(Saved(self.flushes.state(), list(self._heard)))


class Known:
    """Orders that will come once more, and are passed over then; equal ones are counted."""

    def __init__(self, marks: Iterable[int] = ()) -> None:
        self._left = Counter(marks)

    def expect(self, order: Liquidation) -> None:
        self._left[mark(order)] += 1

    def fresh(self, orders: Iterable[Liquidation]) -> tuple[Liquidation, ...]:
        """Those that were not heard before."""
        return tuple(order for order in orders if not self._take(order))

    def __bool__(self) -> bool:
        return bool(self._left)

    def _take(self, order: Liquidation) -> bool:
        its = mark(order)
        left = self._left.get(its, 0)
        if left > 1:
            self._left[its] = left - 1
        elif left:
            del self._left[its]
        return bool(left)


def mark(order: Liquidation) -> int:
    """The same for the same order after a restart; orders of one frame may share one."""
    told = f"{order.exchange} {order.symbol} {order.side:d} {order.price} {order.quantity}"
    whole = f"{told} {order.time_ms} {order.received_ms} {order.id}"
    return int.from_bytes(blake2b(whole.encode(), digest_size=8).digest())
