"""The one door to the engine."""

import asyncio
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.events import Heard, RuleRemoved, Tick
from bot.inbox import Inbox
from bot.market import Gap, Liquidation, Side

NOW = 1_700_000_000_000


def frame(size: int, time_ms: int = NOW, exchange: str = "toy") -> Heard:
    event = Liquidation(
        exchange, "BTC", "BTC", Side.LONG, Decimal(1), Decimal(1), Decimal(1), time_ms, time_ms
    )
    return Heard(exchange, (event,) * size, time_ms)


async def test_everything_comes_out_in_the_order_it_came_in() -> None:
    inbox = Inbox()
    gap = Gap("toy", "all", NOW, None, "starting")
    inbox.note(gap)
    inbox.hear(frame(1))
    await inbox.put(Tick(NOW))
    inbox.hear(frame(2))
    assert await inbox.get_many(3) == [gap, frame(1), Tick(NOW)]
    assert await inbox.get_many(3) == [frame(2)]


async def test_what_does_not_fit_is_dropped_counted_and_told_as_a_gap() -> None:
    inbox = Inbox(liquidations=10)
    assert inbox.hear(frame(8))
    assert not inbox.hear(frame(3, NOW + 500))
    assert not inbox.hear(frame(3, NOW + 700))
    assert inbox.dropped == 6
    assert await inbox.get_many(10) == [frame(8), Gap("toy", "inbox", NOW + 500, None, "overflow")]
    assert await inbox.get_many(10) == [Gap("toy", "inbox", NOW + 500, NOW + 700, "overflow")]
    assert inbox.hear(frame(3, NOW + 900))


async def test_a_frame_of_25_000_fits() -> None:
    assert Inbox().hear(frame(25_000))


async def test_a_gap_of_an_overflow_begins_at_most_a_minute_back() -> None:
    inbox = Inbox(liquidations=1)
    inbox.hear(frame(1))
    inbox.hear(Heard("toy", frame(1, 0).events, NOW))
    told = await inbox.get_many(10)
    assert told[1] == Gap("toy", "inbox", NOW - 60_000, None, "overflow")


async def test_a_command_waits_for_room_and_a_flood_of_liquidations_does_not_keep_it_out() -> None:
    inbox = Inbox(liquidations=1, commands=1)
    inbox.hear(frame(1))
    await asyncio.wait_for(inbox.put(RuleRemoved(1)), 1)
    waiting = asyncio.create_task(inbox.put(RuleRemoved(2)))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert len(await inbox.get_many(10)) == 2
    await asyncio.wait_for(waiting, 1)
    assert await inbox.get_many(10) == [RuleRemoved(2)]


async def test_a_reader_waits_until_something_comes() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get_many(5))
    await asyncio.sleep(0)
    assert not reader.done()
    inbox.hear(frame(1))
    assert await asyncio.wait_for(reader, 1) == [frame(1)]


@given(st.lists(st.integers(-3, 12), max_size=60))
def test_nothing_is_lost_unaccounted(steps: list[int]) -> None:
    """A step above 0 hears so many, one of 0 or less takes so many events out."""

    async def play() -> None:
        inbox = Inbox(liquidations=20)
        heard = taken = 0
        for step in [*steps, -1000]:
            if step > 0:
                heard += step
                inbox.hear(frame(step))
            elif inbox.waiting:
                out = await inbox.get_many(1 - step)
                taken += sum(len(e.events) for e in out if isinstance(e, Heard))
            assert inbox.waiting <= 20
        assert heard == taken + inbox.dropped + inbox.waiting

    asyncio.run(play())
