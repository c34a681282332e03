"""Subscribing, reading and reconnecting, over real sockets."""

import asyncio

import pytest

from bot.clock import SystemClock
from bot.exchanges.dialect import Heartbeat
from bot.feed.feed import Feed
from bot.feed.web import open_session
from bot.feed.wire import Limits, Wire
from bot.inbox import Inbox
from bot.market import Gap
from tests.bot.feed.conftest import SHORT, Rig, Shelf
from tests.bot.feed.toy import Toy, ToyServer, events, eventually, instrument
from tests.clocks import ManualClock


def lasting(**changes: float) -> Limits:
    """The short limits, with some of them changed."""
    return Limits(**({f: getattr(SHORT, f) for f in SHORT.__struct_fields__} | changes))


async def test_a_stream_is_deaf_until_its_subscription_is_acknowledged(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    server.acknowledge = lambda topics: None
    started = market.now_ms()
    async with rig.running(Toy(), server.urls, lasting(ack_s=3.0)) as feed:
        await eventually(lambda: server.requests)
        assert feed.status().state == "connecting"
        await market.advance(7)
        await server.push('{"ack": "1", "ok": true}')
        await eventually(lambda: rig.live)
        await eventually(lambda: len(rig.gaps()) == 2)
    opened, closed = rig.gaps()
    assert (opened.start_ms, opened.end_ms, opened.reason) == (started, None, "starting")
    assert (closed.start_ms, closed.end_ms) == (started, started + 7000)


async def test_a_missing_acknowledgement_reconnects(rig: Rig, server: ToyServer) -> None:
    server.acknowledge = lambda topics: None
    async with rig.running(Toy(), server.urls, lasting(ack_s=0.05)) as feed:
        await eventually(lambda: server.handshakes >= 2)
        assert feed.status().reason == "subscription not acknowledged in 0.05 s"
        server.acknowledge = lambda topics: (True, "")
        await eventually(lambda: rig.live)
        assert feed.status().reconnects >= 1


async def test_events_arrive_with_the_markets_time(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await market.advance(3)
        await server.push(events(("BTCUSDT", 5, market.now_ms() - 10)))
        await eventually(lambda: rig.liquidations)
        assert feed.status().last_event_ms == market.now_ms()
        assert set(feed.coins()) == {"BTC", "ETH"}
    (event,) = rig.liquidations
    assert (event.coin, event.notional, event.received_ms) == ("BTC", 10, market.now_ms())


async def test_one_refused_topic_does_not_cost_the_others(rig: Rig, server: ToyServer) -> None:
    symbols = [f"C{n}USDT" for n in range(9)]
    server.pages = [symbols]
    server.acknowledge = lambda topics: (
        (False, "handler not found") if "C4USDT" in topics else (True, "")
    )
    async with rig.running(Toy(), server.urls, lasting(table_refresh_s=60)) as feed:
        await eventually(lambda: rig.live)
        assert feed.status().refused == 1
        assert server.handshakes == 1
    accepted = {topic for topics in server.requests if "C4USDT" not in topics for topic in topics}
    assert accepted == set(symbols) - {"C4USDT"}


async def test_a_topic_that_is_refused_again_and_again_does_not_end_the_connection(
    rig: Rig, server: ToyServer
) -> None:
    server.acknowledge = lambda topics: ("ETHUSDT" not in topics, "handler not found")
    async with rig.running(Toy(batch=1), server.urls, lasting(refusals=3)) as feed:
        await eventually(lambda: rig.live)
        await eventually(lambda: server.requests.count(["ETHUSDT"]) > 5)
        assert (server.handshakes, feed.status().refused) == (1, 1)


async def test_a_stream_with_every_topic_refused_is_not_called_live(
    rig: Rig, server: ToyServer
) -> None:
    server.acknowledge = lambda topics: (False, "no such channel")
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: server.handshakes >= 2)
        assert feed.status().state == "deaf"
        assert feed.status().reason == "subscription refused: no such channel"


@pytest.mark.parametrize("bad", ["{broken", "boom", '{"events": [["BTCUSDT", "many", 1]]}'])
async def test_a_bad_frame_costs_nothing_but_itself(rig: Rig, server: ToyServer, bad: str) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(bad)
        await server.push(events(("BTCUSDT", 1, 1)))
        await eventually(lambda: rig.liquidations)
        assert feed.status().bad == 1
        assert feed.bad_frames()[0].frame == bad.encode()
        assert server.handshakes == 1


async def test_a_gap_begins_at_the_last_sign_of_life_and_ends_at_the_acknowledgement(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await market.advance(10)
        await server.push(events(("BTCUSDT", 1, 1)))
        await eventually(lambda: rig.liquidations)
        last_heard = market.now_ms()
        await market.advance(30)
        server.acknowledge = lambda topics: None
        for socket in server.sockets:  # no farewell: the line is simply cut
            assert socket._req is not None and socket._req.transport is not None
            socket._req.transport.abort()
        await eventually(lambda: len(server.sockets) == 2)
        assert feed.status().state == "deaf"
        await market.advance(2)
        back = market.now_ms()
        await server.sockets[-1].send_str('{"ack": "1", "ok": true}')
        await eventually(lambda: rig.live)
        await eventually(lambda: len(rig.gaps()) == 4)
    opened, closed = rig.gaps()[2:]
    assert (opened.start_ms, opened.end_ms) == (last_heard, None)
    assert (closed.start_ms, closed.end_ms) == (last_heard, back)
    assert closed.reason == "the connection broke"


async def test_a_close_by_the_exchange_is_told_with_its_code(rig: Rig, server: ToyServer) -> None:
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: rig.live)
        await server.close()
        await eventually(lambda: server.handshakes == 2)
        await eventually(lambda: len(rig.gaps()) == 4)
    assert rig.gaps()[2].reason == "closed by the exchange (code 1001)"


async def test_a_zombie_connection_is_noticed(rig: Rig, server: ToyServer) -> None:
    server.autoping = False  # accepts and acknowledges, but never answers a ping
    async with rig.running(Toy(Heartbeat(0.05)), server.urls):
        await eventually(lambda: server.handshakes >= 2)
    assert "silent: not even a pong" in rig.gaps()[2].reason


async def test_calm_is_not_an_outage(rig: Rig, server: ToyServer) -> None:
    async with rig.running(Toy(Heartbeat(0.05)), server.urls, lasting(pong_s=0.5)) as feed:
        await eventually(lambda: rig.live)
        await asyncio.sleep(0.8)  # longer than the transport's patience; nothing but pongs
        assert (server.handshakes, feed.status().reconnects) == (1, 0)


async def test_the_dialects_own_ping_is_sent_and_the_exchanges_is_answered(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(Heartbeat(0.1, '{"hello": 1}')), server.urls):
        await eventually(lambda: rig.live)
        await server.push('{"ping": "abc"}')
        await eventually(lambda: {"pong": "abc"} in server.said)
        await eventually(lambda: {"hello": 1} in server.said)


async def test_the_exchanges_ping_frames_are_answered(rig: Rig, server: ToyServer) -> None:
    server.autoping = False
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: rig.live)
        await server.sockets[0].ping(b"still there?")
        await eventually(lambda: b"still there?" in server.said)


