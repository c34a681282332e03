"""Answers to people against a Bot API server: at its pace, in order, and not for ever."""

import asyncio
from functools import partial

import pytest
from structlog.testing import capture_logs
from telegram import Bot

from bot.allowed import Allowed
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.errors import StoreError
from bot.events import ChatMoved
from bot.ports import Keyboard
from bot.rules import Destination
from bot.wording.text import Button, File, Message
from handlers.telegram.calls import Calls
from handlers.telegram.membership import follow
from handlers.telegram.replies import NO_FILES, Replies
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_wire import bad, blocked, cut_after_accepting, gateway, limited
from tests.fakes import FakeKeyboards, Furnished
from tests.handlers.telegram.conftest import HastyClock
from tests.torture.patience import until

ANN, BEN, GROUP = 41, 42, -55
TO_ANN = Destination("telegram", ANN, direct=True)
TO_BEN = Destination("telegram", BEN, direct=True)
TO_GROUP = Destination("telegram", GROUP)
WORDS = Message(
    ("$5M",), buttons=((Button("5m", "liqs|BTC|5m"), Button("Site", url="https://x.y")),)
)


class Passes(Turnstile):
    """Lets everybody through and notes who passed and what was limited."""

    def __init__(self, clock: HastyClock) -> None:
        super().__init__(Limits(), clock)
        self.passed: list[int] = []
        self.pauses: list[tuple[int, float]] = []

    async def answer(self, destination: Destination) -> None:
        self.passed.append(destination.chat)

    def limited(
        self, destination: Destination, after_s: float, platform_wide: bool = False
    ) -> None:
        self.pauses.append((destination.chat, after_s))


class FullKeyboards(FakeKeyboards):
    """Nothing can be stored."""

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        raise StoreError("the disk is full")


@pytest.fixture(autouse=True)
def known(telegram: TelegramDouble) -> None:
    telegram.meet(ANN)
    telegram.meet(BEN)
    telegram.group(GROUP, kind="group")


@pytest.fixture
def turnstile(clock: HastyClock) -> Passes:
    return Passes(clock)


async def test_each_call_for_a_person_passes_the_turnstile(
    telegram: TelegramDouble, replies: Replies, turnstile: Passes
) -> None:
    sent = await replies.say(TO_ANN, WORDS, ANN)
    await replies.say(TO_ANN, Message(("new",)), ANN, edits=sent)
    assert turnstile.passed == [ANN, ANN]
    assert (telegram.sent[0].text, telegram.sent[0].edits) == ("new", 1)


async def test_buttons_are_bound_to_the_chat_and_to_the_asker(
    telegram: TelegramDouble, replies: Replies, furnished: Furnished
) -> None:
    await replies.say(TO_GROUP, WORDS, BEN)
    ((token, kept),) = furnished.keyboards.kept.items()
    assert kept == Keyboard("telegram", GROUP, BEN, ("liqs|BTC|5m",))
    assert telegram.sent[0].data("5m") == f"{token}:0"
    assert telegram.sent[0].buttons[0][1]["url"] == "https://x.y"


async def test_words_go_out_without_their_buttons_where_those_cannot_be_stored(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes, clock: HastyClock
) -> None:
    await Replies(calls, turnstile, FullKeyboards(), clock).say(TO_ANN, WORDS, ANN)
    assert telegram.sent[0].text == "$5M"
    assert [button["text"] for row in telegram.sent[0].buttons for button in row] == ["Site"]


async def test_a_429_is_told_to_the_turnstile_and_the_answer_follows(
    telegram: TelegramDouble, replies: Replies, turnstile: Passes
) -> None:
    telegram.fail(limited(3, chat=ANN))
    assert await replies.say(TO_ANN, WORDS, ANN) == telegram.sent[0].id
    assert turnstile.pauses == [(ANN, 3.0)]
    assert turnstile.passed == [ANN, ANN]


async def test_a_429_of_an_hour_is_not_waited_for_and_each_answer_given_up_is_counted(
    telegram: TelegramDouble, replies: Replies, turnstile: Passes
) -> None:
    telegram.fail(*[limited(3600, chat=ANN)] * 2)
    with capture_logs() as logs:
        for _ in range(2):
            assert await replies.say(TO_ANN, WORDS, ANN) is None
    assert turnstile.pauses == [(ANN, 3600.0)] * 2
    assert telegram.sent == []
    assert [entry["event"] for entry in logs] == ["an answer was given up"] * 2
    assert [(entry["wait_s"], entry["so_far"]) for entry in logs] == [(3600, 1), (3600, 2)]


async def test_in_private_40_seconds_are_waited_for_and_in_a_group_not(
    telegram: TelegramDouble, replies: Replies, turnstile: Passes
) -> None:
    telegram.fail(limited(40, chat=ANN), limited(40, chat=GROUP))
    assert await replies.say(TO_ANN, WORDS, ANN) is not None
    assert await replies.say(TO_GROUP, WORDS, ANN) is None
    assert [sent.chat for sent in telegram.sent] == [ANN]


async def test_a_group_that_moved_is_followed_and_its_buttons_with_it(
    telegram: TelegramDouble, replies: Replies, furnished: Furnished
) -> None:
    await telegram.upgrade(GROUP, -1055)
    await replies.say(TO_GROUP, WORDS, 0)
    assert [sent.chat for sent in telegram.sent] == [-1055]
    token = telegram.sent[0].data("5m").partition(":")[0]
    assert furnished.keyboards.kept[token].place == -1055


