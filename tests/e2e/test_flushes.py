"""A flush from its start on, as a follower in Telegram has it: one message with a life."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.app import Bot
from bot.clock import MINUTE_MS
from bot.flush.flush import Severity
from bot.ports import Ledger
from bot.rules import Destination
from bot.story.follow import Follow
from tests.doubles.telegram import Sent
from tests.e2e.process import ran
from tests.e2e.rig import CHANNEL, World, eventually

ANN = 11
HER = Destination("telegram", ANN, direct=True)


def label(sent: Sent, words: str) -> str:
    return next(b["callback_data"] for row in sent.buttons for b in row if words in b["text"])


async def cascade(world: World, minutes: int = 3) -> None:
    """Longs of three coins, far above what is normal, in minutes that pass at once."""
    for _ in range(minutes):
        for coin, usd in (("BTC", 9_000_000), ("ETH", 5_000_000), ("SOL", 2_000_000)):
            await world.liquidate(coin, usd)
        await asyncio.sleep(0.3)
        world.ahead_ms += MINUTE_MS


async def test_who_follows_the_market_gets_one_message_that_grows_and_its_case(
    world: World, tmp_path: Path, drawn: Callable[[], None]
) -> None:
    drawn()
    async with world.bot("telegram") as bot:
        await world.telegram.ask("/follow market minor", ANN, "market-wide flushes from minor on")
        assert await bot.storage.flushes.following(HER) != []
        await world.telegram.ask("/alert 1h > 20m", ANN, "Set")
        await cascade(world)
        page = await world.telegram.told(ANN, "Building:")
        (flush,) = await bot.storage.flushes.latest(5)
        await eventually(lambda: page.photo is not None, 30)
        assert flush.short_id in page.text
        alert = await world.telegram.told(ANN, "your alert")
        assert [page.silent, alert.silent].count(False) == 1, "one of them rang"
        await world.telegram.press(page, label(page, "Why?"), ANN)
        why = await world.telegram.told(ANN, "Why?")
        assert "largest order" in why.text
        await world.telegram.press(page, label(page, "Case"), ANN)
        case = await world.telegram.told(ANN, f"{flush.short_id} market-wide")
        await world.telegram.press(case, label(case, "Files"), ANN)
        await eventually(lambda: sum(s.document is not None for s in world.telegram.sent) == 3, 30)
        names = [sent.document[0] for sent in world.telegram.sent if sent.document]
        assert names == [f"{flush.short_id}.{kind}" for kind in ("png", "csv", "json")]
        await world.telegram.press(page, label(page, "Mute this flush"), ANN)
        await eventually(lambda: bool(world.telegram.toasts))
        told = await ran(tmp_path, world.environment(), "case", flush.short_id, "--out", "files")
        assert told.code == 0, told
        kinds = sorted(path.suffix for path in (tmp_path / "files").iterdir())
        assert kinds == [".csv", ".json", ".png"]
        accounts = await bot.storage.outbox.accounts()
        assert accounts.whole


async def test_a_channel_of_discord_gets_the_page_and_its_chart_in_the_embed(world: World) -> None:
    async with world.bot("discord") as bot:
        follow = Follow(Destination("discord", CHANNEL), 7, severity=Severity.MINOR)

        async def work(ledger: Ledger) -> Follow:
            return await ledger.follow(follow, 20)

        await bot.house.keep(work)
        await cascade(world)
        await eventually(lambda: bool(world.discord.posted_in(CHANNEL)))
        (sent,) = world.discord.posted_in(CHANNEL)
        assert "longs" in sent["content"]
        (number,) = world.discord.messages
        await eventually(lambda: "image" in world.discord.messages[number]["embeds"][0], 30)
        await eventually(lambda: whole(bot))


async def whole(bot: Bot) -> bool:
    accounts = await bot.storage.outbox.accounts()
    return accounts.whole and not accounts.open
