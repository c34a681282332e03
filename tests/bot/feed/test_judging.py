"""What a feed finds by looking at itself again and again, over real sockets."""

import asyncio
from functools import partial

from tests.bot.feed.conftest import Rig
from tests.bot.feed.toy import Toy, ToyServer, events, eventually
from tests.clocks import ManualClock


async def test_a_mute_exchange_is_found_said_and_asked_again(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(silence_s=600.0), server.urls) as feed:
        await eventually(lambda: rig.live)
        await asyncio.sleep(0.05)
        began = market.now_ms()
        rig.board.heard("elsewhere", 50)
        await market.advance(601)
        await eventually(lambda: feed.status().state == "mute")
        await eventually(lambda: server.handshakes >= 2)
        await server.push(events(("BTCUSDT", 1, market.now_ms())))
        await eventually(lambda: rig.live)
        await eventually(lambda: len(rig.gaps("liquidations")) == 2)
    opened, closed = rig.gaps("liquidations")
    assert (opened.kind, opened.start_ms, opened.end_ms) == ("mute", began, None)
    assert closed.end_ms == market.now_ms()


async def test_unreadable_frames_degrade_an_exchange_for_a_minute(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push("{broken")
        await eventually(lambda: feed.status().state == "degraded")
        assert (
            feed.status().reason == "50% of its frames unreadable"
        )  # its acknowledgement was read
        await market.advance(62)
        await eventually(lambda: rig.live)
        (bad,) = feed.bad_frames()
        assert (bad.exchange, bad.frame, bad.reason) == ("toy", b"{broken", "not JSON")
        await eventually(lambda: len(rig.gaps("frames")) == 2)
    opened, closed = rig.gaps("frames")
    assert (opened.kind, closed.end_ms) == ("garbled", market.now_ms())


async def test_orders_that_keep_coming_too_late_are_a_gap_until_one_is_in_time(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        first = market.now_ms() - 90_000
        for n in range(4):
            await server.push(events(("BTCUSDT", n + 1, market.now_ms() - 90_000)))
            await eventually(partial(heard, rig, n + 1))
            await asyncio.sleep(0.03)
            assert (feed.status().state == "live") is (n < 3)
            await market.advance(20)
        assert "more than a minute late" in feed.status().reason
        await server.push(events(("BTCUSDT", 9, market.now_ms())))
        await eventually(lambda: rig.live)
        await eventually(lambda: len(rig.gaps("orders")) == 2)
    opened, closed = rig.gaps("orders")
    assert (opened.start_ms, opened.end_ms, closed.end_ms) == (first, None, market.now_ms())


async def test_old_orders_told_at_once_are_no_delay(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(events(*(("BTCUSDT", n + 1, 7) for n in range(100))))
        await eventually(lambda: len(rig.liquidations) == 100)
        await market.advance(3600)
        await asyncio.sleep(0.03)
        assert feed.status().state == "live"


def heard(rig: Rig, many: int) -> bool:
    return len(rig.liquidations) == many


async def test_a_canary_that_sings_does_not_make_up_for_what_cannot_be_read(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(canaries=("mark",)), server.urls) as feed:
        await eventually(lambda: rig.live)
        for _ in range(300):
            await server.push('{"marks": [["BTCUSDT", 2.0]]}')
        await server.push('{"events": "renamed"}')
        await eventually(lambda: feed.status().bad)
        await eventually(lambda: feed.status().state == "degraded", 1)


async def test_sides_that_contradict_the_marks_are_flagged(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push('{"marks": [["BTCUSDT", 1.9]]}')  # longs are closed at 2, above it
        for n in range(50):
            await server.push(events(("BTCUSDT", n + 1, market.now_ms())))
        await eventually(lambda: len(rig.liquidations) == 50)
        assert feed.status().inverted
