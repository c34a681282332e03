"""People in private chats, groups and topics talk to the real commands over loopback."""

import pytest
from structlog.testing import capture_logs

from bot.delivery.pacing import Limits
from bot.ports import Mark
from bot.rules import Destination
from handlers.routing import router
from handlers.routing.broken import SORRY
from handlers.talk import House, Reply, Request
from tests.doubles.telegram import TelegramDouble
from tests.fakes import Furnished, a_reading
from tests.handlers.telegram.conftest import Running

ANN, BEN = 41, 42
GROUP = -1001234567890
SOURCE = "telegram:7000000001"
TO_ANN = Destination("telegram", ANN, direct=True)


class BrokenRouter:
    """Understands what is typed like the real one, and fails at every answer."""

    parse_typed = staticmethod(router.parse_typed)

    async def answer(self, name: str, request: Request, house: House) -> Reply:
        raise RuntimeError("no answer")

    async def press(self, action: str, request: Request, house: House) -> Reply:
        raise RuntimeError("no answer")

    async def overheard(self, request: Request, house: House) -> Reply:
        raise RuntimeError("no answer")


async def test_a_command_is_answered(telegram: TelegramDouble, running: Running) -> None:
    async with running():
        await telegram.say("/liqs BTC 1h", ANN)
        (sent,) = await telegram.messages(1)
    assert sent.text.startswith("Liquidations · BTC · 1 h")
    assert (sent.chat, sent.reply_to) == (ANN, None)
    assert sent.buttons


async def test_plain_words_in_private_are_never_met_with_silence(
    telegram: TelegramDouble, running: Running
) -> None:
    async with running():
        await telegram.say("good morning", ANN)
        await telegram.messages(1)
        await telegram.say("", ANN, sticker={
            "file_id": "s", "file_unique_id": "s", "type": "regular",
            "width": 1, "height": 1, "is_animated": False, "is_video": False,
        })  # fmt: skip
        first, second = await telegram.messages(2)
    assert "/help" in first.text
    assert "/liqs" in second.text


async def test_an_answer_in_a_topic_stays_there_and_quotes_the_question(
    telegram: TelegramDouble, running: Running
) -> None:
    telegram.group(GROUP, topics=(7,))
    async with running():
        await telegram.say("/liqs@Liqwatch_bot", ANN, GROUP, topic=7)
        (sent,) = await telegram.messages(1)
    assert (sent.chat, sent.thread) == (GROUP, 7)
    assert sent.reply_to is not None


async def test_a_thread_of_replies_is_not_a_topic(
    telegram: TelegramDouble, running: Running
) -> None:
    telegram.group(GROUP)
    async with running():
        await telegram.say("/liqs", ANN, GROUP, message_thread_id=99)
        (sent,) = await telegram.messages(1)
    assert sent.thread == 0


async def test_what_is_meant_for_another_bot_or_nobody_is_left_alone(
    telegram: TelegramDouble, running: Running
) -> None:
    telegram.group(GROUP)
    async with running():
        await telegram.say("/liqs@other_bot", ANN, GROUP)
        await telegram.say("hello everybody", ANN, GROUP)
        last = await telegram.say("/weather", ANN, GROUP)
        await telegram.until(lambda: telegram.confirmed == last + 1)
    assert telegram.sent == []


