"""The page for monitors of the whole bot: where it is, what it tells, when it cannot be."""

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp

from bot.monitor.page import HOST
from tests.bot.monitor.test_page import free_port
from tests.e2e.process import ran
from tests.e2e.rig import World, eventually


async def test_a_monitor_sees_what_was_heard_and_what_was_sent(world: World) -> None:
    port = free_port()
    async with world.bot("telegram", metrics_port=port), aiohttp.ClientSession() as session:

        async def told(*lines: str) -> bool:
            try:
                async with session.get(f"http://{HOST}:{port}/metrics") as answer:
                    page = (await answer.text()).splitlines()
            except aiohttp.ClientConnectorError:
                return False
            return set(lines) <= set(page)

        await world.telegram.ask("/alert BTC 5m long > 10m", 7, "BTC")
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(7, "your alert")
        await eventually(
            lambda: told(
                'liqwatch_exchange_state{exchange="bybit",state="live"} 1.0',
                'liqwatch_liquidations_24h{exchange="bybit"} 1.0',
                'liqwatch_liquidated_24h_usd{exchange="bybit"} 1.1e+07',
                'liqwatch_notifications{state="sent"} 1.0',
            )
        )


async def test_a_port_that_is_taken_ends_the_program_with_one_sentence(
    world: World, tmp_path: Path
) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        end = await ran(tmp_path, world.environment() | {"METRICS_PORT": str(port)}, "run")
    assert end.code == 2, end
    assert "Traceback" not in end.err
    assert f"METRICS_PORT: {HOST}:{port} cannot be used" in end.err.strip().splitlines()[-1]


async def test_what_is_needed_for_it_is_not_loaded_with_the_bot() -> None:
    code = "import sys, bot.app; print('prometheus_client' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)
    out, _ = await process.communicate()
    assert out.decode().strip() == "False"
