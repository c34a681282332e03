"""The notifier against a Bot API server: what arrived, and how it is said to have ended."""

import asyncio

import pytest
from msgspec.structs import replace
from telegram import Bot

from bot.allowed import Allowed
from bot.delivery.outcomes import Delivered, Gone, Moved, Refused, Retry, Unauthorized
from bot.errors import StoreError
from bot.ports import Keyboard
from bot.rules import Destination
from bot.wording.text import Bold, Button, Message, Paragraph
from handlers.telegram.calls import Calls
from handlers.telegram.connection import Connection
from handlers.telegram.notify import TelegramNotifier
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.telegram_wire import bad, cut_after_accepting, gateway, limited, unauthorized
from tests.fakes import FakeKeyboards, Furnished
from tests.handlers.telegram.conftest import HastyClock

ANN, BEN = 41, 42
GROUP = -1001234567890
TO_ANN = Destination("telegram", ANN, direct=True)
TO_GROUP = Destination("telegram", GROUP, 7)
WORDS = Message(("Longs <$5M> & more",), (Paragraph((("now ", Bold("$7M")),)),), loud=True)
MUTABLE = Message(("Longs $9M",), buttons=((Button("Mute", "mute|1h"),),))


class FullKeyboards(FakeKeyboards):
    """Nothing can be stored."""

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        raise StoreError("the disk is full")


@pytest.fixture(autouse=True)
def known(telegram: TelegramDouble) -> None:
    telegram.group(GROUP, topics=(7,))
    telegram.meet(ANN)
    telegram.meet(BEN)