async def test_a_member_of_a_group_changes_nothing_and_is_shown_the_private_way(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    telegram.group(GROUP)
    async with running():
        await telegram.say("/alert BTC 1h long > 50m", BEN, GROUP)
        (sent,) = await telegram.messages(1)
    assert "Only admins" in sent.text
    assert sent.buttons[0][0]["url"].startswith("https://t.me/liqwatch_bot?start=")
    assert furnished.rulebook.rules == {}


@pytest.mark.parametrize("status", ["administrator", "creator"])
async def test_an_admin_of_a_group_sets_its_alerts(
    telegram: TelegramDouble, running: Running, furnished: Furnished, status: str
) -> None:
    telegram.group(GROUP)
    telegram.statuses[(GROUP, ANN)] = status
    async with running():
        await telegram.say("/alert BTC 1h long > 50m", ANN, GROUP)
        await telegram.messages(1)
    (rule,) = furnished.rulebook.rules.values()
    assert (rule.destination, rule.author) == (Destination("telegram", GROUP), ANN)


@pytest.mark.parametrize(("speaks_as", "rules"), [(GROUP, 1), (-1009999999999, 0)])
async def test_an_anonymous_admin_is_believed_only_in_the_name_of_the_group_itself(
    telegram: TelegramDouble, running: Running, furnished: Furnished, speaks_as: int, rules: int
) -> None:
    telegram.group(GROUP)
    chat = {"id": speaks_as, "type": "supergroup", "title": "x"}
    async with running():
        await telegram.say("/alert BTC 1h > 50m", 1087968824, GROUP, sender_chat=chat)
        await telegram.messages(1)
    assert len(furnished.rulebook.rules) == rules


async def test_a_channels_own_posts_may_set_its_alerts(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    channel = telegram.group(-1005, kind="channel")
    chat = {"id": channel, "type": "channel", "title": "x"}
    async with running():
        await telegram.say("/alert BTC 1h > 50m", ANN, channel, sender_chat=chat)
        await telegram.messages(1)
    (rule,) = furnished.rulebook.rules.values()
    assert rule.destination == Destination("telegram", channel)


async def test_a_button_edits_its_message_and_is_answered(
    telegram: TelegramDouble, running: Running
) -> None:
    async with running():
        await telegram.say("/liqs", ANN)
        (sent,) = await telegram.messages(1)
        await telegram.press(sent, sent.data("5m"), ANN)
        await telegram.until(lambda: sent.edits == 1)
    assert "5 min" in sent.text.splitlines()[0]
    assert len(telegram.toasts) == 1
    assert len(telegram.sent) == 1


async def test_a_failing_answer_is_recorded_and_the_person_gets_one_sentence(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    with capture_logs() as logs:
        async with running(BrokenRouter()):
            asked = await telegram.say("/liqs SECRET", ANN)
            (sent,) = await telegram.messages(1)
            pressed = await telegram.press(sent, "liqs|BTC|1h", ANN)
            await telegram.until(lambda: telegram.toasts != [])
            await telegram.say("/liqs", BEN)
            await telegram.messages(2)
    assert [message.text for message in telegram.sent] == [SORRY, SORRY]
    assert telegram.toasts == [SORRY]
    assert furnished.books.failures[:2] == [
        (Mark(SOURCE, asked), "message"),
        (Mark(SOURCE, pressed), "callback_query"),
    ]
    assert "SECRET" not in str(logs)


async def test_a_command_that_is_handed_out_again_is_not_done_again(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    asked = await telegram.say("/alert BTC 1h > 50m", ANN)
    async with running():
        await telegram.messages(1)
    await telegram.repeat(asked)
    async with running():
        _, second = await telegram.messages(2)
    assert furnished.books.marks == {Mark(SOURCE, asked)}
    assert len(furnished.rulebook.rules) == 1
    assert second.text == router.DONE


async def test_a_question_repeated_in_a_group_edits_its_answer(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    telegram.group(GROUP)
    async with running():
        await telegram.say("/liqs BTC 1h", ANN, GROUP)
        (sent,) = await telegram.messages(1)
        furnished.desk.readings["BTC", None, "1h"] = a_reading("BTC", long=9_000_000)
        await telegram.say("/liqs  btc 1H", BEN, GROUP)
        await telegram.until(lambda: sent.edits == 1)
        assert "$13M" in sent.text
        await telegram.press(sent, sent.data("5m"), BEN)
        await telegram.until(lambda: sent.edits == 2)
        await telegram.say("/liqs BTC 1h", ANN, GROUP)
        await telegram.messages(2)


async def test_in_private_every_question_is_answered_anew(
    telegram: TelegramDouble, running: Running
) -> None:
    async with running():
        for _ in range(2):
            await telegram.say("/liqs", ANN)
        await telegram.messages(2)
    assert [sent.edits for sent in telegram.sent] == [0, 0]


async def test_a_setting_repeated_in_a_group_takes_no_answers_place(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    telegram.group(GROUP)
    telegram.statuses[GROUP, BEN] = "administrator"
    async with running():
        await telegram.say("/alert BTC 1h > 50m", ANN, GROUP)
        await telegram.messages(1)
        await telegram.say("/alert BTC 1h > 50m", BEN, GROUP)
        refused, saved = await telegram.messages(2)
    assert "Only admins" in refused.text
    assert "50M" in saved.text
    assert len(furnished.rulebook.rules) == 1


async def test_a_toast_waits_for_no_turn(telegram: TelegramDouble, running: Running) -> None:
    slow = Limits(chat_gap_s=1.0)
    async with running(limits=slow):
        await telegram.say("/liqs", ANN)
        (sent,) = await telegram.messages(1)
        await telegram.press(sent, sent.data("5m"), ANN)
        await telegram.until(lambda: telegram.toasts != [])
        assert sent.edits == 0
        await telegram.until(lambda: sent.edits == 1)
