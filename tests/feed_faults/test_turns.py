"""What ends on purpose: connections that age, service notices, and blocks by region."""

import asyncio
from collections.abc import Awaitable

import pytest

from bot.feed.web import FORBIDDEN_S
from tests.doubles.exchanges import ExchangeDouble
from tests.doubles.exchanges.faults import Kind
from tests.feed_faults.rig import HEALED_S, NOTICED_S, Rig, a_rig

LEAVING_S = 0.1
"""Real seconds from a notice to the close; a successor needs a fraction of it."""

ROUNDS = 30
"""In which a turn begins and ends: some seconds of the clock each."""

ONE_A_FRAME = ("binance", "aster")
"""Of two equal orders in two frames the second is taken for a repetition."""


async def goes_on(rig: Rig, name: str, turning: Awaitable[object]) -> None:
    """A turn costs no moment and no order, and nothing counts twice while both are connected."""
    double = rig[name]
    await rig.hear()
    streams, turned = len(double.connections), asyncio.ensure_future(turning)
    for _ in range(ROUNDS):
        twin = rig.an_order()
        twins = (twin, twin) if name not in ONE_A_FRAME else (twin,)
        await rig.publish(name, *twins, rig.an_order("short"))
        await rig.until(lambda: rig.heard_all(name), NOTICED_S, "not heard")
        await rig.live_on(1)
    await turned
    assert double.attempts >= 2 * streams
    await rig.until(lambda: len(double.connections) == streams, HEALED_S, "old ones are kept")
    await rig.undisturbed(*rig.expected)


async def announced(double: ExchangeDouble, notice: object) -> None:
    """As ``leave``, where a double has no notice of its own."""
    told = list(double.connections)
    for connection in told:
        await double.say(connection, Kind.BANNER, notice)
    await asyncio.sleep(LEAVING_S)
    for connection in told:
        await connection.close()


@pytest.mark.parametrize("name", ["okx", "bitfinex"])
async def test_a_service_notice_costs_no_moment(name: str) -> None:
    async with a_rig(name, "bybit") as rig:
        await goes_on(rig, name, rig[name].leave(LEAVING_S))


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        (
            "gate",
            {
                "channel": "futures.system",
                "event": "update",
                "result": {"type": "upgrade", "msg": "The server will shut down soon."},
            },
        ),
        ("htx", {"op": "close", "ts": 1_489_474_081_631}),
    ],
)
async def test_a_notice_on_every_stream_costs_no_moment(name: str, notice: object) -> None:
    async with a_rig(name, "bybit") as rig:
        await goes_on(rig, name, announced(rig[name], notice))


@pytest.mark.parametrize("name", ["binance", "aster", "bitget"])
async def test_a_connection_is_replaced_before_its_24_hours_end(name: str) -> None:
    async with a_rig(name, "okx", **{name: {"lifetime_s": 20.0}}) as rig:
        await goes_on(rig, name, asyncio.sleep(0))


@pytest.mark.parametrize("status", [403, 451])
async def test_a_block_by_region_is_named_once_and_not_asked_again_for_long(status: int) -> None:
    async with a_rig("bybit", "okx") as rig:
        double = rig["bybit"]
        await rig.hear()
        double.faults.status = double.faults.rest_status = status
        await double.drop()
        await rig.noticed("bybit", f"blocked in this region (HTTP {status})")
        assert rig.source("bybit").state == "blocked"
        missed, attempts = await rig.missed("bybit"), double.attempts
        await rig.live_on(FORBIDDEN_S - 10, hurry=6)
        assert double.attempts == attempts
        double.faults.status = double.faults.rest_status = None
        if status == 403:
            await rig.healed("bybit", 2 * HEALED_S)
            assert rig.told_as_missed("bybit", missed)
        await rig.undisturbed("okx")