async def test_a_message_arrives_as_it_was_meant(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    (sent,) = telegram.sent
    assert outcome == Delivered(sent.id)
    assert (sent.chat, sent.thread, sent.text) == (ANN, 0, "Longs <$5M> & more\nnow $7M")
    assert [entity.kind for entity in sent.entities] == ["bold", "bold"]
    assert not sent.silent


async def test_what_is_not_loud_arrives_silently(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, Message(("TEST",)), "L1")
    assert telegram.sent[0].silent


async def test_an_alert_of_a_topic_stays_in_its_topic(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_GROUP, WORDS, "L1")
    assert (telegram.sent[0].chat, telegram.sent[0].thread) == (GROUP, 7)


async def test_an_amendment_edits_the_message(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    first = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(first, Delivered)
    more = Message(("Longs $9M",), buttons=((Button("Mute", "mute|1h"),),))
    assert await notifier.deliver(TO_ANN, more, "L1", edits=first.message) == first
    (sent,) = telegram.sent
    assert (sent.text, sent.edits) == ("Longs $9M", 1)
    assert [button["text"] for row in sent.buttons for button in row] == ["Mute"]


@pytest.mark.parametrize(("to", "person"), [(TO_ANN, ANN), (TO_GROUP, 0)])
async def test_buttons_show_a_token_for_that_chat_and_whoever_may_press_there(
    telegram: TelegramDouble,
    notifier: TelegramNotifier,
    furnished: Furnished,
    to: Destination,
    person: int,
) -> None:
    await notifier.deliver(to, MUTABLE, "L1")
    ((token, kept),) = furnished.keyboards.kept.items()
    assert kept == Keyboard("telegram", to.chat, person, ("mute|1h",))
    assert telegram.sent[0].data("Mute") == f"{token}:0"


async def test_an_alert_whose_buttons_cannot_be_stored_waits(
    telegram: TelegramDouble, bot: Bot, calls: Calls, clock: HastyClock
) -> None:
    notifier = TelegramNotifier(bot, calls, FullKeyboards(), clock, Allowed())
    outcome = await notifier.deliver(TO_ANN, MUTABLE, "L1")
    assert isinstance(outcome, Retry)
    assert not outcome.unknown
    assert telegram.sent == []


async def test_a_chat_that_is_not_listed_is_not_written_to(
    telegram: TelegramDouble, bot: Bot, calls: Calls, furnished: Furnished, clock: HastyClock
) -> None:
    allowed = Allowed([("telegram", GROUP), ("discord", ANN)])
    notifier = TelegramNotifier(bot, calls, furnished.keyboards, clock, allowed)
    assert await notifier.deliver(TO_ANN, WORDS, "L1") == Gone(
        "not allowed by ALLOW", chat_wide=True
    )
    assert isinstance(await notifier.deliver(TO_GROUP, WORDS, "L1"), Delivered)
    assert [sent.chat for sent in telegram.sent] == [GROUP]


async def test_a_listed_chat_stays_allowed_under_the_id_that_a_send_learns_of(
    telegram: TelegramDouble, bot: Bot, calls: Calls, furnished: Furnished, clock: HastyClock
) -> None:
    old = telegram.group(-55, kind="group")
    strange = telegram.group(-66, kind="group")
    allowed = Allowed([("telegram", old)])
    notifier = TelegramNotifier(bot, calls, furnished.keyboards, clock, allowed)
    await telegram.upgrade(old, GROUP)
    await telegram.upgrade(strange, -1007)
    moved = await notifier.deliver(Destination("telegram", old), WORDS, "L1")
    assert moved == Moved(GROUP)
    assert isinstance(await notifier.deliver(TO_GROUP, WORDS, "L1"), Delivered)
    for chat in (strange, -1007):
        refused = await notifier.deliver(Destination("telegram", chat), WORDS, "L1")
        assert isinstance(refused, Gone)


async def test_the_probe_asks_without_a_message_whether_telegram_is_back(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(gateway("getMe"), unauthorized("getMe"))
    assert isinstance(await notifier.probe(), Retry)
    assert isinstance(await notifier.probe(), Unauthorized)
    assert await notifier.probe() is None
    assert telegram.sent == []


async def test_after_a_gateway_took_no_message_the_probe_shows_whether_it_takes_anything_there(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(gateway(), gateway("sendChatAction"), bad("strange", method="sendChatAction"))
    outcome = await notifier.deliver(TO_GROUP, WORDS, "L1")
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide
    assert isinstance(await notifier.probe(), Retry)
    assert await notifier.probe() is None, "whatever it answers, it answers"
    assert telegram.sent == []
    asked = telegram.calls.count("sendChatAction")
    assert await notifier.probe() is None
    assert telegram.calls.count("sendChatAction") == asked, "nothing failed since"


async def test_an_amendment_that_changes_nothing_counts_as_delivered(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    first = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(first, Delivered)
    assert await notifier.deliver(TO_ANN, WORDS, "L1", edits=first.message) == first
    assert telegram.sent[0].edits == 0


async def test_an_amendment_of_a_deleted_message_is_sent_anew(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1", edits=12345)
    assert outcome == Delivered(telegram.sent[0].id)
    assert telegram.sent[0].silent


async def test_an_unknown_chat_and_a_deleted_topic_are_gone(notifier: TelegramNotifier) -> None:
    stranger = Destination("telegram", 999, direct=True)
    assert isinstance(await notifier.deliver(stranger, WORDS, "L1"), Gone)
    assert isinstance(await notifier.deliver(Destination("telegram", GROUP, 8), WORDS, "L2"), Gone)


async def test_a_429_of_one_chat_leaves_the_other_alone(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(limited(23, chat=ANN))
    held, sent = await asyncio.gather(
        notifier.deliver(TO_ANN, WORDS, "L1"),
        notifier.deliver(Destination("telegram", BEN, direct=True), WORDS, "L2"),
    )
    assert held == Retry(23.0, "Telegram asked to wait", limited=True)
    assert isinstance(sent, Delivered)


async def test_a_cut_answer_to_an_amendment_may_safely_be_repeated(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    first = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(first, Delivered)
    telegram.fail(cut_after_accepting(method="editMessageText"))
    outcome = await notifier.deliver(TO_ANN, Message(("new",)), "L1", edits=first.message)
    assert isinstance(outcome, Retry)
    assert not outcome.unknown


async def test_markup_that_telegram_refuses_goes_out_once_as_plain_words(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(bad("can't parse entities: Unsupported start tag"))
    outcome = await notifier.deliver(TO_ANN, replace(WORDS, buttons=MUTABLE.buttons), "L1")
    (sent,) = telegram.sent
    assert outcome == Delivered(sent.id)
    assert sent.buttons == []
    assert (sent.text, sent.entities) == ("Longs <$5M> & more\nnow $7M", [])


async def test_what_telegram_will_never_take_is_refused(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    assert isinstance(await notifier.deliver(TO_ANN, Message(("",)), "L1"), Refused)
    assert telegram.sent == []


async def test_a_token_shows_in_no_description_of_the_notifier(
    bot: Bot, notifier: TelegramNotifier
) -> None:
    assert TOKEN not in f"{bot} {bot!r} {notifier} {vars(notifier)}"
    assert TOKEN not in str(vars(Connection(TOKEN, "http://127.0.0.1:1").bot.request))
