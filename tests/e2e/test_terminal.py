"""The terminal as the chat: what is typed is answered, and leaving is quiet."""

from pathlib import Path

from tests.e2e.rig import World
from tests.e2e.terminal import CTRL_C, opened


async def test_without_a_token_the_terminal_is_the_chat_and_ctrl_c_ends_it_quietly(
    world: World, tmp_path: Path
) -> None:
    async with opened(tmp_path, world.environment(), "run") as terminal:
        await terminal.shows("inverse-1")
        terminal.type("/alert BTC 5m long > 10m\r")
        await terminal.shows("Set: BTC longs")
        await world.liquidate("BTC", 12_000_000)
        await terminal.shows("of BTC longs liquidated")
        assert await terminal.left_by(CTRL_C) == 0
        assert "Traceback" not in terminal.shown
        assert "destroyed" not in terminal.shown
