"""Telegram end to end: from a Bybit frame and a typed command to a person's chat."""

from bot.rules import Destination
from tests.doubles.telegram_wire import blocked, limited, migrated
from tests.e2e.rig import World, balanced, eventually

ANN, BEN = 11, 12
GROUP, FORUM, NEW_GROUP = -500, -1_000_600, -1_000_500
TOPIC = 7
RULE = "/alert BTC 5m long > 10m"


async def test_a_command_is_answered_in_private(world: World) -> None:
    async with world.bot("telegram") as bot:
        await world.liquidate("BTC", 8_000_000)
        await eventually(lambda: bot.desk.reading(None, None, "1h").total > 0)
        answer = await world.telegram.ask("/liqs", ANN, "$8.0M")
    assert answer.buttons
    assert answer.reply_to is None


async def test_a_command_in_a_forum_topic_is_answered_in_that_topic(world: World) -> None:
    world.telegram.group(FORUM, topics=(TOPIC,))
    async with world.bot("telegram"):
        await world.telegram.say("/liqs@liqwatch_bot BTC 15m", ANN, FORUM, TOPIC)
        answer = await world.telegram.told(FORUM, "BTC")
    assert answer.thread == TOPIC
    assert answer.reply_to is not None


async def test_an_alert_set_in_a_chat_arrives_with_the_amount_of_the_frames(world: World) -> None:
    async with world.bot("telegram") as bot:
        await world.telegram.ask(RULE, ANN, "BTC")
        await world.liquidate("BTC", 8_000_000)
        await world.liquidate("ETH", 90_000_000)
        await world.liquidate("BTC", 4_000_000)
        alert = await world.telegram.told(ANN, "your alert")
        await eventually(lambda: balanced(bot, created=1, sent=1))
    assert "$12M" in alert.text
    assert "Bybit" in alert.text
    assert not alert.silent
    assert [button["text"] for row in alert.buttons for button in row]


async def test_a_blocked_user_is_gone_while_others_get_theirs_and_comes_back_with_start(
    world: World,
) -> None:
    ann = Destination("telegram", ANN, direct=True)
    async with world.bot("telegram") as bot:
        for user in (ANN, BEN):
            await world.telegram.ask(RULE, user, "BTC")
        world.telegram.fail(blocked(ANN))
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(BEN, "your alert")
        await eventually(lambda: balanced(bot, created=2, sent=1, dead=1))
        chat = await bot.storage.chats.get(ann)
        assert (chat.state, len(world.telegram.said(ANN, "your alert"))) == ("gone", 0)
        await world.telegram.ask("/start", ANN, "How often")
        assert (await bot.storage.chats.get(ann)).state == "active"
        await world.liquidate("BTC", 10_000_000)
        alert = await world.telegram.told(ANN, "your alert")
        assert "$21" in alert.text


async def test_a_limited_chat_gets_what_waited_in_one_message_while_another_goes_on(
    world: World,
) -> None:
    async with world.bot("telegram") as bot:
        for user in (ANN, BEN):
            await world.telegram.ask(RULE, user, "BTC")
        asked = len(world.telegram.asked_at[ANN])
        world.telegram.fail(limited(4, ANN))
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(BEN, "your alert")
        await eventually(lambda: len(world.telegram.asked_at[ANN]) > asked)
        assert world.telegram.said(ANN, "your alert") == []
        await world.liquidate("BTC", 10_000_000)
        await world.telegram.told(BEN, "your alert", times=2)
        both = await world.telegram.told(ANN, "your alert")
        assert ("$21M" in both.text, "$11M" in both.text) == (True, True)
        await eventually(lambda: balanced(bot, created=4, sent=3, merged=1))
    refused, then, *_ = world.telegram.asked_at[ANN][asked:]
    assert then - refused >= 4
    assert world.telegram.asked_at[BEN][-1] - refused < 4, "a chart before his second alert is 1 s"


async def test_in_a_group_a_member_is_refused_and_an_admin_may(world: World) -> None:
    world.telegram.group(GROUP)
    world.telegram.statuses[GROUP, BEN] = "administrator"
    async with world.bot("telegram") as bot:
        refusal = await world.telegram.ask(RULE, ANN, "Only admins", GROUP)
        (button,) = [button for row in refusal.buttons for button in row]
        assert button["url"].startswith("https://t.me/liqwatch_bot?start=")
        assert await bot.storage.rulebook.of(Destination("telegram", GROUP)) == []
        await world.telegram.ask(RULE, BEN, "BTC", GROUP)
        assert len(await bot.storage.rulebook.of(Destination("telegram", GROUP))) == 1
        await world.telegram.ask("/liqs", ANN, "Liquidations", GROUP)
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(GROUP, "alert of this chat")
        payload = button["url"].rpartition("=")[2]
        await world.telegram.ask(f"/start {payload}", ANN, "$10M")
        assert len(await bot.storage.rulebook.of(Destination("telegram", ANN, 0, True))) == 1


async def test_a_migrated_groups_rules_and_queue_follow_it(world: World) -> None:
    world.telegram.group(GROUP, kind="group")
    world.telegram.group(NEW_GROUP)
    world.telegram.statuses[GROUP, ANN] = "creator"
    async with world.bot("telegram") as bot:
        for text in (RULE, "/alert 5m > 10m"):
            await world.telegram.ask(text, ANN, "$10M", GROUP)
        world.telegram.fail(migrated(NEW_GROUP, GROUP))
        await world.liquidate("BTC", 11_000_000)
        both = await world.telegram.told(NEW_GROUP, "alert of this chat")
        assert both.text.count("$11M") > 1
        assert await bot.storage.rulebook.of(Destination("telegram", GROUP)) == []
        assert len(await bot.storage.rulebook.of(Destination("telegram", NEW_GROUP))) == 2
        await world.liquidate("ETH", 10_000_000)
        late = await world.telegram.told(NEW_GROUP, "alert of this chat", times=2)
        assert "$21" in late.text
        await eventually(lambda: balanced(bot, created=3, sent=2, merged=1))
    assert world.telegram.said(GROUP, "alert of this chat") == []


async def test_a_group_that_says_it_migrated_is_followed_before_anything_fires(
    world: World,
) -> None:
    world.telegram.group(GROUP, kind="group")
    world.telegram.group(NEW_GROUP)
    world.telegram.statuses[GROUP, ANN] = "creator"
    async with world.bot("telegram") as bot:
        await world.telegram.ask(RULE, ANN, "BTC", GROUP)
        asked = len(world.telegram.asked_at[GROUP])
        await world.telegram.upgrade(GROUP, NEW_GROUP)
        await world.telegram.told(NEW_GROUP, "supergroup")
        assert len(await bot.storage.rulebook.of(Destination("telegram", NEW_GROUP))) == 1
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(NEW_GROUP, "alert of this chat")
        await eventually(lambda: balanced(bot, created=2, sent=2))
    assert len(world.telegram.asked_at[GROUP]) == asked
