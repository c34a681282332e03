"""What a person does with the bot in Telegram, tap by tap."""

from bot.market import dollars
from bot.rules import Destination
from tests.doubles.telegram import Sent
from tests.doubles.telegram_wire import bad
from tests.e2e.rig import World, balanced, eventually

ANN = 11
HER = Destination("telegram", ANN, direct=True)


def data(sent: Sent, label: str) -> str:
    """What the button sends whose label begins so."""
    buttons = (button for row in sent.buttons for button in row)
    return next(it["callback_data"] for it in buttons if it["text"].startswith(label))


async def test_three_taps_lead_to_a_working_alert(world: World) -> None:
    async with world.bot("telegram") as bot:
        screen = await world.telegram.ask("/start", ANN, "How often may I write?")
        await world.telegram.press(screen, data(screen, "About once a week"), ANN)
        await world.telegram.told(ANN, "all coins pass")
        await world.telegram.press(screen, data(screen, "Send me a test"), ANN)
        trial = await world.telegram.told(ANN, "TEST")
        assert trial.silent
        (rule,) = await bot.storage.rulebook.of(HER)
        await world.liquidate("BTC", int(dollars(rule.threshold)) + 1)
        await world.telegram.told(ANN, "your alert")
        await eventually(lambda: balanced(bot, created=2, sent=2))
    assert screen.edits >= 2


async def test_a_muted_chat_hears_nothing_until_unmute_and_nothing_later(world: World) -> None:
    async with world.bot("telegram") as bot:
        for text in ("/alert BTC 5m > 10m", "/alert ETH 5m > 10m"):
            await world.telegram.ask(text, ANN, "Set")
        await world.liquidate("BTC", 11_000_000)
        alert = await world.telegram.told(ANN, "your alert")
        await world.telegram.press(alert, data(alert, "Mute"), ANN)
        await eventually(lambda: len(world.telegram.toasts) == 1)
        await world.liquidate("ETH", 11_000_000)
        await eventually(lambda: balanced(bot, created=2, sent=1, dead=1))
        await world.telegram.ask("/unmute", ANN, "")
        await world.liquidate("ETH", 11_000_000)
        later = await world.telegram.told(ANN, "your alert", times=2)
        assert "$22M" in later.text


async def test_a_burst_is_one_message_that_grows(world: World) -> None:
    async with world.bot("telegram") as bot:
        await world.telegram.ask("/alert BTC order > 5m", ANN, "Set")
        await world.liquidate("BTC", 6_000_000)
        alert = await world.telegram.told(ANN, "your alert")
        await world.liquidate("BTC", 7_000_000)
        await eventually(lambda: alert.edits == 1)
        assert "$13M" in alert.text
        await eventually(lambda: balanced(bot, created=1, sent=1))
    assert len(world.telegram.said(ANN, "your alert")) == 1


async def test_a_deleted_alert_rings_no_more(world: World) -> None:
    async with world.bot("telegram") as bot:
        for text in ("/alert BTC 5m > 10m", "/alert 5m > 30m"):
            await world.telegram.ask(text, ANN, "Set")
        await world.liquidate("BTC", 11_000_000)
        alert = await world.telegram.told(ANN, "your alert")
        await world.telegram.press(alert, data(alert, "Delete"), ANN)
        await eventually(lambda: len(world.telegram.toasts) == 1)
        await world.liquidate("BTC", 20_000_000)
        last = await world.telegram.told(ANN, "your alert", times=2)
        assert "all 5m" in last.text
        assert len(await bot.storage.rulebook.of(HER)) == 1
        await eventually(lambda: balanced(bot, created=2, sent=2))


async def test_markup_that_telegram_refuses_is_sent_bare(world: World) -> None:
    async with world.bot("telegram"):
        await world.telegram.ask("/alert BTC order > 10m", ANN, "Set")
        world.telegram.fail(bad("can't parse entities: unsupported start tag", ANN))
        await world.liquidate("BTC", 11_000_000)
        alert = await world.telegram.told(ANN, "your alert")
    assert alert.entities == []
    assert alert.buttons == []
