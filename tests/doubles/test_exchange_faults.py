"""Each fault of a double is what it says, seen from a plain client's side, and can be healed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import (
    ClientConnectorError,
    ClientSession,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)

from tests.doubles.documented import DOCUMENTED, okx
from tests.doubles.exchanges import (
    ACKS_ONLY,
    DOUBLES,
    EVERYTHING,
    MUTE,
    NO_LIQUIDATIONS,
    PONGS_ONLY,
    ExchangeDouble,
    Kind,
    Order,
    garbage,
    truncated,
)
from tests.doubles.exchanges.faults import Frame
from tests.doubles.exchanges.okx import Okx
from tests.doubles.exchanges.order import now_ms

ORDER = Order("BTC", "long", Decimal("60000"), Decimal("0.5"))
TOLD = DOCUMENTED["okx"]
PING_S = 0.15
"""Long enough for a frame over loopback, where its absence is to be seen."""


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def double() -> AsyncIterator[Okx]:
    async with Okx(canary_s=0.02) as double:
        double.connects = (1000, 1.0)
        yield double


async def connect(session: ClientSession, double: ExchangeDouble) -> ClientWebSocketResponse:
    return await session.ws_connect(f"ws://{double.host}{TOLD.path}", max_msg_size=0)


async def subscribe(session: ClientSession, double: ExchangeDouble) -> ClientWebSocketResponse:
    ws = await connect(session, double)
    for ask in TOLD.asks:
        await ws.send_json(ask)
    await double.listening("BTC-USDT-SWAP")
    return ws


async def texts(ws: ClientWebSocketResponse, seconds: float = PING_S) -> list[str]:
    """All texts that come in so many seconds."""
    found: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (message := await ws.receive()).type is WSMsgType.TEXT:
                found.append(message.data)
    return found


async def said(ws: ClientWebSocketResponse) -> set[str]:
    """Which sorts of frames come now that something is asked for and published."""
    sorts = {'"event":"subscribe"': "ack", '"markPx"': "canary", '"bkPx"': "liquidation"}
    return {name for text in await texts(ws) for mark, name in sorts.items() if mark in text}


@pytest.mark.parametrize("status", [403, 451, 503])
async def test_a_handshake_is_refused_with_a_status(
    status: int, session: ClientSession, double: Okx
) -> None:
    double.faults.status = status
    with pytest.raises(WSServerHandshakeError) as refused:
        await connect(session, double)
    assert refused.value.status == status
    double.faults.status = None
    assert not (await connect(session, double)).closed
    assert double.attempts == 2


async def test_a_shut_port_refuses_and_is_the_same_when_it_opens(
    session: ClientSession, double: Okx
) -> None:
    ws, host = await subscribe(session, double), double.host
    await double.shut()
    await texts(ws, 5)
    assert ws.closed
    with pytest.raises(ClientConnectorError):
        await connect(session, double)
    await double.reopen()
    await subscribe(session, double)
    assert double.host == host


async def test_a_stalled_handshake_is_never_answered(session: ClientSession, double: Okx) -> None:
    double.faults.stalled = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(PING_S):
            await connect(session, double)
    double.faults.stalled = False
    assert not (await connect(session, double)).closed


async def test_a_connection_is_cut_right_after_its_handshake(
    session: ClientSession, double: Okx
) -> None:
    double.faults.close_at_once = True
    ws = await connect(session, double)
    assert (await ws.receive(1)).type in (WSMsgType.CLOSED, WSMsgType.ERROR, WSMsgType.CLOSE)
    assert double.connections == []


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (MUTE, set()),
        (PONGS_ONLY, set()),
        (ACKS_ONLY, {"ack"}),
        (NO_LIQUIDATIONS, {"ack", "canary", "liquidation"}),
        (EVERYTHING, {"ack", "canary", "liquidation"}),
    ],
)
async def test_a_double_says_only_what_it_is_told_to(
    says: frozenset[Kind], expected: set[str], session: ClientSession, double: Okx
) -> None:
    double.faults.says = says
    ws = await subscribe(session, double)
    await double.publish(ORDER)
    assert await said(ws) == expected


async def test_without_liquidations_only_the_old_ones_of_the_snapshot_come(
    session: ClientSession, double: Okx
) -> None:
    double.faults.says = NO_LIQUIDATIONS
    ws = await subscribe(session, double)
    await double.publish(ORDER)
    old = [text for text in await texts(ws) if "bkPx" in text]
    assert len(old) == 1
    (detail,) = json.loads(old[0])["data"][0]["details"]
    assert int(detail["ts"]) <= now_ms() - 24 * 3_600_000


async def test_pings_are_answered_by_all_but_the_mute(session: ClientSession, double: Okx) -> None:
    ws = await connect(session, double)
    await ws.send_str("ping")
    assert await ws.receive_str() == "pong"
    double.faults.says = PONGS_ONLY
    await ws.send_str("ping")
    assert await ws.receive_str() == "pong"
    double.faults.says = MUTE
    await ws.send_str("ping")
    assert await texts(ws) == []


@pytest.mark.parametrize("spoil", [garbage, truncated])
async def test_spoiled_frames_are_no_json(
    spoil: Callable[[Frame], Frame], session: ClientSession, double: Okx
) -> None:
    ws = await subscribe(session, double)
    await texts(ws, 0.05)
    double.faults.spoil = spoil
    await double.publish(ORDER)
    frames = await texts(ws, 0.05)
    assert frames
    for frame in frames[1:]:
        with pytest.raises(ValueError, match=r"line \d+ column \d+"):
            json.loads(frame)


async def test_a_changed_schema_has_other_names_for_price_and_quantity(
    session: ClientSession, double: Okx
) -> None:
    double.faults.renamed = True
    ws = await subscribe(session, double)
    await double.publish(ORDER)
    frames = [text for text in await texts(ws) if "bkPx" in text]
    assert frames
    assert all('"bkPxV2"' in text and '"szV2"' in text for text in frames)


async def test_one_byte_at_a_time_is_healed_with_the_frame_finished(
    session: ClientSession, double: Okx
) -> None:
    double.canary_s = 60.0
    ws = await subscribe(session, double)
    await texts(ws)
    double.faults.drip_s = 0.05
    await double.publish(ORDER)
    assert await texts(ws, 0.3) == []
    double.faults.drip_s = None
    (late,) = await texts(ws)
    assert okx(json.loads(late)) == [(Decimal("30000"), True)]


async def test_a_subscription_is_followed_by_a_replay_of_the_last_minute(
    session: ClientSession, double: Okx
) -> None:
    await double.publish(replace(ORDER, time_ms=now_ms()))  # not of when this was imported
    double.faults.replay_s = 60.0
    ws = await subscribe(session, double)
    frames = [json.loads(text) for text in await texts(ws, 0.5) if "bkPx" in text]
    recent = [sum(len(row["details"]) for row in frame["data"]) for frame in frames]
    assert recent == [2, 1]


async def test_orders_come_the_last_first_and_from_the_future(
    session: ClientSession, double: Okx
) -> None:
    double.faults.reverse, double.faults.ahead_ms = True, 3_600_000
    ws = await subscribe(session, double)
    await texts(ws)
    await double.publish(ORDER, Order("BTC", "short", Decimal("59000"), Decimal("1")))
    frames = [json.loads(text) for text in await texts(ws) if "bkPx" in text]
    details = frames[0]["data"][0]["details"]
    assert [detail["bkPx"] for detail in details] == ["59000", "60000"]
    assert all(int(detail["ts"]) > now_ms() + 3_000_000 for detail in details)


async def test_a_frame_of_sixteen_megabytes_arrives(session: ClientSession, double: Okx) -> None:
    double.canary_s = 60.0
    ws = await subscribe(session, double)
    await double.huge()
    while len(await ws.receive_str(timeout=10)) < 16 * 1024 * 1024:
        assert not ws.closed


async def test_a_notice_comes_before_the_close(session: ClientSession, double: Okx) -> None:
    ws = await subscribe(session, double)
    leaving = asyncio.create_task(double.leave(after_s=0.05))
    frames = await texts(ws, 5)
    await leaving
    assert any('"code":"64008"' in text for text in frames)
    assert ws.close_code == 1001


async def test_who_does_not_answer_pings_or_says_nothing_is_closed(session: ClientSession) -> None:
    async with DOUBLES["dydx"](canary_s=0.01) as double:
        double.ping_s, double.pong_s = 0.01, 0.05
        url = f"ws://{double.host}/v4/ws"
        deaf = await session.ws_connect(url, autoping=False)
        assert {message.type async for message in deaf} == {WSMsgType.PING, WSMsgType.TEXT}
        assert deaf.close_code == 1008
        answering = await session.ws_connect(url)
        await texts(answering)
        assert not answering.closed
        double.ping_s, double.idle_s = None, 0.01
        await texts(answering, 5)
        assert answering.close_code == 1008
    assert len(double.breaches) == 2
