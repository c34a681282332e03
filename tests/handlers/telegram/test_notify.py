"""The notifier against a Bot API server: what arrived, and how it is said to have ended."""

import asyncio
import socket

import pytest
from telegram import Bot

from bot.clock import SystemClock
from bot.delivery.outcomes import Delivered, Gone, Moved, Refused, Retry
from bot.rules import Destination
from bot.wording.text import Bold, Button, Message, Paragraph
from handlers.telegram.connection import Connection
from handlers.telegram.notify import TelegramNotifier
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.telegram_wire import (
    bad,
    blocked,
    cut_after_accepting,
    gateway,
    limited,
    migrated,
    unauthorized,
)
from tests.handlers.telegram.conftest import HastyClock

ANN, BEN = 41, 42
GROUP = -1001234567890
TO_ANN = Destination("telegram", ANN, direct=True)
TO_GROUP = Destination("telegram", GROUP, 7)
WORDS = Message(("Longs <$5M> & more",), (Paragraph((("now ", Bold("$7M")),)),), loud=True)


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
    assert sent.buttons == [[{"text": "Mute", "callback_data": "mute|1h"}]]


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


async def test_a_blocked_bot_means_gone(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(blocked())
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert outcome == Gone("Forbidden: bot was blocked by the user")


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
    assert held == Retry(23.0, "Telegram asked to wait")
    assert isinstance(sent, Delivered)


async def test_a_group_that_became_a_supergroup_has_moved(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(migrated(GROUP, chat=-55))
    assert await notifier.deliver(Destination("telegram", -55), WORDS, "L1") == Moved(GROUP)


async def test_a_cut_answer_leaves_it_unknown_whether_it_arrived(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(cut_after_accepting())
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(outcome, Retry)
    assert outcome.unknown
    assert len(telegram.sent) == 1


async def test_a_cut_answer_to_an_amendment_may_safely_be_repeated(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    first = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(first, Delivered)
    telegram.fail(cut_after_accepting(method="editMessageText"))
    outcome = await notifier.deliver(TO_ANN, Message(("new",)), "L1", edits=first.message)
    assert isinstance(outcome, Retry)
    assert not outcome.unknown


async def test_a_502_is_everybodys_and_unknown(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(gateway())
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert outcome == Retry(5.0, "Bad Gateway", unknown=True, platform_wide=True)


async def test_a_refused_token_holds_the_platform(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(unauthorized("sendMessage"))
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide


async def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    connection = Connection(TOKEN, f"http://127.0.0.1:{port}")
    outcome = await TelegramNotifier(connection.bot, SystemClock()).deliver(TO_ANN, WORDS, "L1")
    await connection.close()
    assert isinstance(outcome, Retry)
    assert not outcome.unknown
    assert outcome.platform_wide


async def test_markup_that_telegram_refuses_goes_out_once_as_plain_words(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(bad("can't parse entities: Unsupported start tag"))
    outcome = await notifier.deliver(TO_ANN, WORDS, "L1")
    (sent,) = telegram.sent
    assert outcome == Delivered(sent.id)
    assert (sent.text, sent.entities) == ("Longs <$5M> & more\nnow $7M", [])


async def test_what_telegram_will_never_take_is_refused(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    assert isinstance(await notifier.deliver(TO_ANN, Message(("",)), "L1"), Refused)
    assert telegram.sent == []


async def test_one_call_at_a_time_goes_to_a_chat(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.slow_s = 0.02
    every = (notifier.deliver(TO_ANN, Message((str(n),)), f"L{n}") for n in range(5))
    other = notifier.deliver(Destination("telegram", BEN, direct=True), WORDS, "L9")
    await asyncio.gather(*every, other)
    assert telegram.most_at_once == {ANN: 1, BEN: 1}
    assert [sent.text for sent in telegram.sent if sent.chat == ANN] == ["0", "1", "2", "3", "4"]


async def test_an_answer_waits_out_a_429_and_follows_a_moved_group(
    telegram: TelegramDouble, notifier: TelegramNotifier, clock: HastyClock
) -> None:
    telegram.fail(limited(3, chat=ANN), migrated(GROUP, chat=-55))
    assert isinstance(await notifier.reply(TO_ANN, WORDS), Delivered)
    assert clock.pauses == [3.0]
    assert isinstance(await notifier.reply(Destination("telegram", -55), WORDS), Delivered)
    assert [sent.chat for sent in telegram.sent] == [ANN, GROUP]


async def test_an_answer_that_may_have_arrived_is_not_repeated(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    telegram.fail(cut_after_accepting())
    outcome = await notifier.reply(TO_ANN, WORDS)
    assert isinstance(outcome, Retry)
    assert outcome.unknown
    assert len(telegram.sent) == 1


async def test_a_token_shows_in_no_description_of_the_notifier(
    bot: Bot, notifier: TelegramNotifier
) -> None:
    assert TOKEN in repr(bot)
    assert TOKEN not in repr(notifier)
    assert TOKEN not in str(vars(Connection(TOKEN, "http://127.0.0.1:1").bot.request))
