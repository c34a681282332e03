"""Connections that follow each other without a moment unheard, and canaries, over real sockets."""

import asyncio
from functools import partial

from bot.exchanges.dialect import Budget
from tests.bot.feed.conftest import Rig
from tests.bot.feed.test_feed import lasting
from tests.bot.feed.toy import Toy, ToyServer, events, eventually
from tests.clocks import ManualClock


async def test_a_connection_that_ages_is_replaced_before_it_ends(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(lifetime_s=0.2), server.urls) as feed:
        await eventually(lambda: rig.live)
        await eventually(lambda: server.handshakes >= 3)
        assert feed.status().reconnects == 0
    assert len(rig.gaps()) == 2, "only the one of the start"


async def test_what_both_connections_tell_counts_once_and_twins_stay_two(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: rig.live)
        server.acknowledge = lambda topics: None  # the successor is not live yet
        await server.push('{"closing": "upgrade"}')
        await eventually(lambda: len(server.sockets) == 2 and server.requests[1:])
        await server.push(events(("BTCUSDT", 1, 7), ("BTCUSDT", 1, 7), ("ETHUSDT", 2, 8)))
        await eventually(lambda: len(rig.liquidations) >= 3)
        await server.push('{"ack": "1", "ok": true}')
        await eventually(lambda: server.sockets[0].closed)
        await server.push(events(("ETHUSDT", 2, 9)))
        await eventually(lambda: len(rig.liquidations) == 4)
    assert [event.quantity for event in rig.liquidations] == [1, 1, 2, 2]


async def test_what_is_still_on_its_way_when_the_successor_is_live_is_heard(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls, lasting(overlap_s=0.3)) as feed:
        await eventually(lambda: rig.live)
        await server.push('{"closing": "upgrade"}')
        await eventually(lambda: len(server.requests) == 2)
        await asyncio.sleep(0.1)  # it is live
        await server.sockets[0].send_str(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: rig.liquidations)
        await eventually(lambda: server.sockets[0].closed)
        assert (feed.status().state, server.handshakes) == ("live", 2)
    assert len(rig.gaps()) == 2


async def test_a_successor_that_ends_at_once_leaves_the_old_connection_in_service(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls, lasting(overlap_s=0.3)) as feed:
        await eventually(lambda: rig.live)
        await server.push('{"closing": "upgrade"}')
        await eventually(lambda: len(server.requests) == 2)
        await asyncio.sleep(0.1)
        await server.sockets[1].close()
        await eventually(lambda: server.handshakes == 3)
        await eventually(lambda: server.sockets[0].closed)
        await server.push(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: rig.liquidations)
        assert (feed.status().state, feed.status().reconnects) == ("live", 0)
    assert len(rig.gaps()) == 2


