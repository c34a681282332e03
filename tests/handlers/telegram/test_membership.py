"""What becomes of a chat when the bot is added, blocked, removed, or the chat moves."""

from structlog.testing import capture_logs

from bot.allowed import Allowed
from bot.events import ChatMoved
from bot.ports import Chat, Mark
from bot.rules import Destination
from tests.doubles.telegram import TelegramDouble
from tests.fakes import Furnished
from tests.handlers.telegram.conftest import Running

ANN, BEN = 41, 42
GROUP = -1001234567890
SOURCE = "telegram:7000000001"
TO_ANN = Destination("telegram", ANN, direct=True)


async def test_a_group_that_adds_the_bot_is_greeted_once(
    telegram: TelegramDouble, running: Running
) -> None:
    telegram.group(GROUP)
    async with running():
        await telegram.membership(GROUP, ANN, "left", "member")
        (sent,) = await telegram.messages(1)
        last = await telegram.membership(GROUP, ANN, "member", "administrator")
        await telegram.until(lambda: telegram.confirmed == last + 1)
    assert sent.text.startswith("Liqwatch is here.")
    assert len(telegram.sent) == 1


async def test_who_blocks_the_bot_is_gone_until_heard_from_again(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    async with running():
        telegram.meet(ANN)
        blocked = await telegram.membership(ANN, ANN, "member", "kicked")
        await telegram.until(lambda: telegram.confirmed == blocked + 1)
        assert (await furnished.chats.get(TO_ANN)).state == "gone"
        back = await telegram.membership(ANN, ANN, "kicked", "member")
        await telegram.until(lambda: telegram.confirmed == back + 1)
    assert (await furnished.chats.get(TO_ANN)).state == "active"


async def test_who_was_gone_and_writes_can_be_written_to_but_a_stop_stays(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    to_ben = Destination("telegram", BEN, direct=True)
    await furnished.chats.save(Chat(TO_ANN, "gone", reason="blocked by the user"))
    await furnished.chats.save(Chat(to_ben, "stopped"))
    async with running():
        await telegram.say("/liqs", ANN)
        await telegram.say("/liqs", BEN)
        await telegram.messages(2)
    assert (await furnished.chats.get(TO_ANN)).state == "active"
    assert (await furnished.chats.get(to_ben)).state == "stopped"


async def test_a_membership_that_is_handed_out_again_changes_nothing_twice_but_still_greets(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    telegram.group(GROUP)
    added = await telegram.membership(GROUP, ANN, "left", "member")
    async with running():
        await telegram.messages(1)
    await telegram.repeat(added)
    async with running():
        await telegram.messages(2)
    assert furnished.books.marks == {Mark(SOURCE, added)}


async def test_a_migrated_groups_alerts_move_at_once_and_it_is_told_so(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    group = telegram.group(-55, kind="group")
    telegram.statuses[(group, ANN)] = "administrator"
    async with running():
        await telegram.say("/alert BTC 1h > 50m", ANN, group)
        await telegram.messages(1)
        last = await telegram.upgrade(group, GROUP)
        await telegram.until(lambda: telegram.confirmed == last + 1)
    (rule,) = furnished.rulebook.rules.values()
    assert rule.destination == Destination("telegram", GROUP)
    assert ChatMoved("telegram", group, GROUP) in furnished.told
    (waiting,) = furnished.outbox.waiting
    assert waiting.destination == Destination("telegram", GROUP)


async def test_a_listed_group_is_answered_under_its_new_id_and_no_other_is(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    group, strange = telegram.group(-55, kind="group"), telegram.group(-66, kind="group")
    furnished.house.allowed = Allowed([("telegram", group)])
    with capture_logs() as logs:
        async with running():
            await telegram.upgrade(strange, -1007)
            await telegram.upgrade(group, GROUP)
            await telegram.say("/help", ANN, -1007)
            last = await telegram.say("/help", ANN, GROUP)
            await telegram.until(lambda: telegram.confirmed == last + 1)
    assert {sent.chat for sent in telegram.sent} == {GROUP}
    (entry,) = [entry for entry in logs if "ALLOW" in entry["event"]]
    assert (entry["old"], entry["new"]) == (f"telegram:{group}", f"telegram:{GROUP}")
