"""Neighbours in one process: the trouble of one is not the other's."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot.rules import Destination, Notice
from tests.e2e.rig import CHANNEL, GUILD, REAL, World, balanced, eventually

ANN = 11
NOWHERE = "ws://127.0.0.1:9/gateway"


async def test_a_refused_discord_token_leaves_telegram_alone_and_the_operator_is_told(
    world: World,
) -> None:
    world.telegram.meet(ANN)
    world.discord.token = "another one"
    async with world.bot("telegram", "discord", operator=f"telegram:{ANN}") as bot:
        told = await world.telegram.told(ANN, "Discord refused the token at")
        assert "Put a new DISCORD_TOKEN in .env and restart." in told.text
        assert set(bot.refused) == {"discord"}
        notice, now_ms = Notice("waits", REAL.now_ms()), REAL.now_ms()
        await bot.storage.outbox.put(Destination("discord", CHANNEL), notice, "kept", now_ms)
        await world.telegram.ask("/liqs", ANN, "Liquidations")
        await eventually(lambda: balanced(bot, open=1, dead=0))
    assert len(world.telegram.said(ANN, "Discord")) == 1


async def test_a_gateway_that_answers_nobody_leaves_telegram_alone(world: World) -> None:
    async with world.bot("telegram", "discord", discord_gateway_url=NOWHERE) as bot:
        await world.telegram.ask("/alert BTC 5m long > 10m", ANN, "BTC")
        await world.liquidate("BTC", 12_000_000)
        await world.telegram.told(ANN, "$12M")
        assert bot.refused == {}


async def test_a_revoked_telegram_token_leaves_discord_alone(world: World) -> None:
    world.telegram.token = "1:another-one"
    async with world.bot("telegram", "discord") as bot:
        await world.discord.gateway.ready()
        await eventually(lambda: "telegram" in bot.refused)
        asked = await world.discord.slash("liqs", guild=GUILD, channel=CHANNEL)
        assert (await asked.answered()).ephemeral


async def test_no_platform_left_ends_the_bot(world: World) -> None:
    world.telegram.token = "1:another-one"
    world.discord.token = "another one"
    with pytest.raises(ExceptionGroup) as ended:
        async with world.bot("telegram", "discord") as bot:
            await eventually(lambda: len(bot.refused) == 2)
    assert "TELEGRAM_TOKEN" in str(ended.value.exceptions[0])
    assert "DISCORD_TOKEN" in str(ended.value.exceptions[0])


class Breaking:
    """Surroundings that fall over as often as they are begun."""

    def __init__(self) -> None:
        self.broke = asyncio.Event()

    def tasks(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        yield "history", self._break

    async def finish(self) -> None:
        """Nothing waits."""

    async def _break(self) -> None:
        self.broke.set()
        raise ValueError("nobody foresaw this")


async def test_history_and_structure_may_break_and_the_bot_goes_on(world: World) -> None:
    breaking = Breaking()
    async with world.bot("telegram", around=breaking):
        async with asyncio.timeout(5):
            await breaking.broke.wait()
        await world.telegram.ask("/liqs", ANN, "Liquidations")