async def test_an_old_connection_that_ends_while_its_successor_waits_for_a_place_is_told(
    rig: Rig, server: ToyServer
) -> None:
    toy = Toy(budget=Budget(connects=1, per_s=60))
    async with rig.running(toy, server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push('{"closing": "upgrade"}')
        await asyncio.sleep(0.05)
        await server.close()
        await eventually(lambda: feed.status().state == "deaf")
        await eventually(lambda: len(rig.gaps()) == 3)
    assert server.handshakes == 1


async def test_a_successor_that_fails_leaves_the_old_connection_in_service(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        server.ws_status = 503
        await server.push('{"closing": "upgrade"}')
        await eventually(lambda: server.handshakes >= 3)
        await server.push(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: rig.liquidations)
        assert feed.status().state == "live"
        server.ws_status = 101
        await eventually(lambda: server.sockets[0].closed)
        assert feed.status().state == "live"
    assert len(rig.gaps()) == 2


async def test_an_old_connection_that_ends_first_is_a_gap_until_the_successor_is_live(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls, lasting(ack_s=3.0)) as feed:
        await eventually(lambda: rig.live)
        server.acknowledge = lambda topics: None
        await server.push('{"closing": "upgrade"}')
        await eventually(lambda: len(server.requests) == 2)
        await server.sockets[0].close()
        await eventually(lambda: feed.status().state == "deaf")
        await server.push('{"ack": "1", "ok": true}')
        await eventually(lambda: rig.live)
        assert server.handshakes == 2
        await eventually(lambda: len(rig.gaps()) == 4)


async def test_a_canary_that_falls_silent_is_a_lost_connection_and_the_gap_begins_with_it(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    toy = Toy(canaries=("mark",), data_s=0.15)
    async with rig.running(toy, server.urls):
        await eventually(lambda: rig.live)
        await market.advance(10)
        sung = market.now_ms()
        await server.push('{"marks": [["BTCUSDT", 2.0]]}')
        await asyncio.sleep(0.05)
        await market.advance(10)
        await eventually(lambda: server.handshakes >= 2)
        await eventually(lambda: len(rig.gaps()) >= 3)
    assert rig.gaps()[2].start_ms == sung
    assert "connected, but without data" in rig.gaps()[2].reason


async def test_an_acknowledgement_without_anything_after_it_is_told_and_the_line_is_kept(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    toy = Toy(canaries=("mark",), data_s=60.0)
    async with rig.running(toy, server.urls, lasting(proof_s=0.1)) as feed:
        await eventually(lambda: rig.live)
        acknowledged = market.now_ms()
        await eventually(lambda: feed.status().state == "deaf")
        assert "acknowledges and sends nothing" in feed.status().reason
        await market.advance(5)
        await server.push('{"marks": [["BTCUSDT", 2.0]]}')
        await eventually(lambda: rig.live)
        await eventually(lambda: len(rig.gaps()) == 4)
    assert (rig.gaps()[3].start_ms, rig.gaps()[3].end_ms) == (acknowledged, market.now_ms())
    assert server.handshakes == 1


async def test_who_told_nothing_is_live_again_only_when_something_is_told(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(canaries=("mark",), data_s=0.15), server.urls) as feed:
        await eventually(lambda: rig.live)
        await eventually(lambda: len(server.requests) >= 4)
        assert feed.status().state == "deaf"
        assert "connected, but without data" in feed.status().reason
        await server.push('{"marks": [["BTCUSDT", 2.0]]}')
        await eventually(lambda: rig.live)


def asked_for(server: ToyServer, many: int) -> bool:
    return len(server.requests) == many


async def test_old_news_is_no_sign_that_data_flows(rig: Rig, server: ToyServer) -> None:
    toy = Toy(opens_with_old_news=True, canaries=("mark",), data_s=0.15)
    async with rig.running(toy, server.urls) as feed:
        for connections in (1, 2, 3):
            await eventually(partial(asked_for, server, 2 * connections))
            await server.push(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: server.handshakes == 4)
        assert feed.status().stale == 3
        assert feed.status().state == "deaf"


async def test_a_refused_canary_is_not_waited_for(rig: Rig, server: ToyServer) -> None:
    server.acknowledge = lambda topics: (topics != ["mark"], "no such topic")
    async with rig.running(Toy(canaries=("mark",), data_s=0.05), server.urls) as feed:
        await eventually(lambda: rig.live)
        await asyncio.sleep(0.3)
        assert (server.handshakes, feed.status().state) == (1, "live")


async def test_a_canary_that_never_sings_while_liquidations_come_is_not_trusted(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(canaries=("mark",), data_s=0.1), server.urls):
        await eventually(lambda: rig.live)
        await server.push(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: server.handshakes == 2)
        await eventually(lambda: rig.live)
        await asyncio.sleep(0.4)
        assert server.handshakes == 2


async def test_a_connection_that_ended_before_its_canary_sang_says_nothing_of_the_canary(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(canaries=("mark",), data_s=0.2), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(events(("BTCUSDT", 1, 7)))
        await eventually(lambda: rig.liquidations)
        await server.sockets[0].close()
        await eventually(lambda: server.handshakes == 3)
        assert "connected, but without data" in feed.status().reason


async def test_a_refused_topic_is_no_matter_of_the_canary(rig: Rig, server: ToyServer) -> None:
    server.acknowledge = lambda topics: (topics == ["mark"], "no liquidations here")
    async with rig.running(Toy(canaries=("mark",)), server.urls) as feed:
        await eventually(lambda: server.handshakes >= 2)
        assert feed.status().reason == "subscription refused: no liquidations here"


async def test_requests_keep_the_exchanges_distance(rig: Rig, server: ToyServer) -> None:
    server.pages = [[f"C{n}USDT" for n in range(4)]]
    toy = Toy(batch=1, budget=Budget(request_gap_s=0.1))
    loop = asyncio.get_running_loop()
    async with rig.running(toy, server.urls, lasting(table_refresh_s=60)):
        started = loop.time()
        await eventually(lambda: rig.live)
        assert loop.time() - started >= 0.29


async def test_connects_keep_the_exchanges_budget(rig: Rig, server: ToyServer) -> None:
    server.acknowledge = lambda topics: (False, "no")
    async with rig.running(Toy(budget=Budget(connects=2, per_s=60)), server.urls):
        await eventually(lambda: server.handshakes == 2)
        await asyncio.sleep(0.3)
        assert server.handshakes == 2
