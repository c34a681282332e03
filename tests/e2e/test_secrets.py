"""Whatever the program writes, on a terminal or on disk, no token and no word that was typed."""

from pathlib import Path

from tests.doubles.discord import TOKEN as DISCORD
from tests.doubles.telegram import TOKEN as TELEGRAM
from tests.doubles.telegram_wire import Fault, cut_after_accepting, gateway
from tests.e2e.process import started, terminated
from tests.e2e.rig import World, eventually

ANN = 11
WORD = "xylophone"
"""Typed by a person; it makes no sense to the bot and is nobody's business."""


async def test_a_whole_life_at_debug_leaves_no_secret_behind(world: World, tmp_path: Path) -> None:
    environment = world.environment("telegram", "discord") | {"LOG_LEVEL": "debug"}
    async with started(tmp_path, environment, "run") as process:
        await world.telegram.ask("/alert BTC 5m long > 10m", ANN, "Set")
        await world.telegram.say(f"/liqs {WORD}", ANN)
        await world.telegram.told(ANN, "no coin")
        world.telegram.fail(
            gateway(), Fault(500, "Internal Server Error"), cut_after_accepting(ANN)
        )
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(ANN, "your alert")
        await eventually(lambda: not world.telegram.faults)
        end = await terminated(process)
    assert end.code == 0, end.err
    written = {path: path.read_bytes() for path in world.data_dir.iterdir()}
    for secret in (TELEGRAM, TELEGRAM.split(":")[1], DISCORD):
        assert secret not in end.out + end.err
        assert not [path for path, held in written.items() if secret.encode() in held]
    assert WORD not in end.out + end.err
    assert not [path for path, held in written.items() if WORD.encode() in held]
