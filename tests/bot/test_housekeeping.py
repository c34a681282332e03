"""What is stored is thinned each hour, and a disk that is full only delays it."""

from collections.abc import Sequence

from bot.clock import HOUR_MS
from bot.errors import StoreError
from bot.housekeeping import Housekeeping
from bot.ports import BadFrame
from tests.clocks import ManualClock

NOW = 1_700_000_000_000
MARKET = NOW - 7 * HOUR_MS
"""A replay's time: what came from the market is thinned by its own."""


class Thinned:
    """Notes when it was thinned; ``full``: it cannot be now."""

    def __init__(self) -> None:
        self.thinned: list[int] = []
        self.full = False

    async def thin(self, now_ms: int) -> None:
        if self.full:
            raise StoreError("the disk is full")
        self.thinned.append(now_ms)


class EmptyQuarantine:
    async def keep(self, frames: Sequence[BadFrame]) -> None: ...


class Rooms:
    """Housekeeping with all it looks after, on two clocks that advance together."""

    def __init__(self) -> None:
        self.tape, self.books, self.outbox = Thinned(), Thinned(), Thinned()
        self.real, self.market = ManualClock(NOW), ManualClock(MARKET)
        self.keeping = Housekeeping(
            (), EmptyQuarantine(), (self.tape,), (self.books, self.outbox), self.real, self.market
        )

    async def look_after(self, seconds: float) -> None:
        await self.real.advance(seconds)
        await self.market.advance(seconds)
        await self.keeping.look()


async def test_the_tape_is_thinned_by_the_markets_time_and_the_rest_by_the_real_one() -> None:
    rooms = Rooms()
    await rooms.look_after(5)
    assert rooms.tape.thinned == [MARKET + 5_000]
    assert rooms.books.thinned == rooms.outbox.thinned == [NOW + 5_000]


async def test_it_is_done_once_an_hour() -> None:
    rooms = Rooms()
    for _ in range(3 * 60):
        await rooms.look_after(60)
    each = (rooms.tape, rooms.books, rooms.outbox)
    assert [len(room.thinned) for room in each] == [3, 3, 3]


async def test_what_storage_cannot_do_now_is_done_at_the_next_look() -> None:
    rooms = Rooms()
    rooms.tape.full = True
    await rooms.look_after(5)
    assert rooms.books.thinned == []
    rooms.tape.full = False
    await rooms.look_after(5)
    assert len(rooms.tape.thinned) == len(rooms.books.thinned) == 1
