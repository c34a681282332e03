"""``liqwatch run`` with a stand-in for every exchange: all heard, and a kill changes no total."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.exchanges import EXCHANGES
from bot.watch import JOURNAL_S
from tests.doubles.exchanges import Exchanges, Order, Side
from tests.e2e.process import started, terminated
from tests.e2e.rig import World

EACH = 100_000
"""US dollars of an order: all divide into whole contracts."""

QUICK = 1.0
FILLED = [n for n, e in EXCHANGES.items() if e.history is not None and e.history.gap_s < QUICK]
"""Bitfinex answers three requests a minute: its gap is filled after this test has ended."""


@pytest.fixture
async def exchanges() -> AsyncIterator[Exchanges]:
    async with Exchanges() as running:
        running.set_price("BTC", Decimal(50_000))
        yield running


async def publish(exchanges: Exchanges, *names: str, side: Side = "long") -> int:
    """One order on each of these; what they come to in US dollars."""
    total = Decimal(0)
    for name in names:
        taken = await exchanges[name].publish(Order("BTC", side, Decimal(50_000), Decimal(2)))
        total += taken.usd
    return int(total)


async def heard(world: World, command: str, *words: str) -> str:
    """Ask until the answer has these words; each time another person, for nobody may flood."""
    text = ""
    for _ in range(100):
        world.people += 1
        text = (await world.telegram.ask(command, world.people, "")).text
        if all(word in text for word in words):
            return text
        await asyncio.sleep(0.2)
    raise AssertionError(f"{words} are not in:\n{text}")


async def test_all_are_heard_at_once_and_a_kill_in_the_middle_changes_no_total(
    world: World, exchanges: Exchanges, tmp_path: Path
) -> None:
    environment = world.environment("telegram") | exchanges.urls() | {"EXCHANGES": ""}
    count = len(EXCHANGES)
    async with started(tmp_path, environment, "run") as process:
        await heard(world, "/sources", f"{count} of {count} exchanges heard")
        for double in exchanges:
            await double.listening()
        assert await publish(exchanges, *EXCHANGES) == count * EACH
        await heard(world, "/liqs BTC", "$1.3M+", f"{count} orders", "100% longs")
        await asyncio.sleep(2 * JOURNAL_S)  # what was heard is on disk by then
        process.kill()
        await process.wait()
    missed = await publish(exchanges, *FILLED, side="short")
    assert missed == len(FILLED) * EACH
    async with started(tmp_path, environment, "run") as process:
        await heard(world, "/sources", f"{count} of {count} exchanges heard")
        told = await heard(world, "/liqs BTC", "$1.9M+", f"{count + len(FILLED)} orders")
        assert "I was not running" in told
        filled = await heard(world, "/sources okx", "No gaps")
        assert "$200k" in filled
        assert "I was not running" in await heard(world, "/sources bybit", "$100k")
        end = await terminated(process)
    assert end.code == 0 and "Traceback" not in end.err
