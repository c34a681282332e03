"""Frames that are broken, huge, old, out of order or early: told, and counted once."""

from collections.abc import Awaitable, Callable

import pytest

from bot.clock import MINUTE_MS, SECOND_MS
from tests.doubles.exchanges import EVERYTHING, NO_LIQUIDATIONS, garbage, truncated
from tests.doubles.exchanges.faults import Frame
from tests.feed_faults.rig import NOTICED_S, Rig, a_rig

MARK_OVER_S = MINUTE_MS / SECOND_MS + 2
"""An exchange is degraded by what a minute held."""


async def degraded_and_over(rig: Rig, sick: str, missed: int, heal: Callable[[], None]) -> None:
    """The frames are in quarantine and told; what comes then is heard before the mark is over."""
    assert rig.source(sick).state == "degraded"
    bad = rig.feeds[sick].bad_frames()
    assert bad and all(len(each.frame) <= 4096 and each.reason for each in bad)
    heal()
    await rig.hear(sick)
    await rig.until(lambda: rig.well(sick), MARK_OVER_S)
    assert not await rig.complaint(sick)
    assert rig.told_as_missed(sick, missed)
    assert rig.source(sick).reconnects == 0


@pytest.mark.parametrize(("sick", "spoil"), [("bitget", garbage), ("kraken", truncated)])
async def test_frames_that_cannot_be_read_degrade_an_exchange(
    sick: str, spoil: Callable[[Frame], Frame]
) -> None:
    async with a_rig(sick, "okx") as rig:
        faults = rig[sick].faults
        await rig.hear()
        faults.spoil = spoil
        await rig.noticed(sick, "of its frames unreadable")
        missed = await rig.missed(sick)
        await rig.live_on(3)
        await degraded_and_over(rig, sick, missed, lambda: setattr(faults, "spoil", None))
        await rig.undisturbed("okx")


async def test_a_schema_that_changed_is_told_from_the_first_order_in_it() -> None:
    async with a_rig("binance", "okx") as rig:
        faults = rig["binance"].faults
        await rig.hear()
        faults.renamed = True
        missed = await rig.missed("binance")
        await rig.noticed("binance", "of its frames unreadable")
        await degraded_and_over(rig, "binance", missed, lambda: setattr(faults, "renamed", False))
        await rig.undisturbed("okx")


async def test_a_frame_of_16_megabytes_costs_nothing_but_itself() -> None:
    async with a_rig("bybit", "okx") as rig:
        await rig.hear()
        await rig["bybit"].huge()
        streams = len(rig["bybit"].connections)
        await rig.until(lambda: rig.source("bybit").bad == streams, NOTICED_S)
        assert len(rig.feeds["bybit"].bad_frames()[0].frame) == 4096
        await rig.hear()
        assert rig.source("bybit").reconnects == 0
        await rig.undisturbed("okx")


async def test_a_replay_after_a_reconnect_counts_nothing_twice_and_keeps_twins() -> None:
    async with a_rig("bybit", "okx") as rig:
        twin = rig.an_order()
        await rig.publish("bybit", twin, twin, rig.an_order("short"))
        await rig.hear()
        rig["bybit"].faults.replay_s = 60.0
        await rig["bybit"].drop()
        await rig.noticed("bybit", "closed")
        await rig.healed("bybit")
        assert rig.expected["bybit"].count == 7
        assert rig.feeds["bybit"].status().duplicates == 5
        await rig.undisturbed("okx")


async def test_orders_that_come_the_last_first_are_all_counted() -> None:
    async with a_rig("gate", "okx") as rig:
        rig["gate"].faults.reverse = True
        early = rig.an_order()
        await rig.live_on(20)
        await rig.publish("gate", early, rig.an_order("short"), rig.an_order())
        await rig.hear()
        assert rig.source("gate").late == 0
        await rig.undisturbed("okx")


async def test_orders_from_the_future_count_now_and_are_told() -> None:
    async with a_rig("bybit", "okx") as rig:
        faults = rig["bybit"].faults
        await rig.hear()
        faults.ahead_ms = 60 * MINUTE_MS
        await rig.hear("bybit")
        assert rig.source("bybit").ahead_ms == 60 * MINUTE_MS
        assert "1 h ahead" in await rig.complaint("bybit")
        faults.ahead_ms = 0
        await rig.hear("bybit")
        await rig.until(lambda: not rig.source("bybit").ahead_ms, MARK_OVER_S)
        assert not await rig.complaint("bybit")
        await rig.undisturbed("okx")


async def others_fire(rig: Rig) -> None:
    await rig.live_on(2)
    await rig.publish("okx", *(rig.an_order() for _ in range(50)))


async def the_price_moves(rig: Rig) -> None:
    await rig.live_on(5)
    rig.doubles.set_price("BTC", rig["okx"].prices["BTC"] * 98 / 100)


@pytest.mark.parametrize("moves", [others_fire, the_price_moves])
async def test_canaries_without_liquidations_while_the_market_moves_are_told(
    moves: Callable[[Rig], Awaitable[None]],
) -> None:
    async with a_rig("bybit", "okx", bybit={"silence_s": 60.0}) as rig:
        await rig.hear()
        rig["bybit"].faults.says = NO_LIQUIDATIONS
        await moves(rig)
        missed = await rig.missed("bybit")
        await rig.noticed("bybit", "while the market moves", 60 + NOTICED_S)
        assert rig.source("bybit").state == "mute"
        rig["bybit"].faults.says = EVERYTHING
        await rig.hear("bybit")
        await rig.healed("bybit")
        assert rig.told_as_missed("bybit", missed)
        await rig.undisturbed("okx")