async def test_whom_an_answer_finds_moved_the_books_and_the_list_of_the_allowed_know(
    telegram: TelegramDouble,
    calls: Calls,
    turnstile: Passes,
    furnished: Furnished,
    clock: HastyClock,
) -> None:
    furnished.house.allowed = Allowed([("telegram", GROUP)])
    await telegram.upgrade(GROUP, -1055)
    moved = partial(follow, furnished.house)
    replies = Replies(calls, turnstile, furnished.keyboards, clock, moved)
    assert await replies.say(TO_GROUP, WORDS, 0) is not None
    assert furnished.told == [ChatMoved("telegram", GROUP, -1055)]
    assert furnished.house.allowed.admits("telegram", -1055)


async def test_an_answer_follows_a_group_even_where_its_move_cannot_be_stored(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes, clock: HastyClock
) -> None:
    async def full(old: int, new: int) -> None:
        raise StoreError("the disk is full")

    await telegram.upgrade(GROUP, -1055)
    replies = Replies(calls, turnstile, FakeKeyboards(), clock, full)
    assert await replies.say(TO_GROUP, WORDS, 0) is not None
    assert [sent.chat for sent in telegram.sent] == [-1055]


async def test_an_answer_that_may_have_arrived_is_not_repeated(
    telegram: TelegramDouble, replies: Replies
) -> None:
    telegram.fail(cut_after_accepting())
    assert await replies.say(TO_ANN, WORDS, ANN) is None
    assert telegram.calls == ["sendMessage"]


async def test_an_edit_that_may_have_arrived_is_repeated(
    telegram: TelegramDouble, replies: Replies
) -> None:
    sent = await replies.say(TO_ANN, WORDS, ANN)
    telegram.fail(cut_after_accepting(method="editMessageText"), gateway("editMessageText"))
    assert await replies.say(TO_ANN, Message(("new",)), ANN, edits=sent) == sent
    assert telegram.sent[0].text == "new"


async def test_who_blocks_the_bot_while_he_waits_gets_nothing_and_a_line_in_the_log(
    telegram: TelegramDouble, replies: Replies
) -> None:
    telegram.fail(blocked(ANN))
    with capture_logs() as logs:
        assert await replies.say(TO_ANN, WORDS, ANN) is None
    (entry,) = logs
    assert entry["event"] == "answer not delivered"
    assert (entry["outcome"], "blocked by the user" in entry["reason"]) == ("gone", True)


async def test_answers_in_a_chat_come_one_by_one_as_they_were_asked_for(
    telegram: TelegramDouble, replies: Replies
) -> None:
    telegram.slow_s = 0.02
    every = (replies.say(TO_ANN, Message((str(n),)), ANN) for n in range(5))
    await asyncio.gather(*every, replies.say(TO_BEN, WORDS, BEN))
    assert telegram.most_at_once == {ANN: 1, BEN: 1}
    assert [sent.text for sent in telegram.sent if sent.chat == ANN] == ["0", "1", "2", "3", "4"]


async def test_an_answer_without_a_turn_is_given_up_after_a_minute(
    telegram: TelegramDouble, bot: Bot, furnished: Furnished
) -> None:
    class Impatient(HastyClock):
        def timeout(self, seconds: float) -> asyncio.Timeout:
            return asyncio.timeout(0.05 if seconds == 60.0 else seconds)

    clock = Impatient()
    closed = Turnstile(Limits(), clock)
    closed.limited(TO_ANN, 3600.0)
    replies = Replies(Calls(bot, closed), closed, furnished.keyboards, clock)
    assert await replies.say(TO_ANN, WORDS, ANN) is None
    assert await replies.say(TO_BEN, WORDS, BEN) is not None
    assert [sent.chat for sent in telegram.sent] == [BEN]


async def test_where_files_are_not_taken_that_is_said_once(
    telegram: TelegramDouble, replies: Replies
) -> None:
    telegram.fail(bad("not enough rights to send documents to the chat", method="sendDocument"))
    await replies.give(TO_GROUP, (File("1.csv", b"1"), File("2.csv", b"2")), to=None)
    assert [sent.text for sent in telegram.sent] == [NO_FILES]


async def test_a_429_of_a_file_is_told_to_the_turnstile_and_the_rest_is_left(
    telegram: TelegramDouble, replies: Replies, turnstile: Passes
) -> None:
    telegram.fail(limited(3, method="sendDocument"))
    await replies.give(TO_ANN, (File("1.csv", b"1"), File("2.csv", b"2")), to=None)
    assert turnstile.pauses == [(ANN, 3.0)]
    assert telegram.sent == []


async def test_files_follow_a_group_that_moved(telegram: TelegramDouble, replies: Replies) -> None:
    await telegram.upgrade(GROUP, -1055)
    await replies.give(TO_GROUP, (File("1.csv", b"1"), File("2.csv", b"2")), to=None)
    assert [sent.chat for sent in telegram.sent] == [-1055, -1055]


async def test_a_call_counts_from_the_moment_at_which_it_is_written(
    telegram: TelegramDouble, bot: Bot, clock: HastyClock
) -> None:
    told = Turnstile(Limits(per_second=1), clock, told=True)
    telegram.slow_s = 60.0
    call = asyncio.create_task(Calls(bot, told).send(TO_ANN, WORDS))
    assert await until(lambda: bool(telegram.calls), 5.0)
    assert told.allowance(ahead_s=0.9) == 0
    assert told.allowance(ahead_s=1.1) == 1
    call.cancel()