async def test_an_announced_close_is_answered_with_a_successor_and_without_a_gap(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push('{"closing": "service upgrade"}')
        await eventually(lambda: server.handshakes == 2 and server.sockets[0].closed)
        await server.push(events(("BTCUSDT", 1, 1)))
        await eventually(lambda: rig.liquidations)
        assert (feed.status().state, feed.status().reconnects) == ("live", 0)
    assert len(rig.gaps()) == 2, "only the one of the start"


async def test_old_news_is_dropped_and_news_in_the_same_frame_is_kept(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    now = market.now_ms()
    server.first_frame = events(("BTCUSDT", 1, now - 60_000), ("BTCUSDT", 2, now + 5))
    async with rig.running(Toy(opens_with_old_news=True), server.urls) as feed:
        await eventually(lambda: rig.liquidations)
        assert [event.quantity for event in rig.liquidations] == [2]
        assert feed.status().stale == 1


async def test_an_exchange_without_that_habit_loses_nothing(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    server.first_frame = events(("BTCUSDT", 1, market.now_ms() - 60_000))
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: len(rig.liquidations) == 1)


async def test_what_is_told_again_after_a_reconnect_counts_once(
    rig: Rig, server: ToyServer
) -> None:
    frame = events(("BTCUSDT", 1, 10), ("BTCUSDT", 1, 10))
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(frame)
        await eventually(lambda: len(rig.liquidations) == 2)
        await server.close()
        await eventually(lambda: server.handshakes == 2)
        await eventually(lambda: rig.live)
        await server.push(frame)
        await server.push(events(("BTCUSDT", 9, 11)))
        await eventually(lambda: len(rig.liquidations) == 3)
        assert feed.status().duplicates == 2


async def test_what_is_told_again_minutes_later_is_no_late_order(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: rig.live)
        frame = events(("BTCUSDT", 1, market.now_ms()), ("BTCUSDT", 1, market.now_ms()))
        await server.push(frame)
        await eventually(lambda: len(rig.liquidations) == 2)
        await market.advance(300)
        await server.push(frame)
        await server.push(events(("BTCUSDT", 9, market.now_ms())))
        await eventually(lambda: len(rig.liquidations) == 3)


async def test_a_frame_of_25_000_events_is_only_a_frame(rig: Rig, server: ToyServer) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(
            events(*(("BTCUSDT", 100_000 + n, 1_700_000_000_000) for n in range(25_000)))
        )
        await eventually(lambda: len(rig.liquidations) == 25_000)
        assert (server.handshakes, feed.status().bad) == (1, 0)


async def test_a_block_by_region_is_no_retry_loop(rig: Rig, server: ToyServer) -> None:
    server.ws_status = 451
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: feed.status().state == "blocked")
        before = server.asked_rest
        await eventually(lambda: server.asked_rest > before + 4)
        assert feed.status().reason == "blocked in this region (HTTP 451)"
        assert server.handshakes == 1
        await eventually(lambda: len(rig.gaps()) == 3)
    opened, closed, blocked = rig.gaps()
    assert closed.end_ms == blocked.start_ms
    assert opened.reason == "starting"
    assert (blocked.reason, blocked.end_ms) == ("blocked in this region (HTTP 451)", None)


async def test_a_newcomer_is_subscribed_on_the_open_connection(rig: Rig, server: ToyServer) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        server.pages = [["BTCUSDT", "ETHUSDT"], ["NEWUSDT"]]
        await eventually(lambda: ["NEWUSDT"] in server.requests)
        assert server.handshakes == 1
        assert "NEW" in feed.coins()


async def test_without_rest_the_stored_table_prices_what_is_known(
    rig: Rig, server: ToyServer
) -> None:
    server.rest_status = 503
    rig.shelf.stored = [instrument("BTCUSDT")]
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        await server.push(events(("BTCUSDT", 1, 1), ("ODDUSDT", 1, 1)))
        await eventually(lambda: len(rig.liquidations) == 2)
        assert [event.notional for event in rig.liquidations] == [2, None]
        assert (feed.status().instruments, feed.status().unpriced) == (1, 1)
        server.rest_status = 200
        await eventually(lambda: feed.status().instruments == 2)
    assert rig.shelf.saves >= 1


async def test_without_any_table_the_exchange_is_deaf_and_says_why(
    rig: Rig, server: ToyServer
) -> None:
    server.rest_status = 451
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: feed.status().state == "blocked")
        await eventually(lambda: len(rig.gaps("instruments")) == 3)
    assert rig.gaps("instruments")[-1].reason == "blocked in this region (HTTP 451)"


