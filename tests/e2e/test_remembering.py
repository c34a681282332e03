"""A process that is killed in the middle, and the next one that goes on with the same totals."""

from pathlib import Path

from bot.market import Side
from storage import open_report
from tests.e2e.process import started, terminated
from tests.e2e.rig import World, eventually

ANN, BEN = 11, 12


async def settled(world: World) -> bool:
    """Both alerts are written down as sent: none may be repeated."""
    async with open_report(None, world.data_dir) as report:
        return (await report.accounts()).sent == 2


async def test_a_kill_in_the_middle_of_a_flush_changes_no_total_and_rings_nothing_twice(
    world: World, tmp_path: Path
) -> None:
    environment = world.environment("telegram")
    async with started(tmp_path, environment, "run") as process:
        await world.telegram.ask("/alert BTC 1h long > 10m", ANN, "Set")
        await world.telegram.ask("/alert BTC order > 5m", BEN, "Set")
        await world.liquidate("BTC", 6_000_000)
        await world.liquidate("BTC", 5_000_000)
        await world.liquidate("ETH", 2_000_000, Side.SHORT)
        await world.telegram.told(ANN, "your alert")
        await world.telegram.told(BEN, "your alert")
        before = await world.telegram.ask("/liqs", ANN, "Liquidations")
        await eventually(lambda: settled(world))
        process.kill()
        await process.wait()
    async with started(tmp_path, environment, "run") as process:
        after = await world.telegram.ask("/liqs", ANN, "Liquidations")
        assert "$13M+" in before.text and "3 orders" in before.text
        assert "$13M+" in after.text and "3 orders" in after.text
        assert "At least" in after.text
        await world.liquidate("BTC", 4_000_000)
        await world.liquidate("BTC", 7_000_000)
        await world.telegram.told(BEN, "your alert", times=2)
        last = await world.telegram.ask("/liqs", ANN, "Liquidations")
        assert "$24M+" in last.text and "5 orders" in last.text
        assert "Traceback" not in (await terminated(process)).err
    rung = world.telegram.said(ANN, "your alert")
    assert len(rung) == 2, [sent.text for sent in rung]
    assert "Twice your $10M" in rung[1].text


async def test_a_clean_stop_leaves_no_more_of_a_gap_than_the_time_away(
    world: World, tmp_path: Path
) -> None:
    environment = world.environment("telegram")
    async with started(tmp_path, environment, "run") as process:
        await world.telegram.ask("/alert BTC 1h long > 10m", ANN, "Set")
        await world.telegram.ask("/alert BTC order > 5m", BEN, "Set")
        await world.liquidate("BTC", 6_000_000)
        await world.telegram.told(BEN, "your alert")
        assert (await terminated(process)).code == 0
    async with started(tmp_path, environment, "run") as process:
        told = await world.telegram.ask("/liqs BTC", ANN, "$6")
        assert "I was not running for " in told.text
        await world.liquidate("BTC", 5_000_000)
        assert "$11M+" in (await world.telegram.told(ANN, "your alert")).text
