"""Gaps filled from an exchange's own history, over real sockets."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bot.events import Recalled
from bot.exchanges.dialect import Page
from bot.feed.filling import PAGES, TRIES, unlike
from bot.market import Gap, Liquidation, Side
from tests.bot.feed.conftest import Rig
from tests.bot.feed.toy import Toy, ToyHistory, ToyServer, events, eventually
from tests.clocks import ManualClock


def recalled(rig: Rig) -> list[tuple[int, int]]:
    """Quantity and time of what was told afterwards."""
    return [
        (int(event.quantity), event.time_ms)
        for told in rig.told
        if isinstance(told, Recalled)
        for event in told.events
    ]


def filled(rig: Rig) -> list[Gap]:
    return [gap for gap in rig.gaps() if gap.filled]


async def lose(rig: Rig, server: ToyServer, market: ManualClock, seconds: float) -> tuple[int, int]:
    """Cut the line for some of the market's time; from when to when."""
    started = market.now_ms()
    server.ws_status = 503
    await server.close()
    await eventually(lambda: not rig.live)
    await market.advance(seconds)
    server.ws_status = 101
    await eventually(lambda: rig.live)
    return started, market.now_ms()


async def test_what_was_missed_is_told_before_the_gap_is_called_filled(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        heard = market.now_ms()
        await server.push(events(("BTCUSDT", 1, heard)))
        await eventually(lambda: rig.liquidations)
        server.past = [("BTCUSDT", n, heard + 1_000 * (n - 1)) for n in range(1, 8)]
        started, ended = await lose(rig, server, market, 6)
        await eventually(lambda: filled(rig))
    assert recalled(rig) == [(n, heard + 1_000 * (n - 1)) for n in range(2, 8)], (
        "the first is known"
    )
    gap = filled(rig)[0]
    assert (gap.start_ms, gap.end_ms) == (started, ended)
    last = max(i for i, told in enumerate(rig.told) if isinstance(told, Recalled))
    assert rig.told.index(gap) > last


async def test_what_is_heard_while_the_history_is_asked_counts_once(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        started, _ = await lose(rig, server, market, 6)
        server.past = [("BTCUSDT", 5, started + 3_000)]
        await eventually(lambda: filled(rig))
        await server.push(events(("BTCUSDT", 5, started + 3_000), ("BTCUSDT", 6, started + 7_000)))
        await eventually(lambda: rig.liquidations)
    assert [event.quantity for event in rig.liquidations] == [6]


async def test_a_gap_of_several_reasons_is_asked_for_once_and_when_it_is_over(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        server.ws_status = 503
        await server.close()
        await eventually(lambda: "HTTP 503" in rig.gaps()[-1].reason)
        await market.advance(3)
        server.ws_status = 502
        await eventually(lambda: "HTTP 502" in rig.gaps()[-1].reason)
        await market.advance(3)
        tries = server.handshakes
        await eventually(lambda: server.handshakes > tries + 5)
        assert server.asked_history == []
        server.ws_status = 101
        await eventually(lambda: len(filled(rig)) == 2)
    assert len(server.asked_history) == 1


@pytest.mark.parametrize("exact", [True, False])
async def test_what_a_frame_told_too_late_to_count_is_not_known_yet(
    rig: Rig, server: ToyServer, market: ManualClock, exact: bool
) -> None:
    async with rig.running(Toy(history=ToyHistory(exact)), server.urls):
        await eventually(lambda: rig.live)
        server.history_status = 503
        started, ended = await lose(rig, server, market, 200)
        server.past = [("BTCUSDT", 5, started + 10_000), ("BTCUSDT", 6, ended - 10_000)]
        await server.push(events(*server.past))
        await eventually(lambda: len(rig.liquidations) == 2)
        server.history_status = 200
        await eventually(lambda: filled(rig))
    assert recalled(rig) == [(5, started + 10_000)]


async def test_a_history_that_fails_is_asked_again(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    server.history_status = 503
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        await lose(rig, server, market, 6)
        await eventually(lambda: len(server.asked_history) >= 2)
        assert not filled(rig)
        server.history_status = 200
        await eventually(lambda: filled(rig))


async def test_a_history_that_fails_for_long_is_asked_later(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    server.history_status = 503
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        await lose(rig, server, market, 6)
        await eventually(lambda: len(server.asked_history) >= TRIES + 1)
        server.history_status = 200
        await eventually(lambda: filled(rig))


async def test_what_is_out_of_a_historys_reach_stays_a_gap(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory()), server.urls):
        await eventually(lambda: rig.live)
        _, ended = await lose(rig, server, market, 2 * 3600)
        await eventually(lambda: filled(rig))
    assert (filled(rig)[0].start_ms, filled(rig)[0].end_ms) == (ended - 3_600_000, ended)


async def test_gaps_of_before_the_start_are_filled_too(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    now = market.now_ms()
    old = Gap("toy", "process", now - 60_000, now, "Liqwatch was not running", "stopped")
    server.past = [("BTCUSDT", 3, now - 30_000), ("BTCUSDT", 4, now - 90_000)]
    toy = Toy(history=ToyHistory())
    async with rig.running(toy, server.urls, before=[old]):
        await eventually(lambda: [g for g in rig.gaps("process") if g.filled])
    assert (3, now - 30_000) in recalled(rig)


async def test_coarse_times_do_not_count_what_was_heard_at_the_edges(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory(exact=False)), server.urls):
        await eventually(lambda: rig.live)
        heard = market.now_ms()
        await server.push(events(("BTCUSDT", 1, heard - 400)))
        await eventually(lambda: rig.liquidations)
        server.past = [("BTCUSDT", 1, heard - 1_000), ("BTCUSDT", 1, heard + 3_000)]
        await lose(rig, server, market, 6)
        await eventually(lambda: filled(rig))
    assert recalled(rig) == [(1, heard + 3_000)]


def order(time_ms: int, quantity: int = 1) -> Liquidation:
    amount = Decimal(quantity)
    return Liquidation("toy", "BTCUSDT", "BTC", Side.LONG, amount, amount, amount, time_ms, time_ms)


def test_each_that_was_heard_takes_one_row_away_and_the_nearest() -> None:
    rows = [order(1_000), order(2_000), order(2_000), order(9_000), order(2_000, 5)]
    assert unlike(rows, [order(1_400), order(2_300)]) == rows[2:]
    assert unlike(rows, []) == rows
    moved = [msgspec.structs.replace(row, time_ms=row.time_ms + 2_001) for row in rows[:1]]
    assert unlike(moved, rows[:1]) == moved


async def test_gaps_that_overlap_are_asked_for_once(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    now = market.now_ms()
    gaps = [
        Gap("toy", "process", now - 60_000, now - 20_000, "", "stopped"),
        Gap("toy", "all", now - 30_000, now, "starting"),
        Gap("toy", "all", now - 900_000, now - 890_000, "closed"),
    ]
    async with rig.running(Toy(history=ToyHistory()), server.urls, before=gaps):
        await eventually(lambda: len([g for g in rig.told if isinstance(g, Gap) and g.filled]) == 3)
    assert server.asked_history == [
        (now - 960_000, now - 830_000),
        (now - 120_000, now + 60_000),
    ]


async def test_a_history_that_never_ends_fills_nothing(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    class Endless(ToyHistory):
        def read(self, body: bytes, url: str, *rest: Any) -> Page:
            return [], url

    async with rig.running(Toy(history=Endless()), server.urls):
        await eventually(lambda: rig.live)
        await lose(rig, server, market, 6)
        await eventually(lambda: server.asked_history_pages >= PAGES)
        await lose(rig, server, market, 6)
    assert not filled(rig)


async def test_the_status_says_whether_there_is_a_history(rig: Rig, server: ToyServer) -> None:
    for exchange, has in ((Toy(history=ToyHistory()), True), (Toy(), False)):
        async with rig.running(exchange, server.urls):
            assert rig.feed is not None and rig.feed.status().history is has


async def test_what_a_sleeping_machine_missed_is_asked_for_and_a_clock_set_back_is_not(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Toy(history=ToyHistory()), server.urls) as feed:
        await eventually(lambda: rig.live)
        before = market.now_ms()
        await market.advance(1800)
        server.past = [("BTCUSDT", 3, before + 60_000)]
        feed.jump(before + 3_600_000, market.now_ms())
        feed.jump(before, market.now_ms())
        await eventually(lambda: [g for g in rig.gaps("process") if g.filled])
        assert (3, before + 60_000) in recalled(rig)
    back, slept, again = rig.gaps("process")
    assert (back.start_ms, back.end_ms, back.filled) == (
        market.now_ms(),
        before + 3_600_000,
        False,
    )
    assert (slept.start_ms, slept.end_ms, slept.kind) == (before, market.now_ms(), "stopped")
    assert again.filled