@pytest.mark.parametrize("body", [b'{"symbols": [], "next": null}', b"<html>", b""])
async def test_a_bad_table_never_replaces_a_good_one(
    rig: Rig, server: ToyServer, body: bytes
) -> None:
    async with rig.running(Toy(), server.urls) as feed:
        await eventually(lambda: rig.live)
        server.rest_body = body
        before = server.asked_rest
        await eventually(lambda: server.asked_rest > before + 3)
        assert feed.status().instruments == 2
    assert len(rig.shelf.stored) == 2


async def test_a_cancelled_feed_leaves_no_connection(rig: Rig, server: ToyServer) -> None:
    async with rig.running(Toy(), server.urls):
        await eventually(lambda: rig.live)
    await eventually(lambda: all(socket.closed for socket in server.sockets))


async def test_what_the_engine_cannot_take_in_time_is_counted_and_told(
    server: ToyServer, market: ManualClock
) -> None:
    inbox = Inbox(liquidations=3)
    async with open_session() as session:
        wire = Wire(session, market, SystemClock(), None, SHORT)
        feed = Feed(Toy(), server.urls, wire, inbox, Shelf())
        running = asyncio.create_task(feed.run())
        await eventually(lambda: feed.status().state == "live")
        for n in range(3):  # nobody reads the inbox: the second and third frame find no room
            await server.push(events(("BTCUSDT", 1, n), ("ETHUSDT", 1, n)))
        await eventually(lambda: inbox.dropped == 4)
        told = await inbox.get_many(100)
        running.cancel()
        await asyncio.wait([running])
    gaps = [event for event in told if isinstance(event, Gap) and event.reason == "overflow"]
    assert len(gaps) == 1 and gaps[0].end_ms is None
    assert server.handshakes == 1
