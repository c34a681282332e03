"""What Telegram will not take with a picture it takes without, and each error has its meaning."""

import pytest
from msgspec.structs import replace
from telegram import Bot

from bot.clock import SystemClock
from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry, Unauthorized
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import Bold, Button, File, Message, Paragraph
from handlers.telegram.calls import Calls
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_media import SIGNATURE
from tests.doubles.telegram_wire import (
    Fault,
    bad,
    blocked,
    cut_after_accepting,
    gateway,
    limited,
    migrated,
    unauthorized,
)

ANN = 41
TO_ANN = Destination("telegram", ANN, direct=True)
PICTURE = Picture(SIGNATURE + b"one", "d1", "a chart")
WORDS = Message(
    ("Flush <$5M>",),
    (Paragraph((("now ", Bold("$7M")),)),),
    ((Button("Mute", "mute|1h"),),),
)
SHOWN = replace(WORDS, picture=PICTURE)
LONG = replace(SHOWN, blocks=tuple(Paragraph((("x" * 50,),)) for _ in range(25)))
METHODS = ("sendPhoto", "editMessageMedia")
WORDED = {"sendPhoto": "sendMessage", "editMessageMedia": "editMessageText"}


class Passes(Turnstile):
    """Lets everything pass and remembers whether it was an answer or an alert."""

    def __init__(self) -> None:
        super().__init__(Limits(), SystemClock())
        self.passed: list[str] = []

    async def answer(self, destination: Destination) -> None:
        self.passed.append("answer")

    async def alert(self, destination: Destination) -> None:
        self.passed.append("alert")


@pytest.fixture(autouse=True)
def known(telegram: TelegramDouble) -> None:
    telegram.meet(ANN)


@pytest.fixture
def turnstile() -> Passes:
    return Passes()


@pytest.fixture
def calls(bot: Bot, turnstile: Passes) -> Calls:
    return Calls(bot, turnstile)


async def told(calls: Calls, telegram: TelegramDouble, method: str) -> Outcome:
    """A picture on its way by ``method``, as an alert."""
    if method == "sendPhoto":
        return await calls.send(TO_ANN, SHOWN, alert=True)
    return await calls.edit(TO_ANN, SHOWN, telegram.sent[0].id, alert=True)


async def begun(calls: Calls, method: str) -> None:
    """What is edited was sent before."""
    if method != "sendPhoto":
        await calls.send(TO_ANN, Message(("Flush",)), alert=True)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (limited(7), Retry(7.0, "Telegram asked to wait", limited=True)),
        (Fault(500, "Internal Server Error"), Retry(5.0, "Internal Server Error", unknown=True)),
        (gateway(), Retry(5.0, "Bad Gateway", unknown=True, platform_wide=True)),
        (cut_after_accepting(), Retry(5.0, "no answer (RemoteProtocolError)", unknown=True)),
        (migrated(-1001234567890123, ANN), Moved(-1001234567890123)),
        (blocked(), Gone("Forbidden: bot was blocked by the user", chat_wide=True)),
        (bad("chat not found"), Gone("Chat not found", chat_wide=True)),
        (bad("TOPIC_CLOSED"), Gone("Topic_closed")),
        (unauthorized("sendPhoto"), Unauthorized("Telegram refused the token")),
    ],
    ids=lambda row: f"{row.status or 'cut'}" if isinstance(row, Fault) else type(row).__name__,
)
async def test_what_is_said_of_a_picture_means_what_it_means_of_words(
    telegram: TelegramDouble, calls: Calls, method: str, fault: Fault, outcome: Outcome
) -> None:
    await begun(calls, method)
    telegram.fail(replace(fault, method=method))
    if isinstance(outcome, Retry) and method == "editMessageMedia":
        outcome = replace(outcome, unknown=False)  # an edit may be made again
    before = len(telegram.calls)
    assert await told(calls, telegram, method) == outcome
    assert telegram.calls[before:] == [method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "fault",
    [
        bad("not enough rights to send photos to the chat"),
        bad("CHAT_SEND_PHOTOS_FORBIDDEN"),
        Fault(403, "Forbidden: CHAT_SEND_MEDIA_FORBIDDEN"),
        Fault(413, "Request Entity Too Large"),
        Fault(413, "", page=True),
        bad("IMAGE_PROCESS_FAILED"),
        bad("PHOTO_INVALID_DIMENSIONS"),
        bad("message caption is too long"),
    ],
    ids=lambda fault: fault.description or str(fault.status),
)
async def test_where_no_picture_is_taken_the_words_go_alone_with_all_that_is_theirs(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes, method: str, fault: Fault
) -> None:
    await begun(calls, method)
    telegram.fail(replace(fault, method=method))
    outcome = await told(calls, telegram, method)
    (sent,) = telegram.sent
    assert outcome == Delivered(sent.id)
    assert (sent.photo, sent.text, len(sent.entities)) == (None, "Flush <$5M>\nnow $7M", 2)
    assert sent.data("Mute") == "mute|1h"
    assert telegram.calls[-2:] == [method, WORDED[method]]
    assert turnstile.passed == ["alert"]


@pytest.mark.parametrize("method", METHODS)
async def test_what_is_wrong_with_the_words_too_costs_their_markup(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes, method: str
) -> None:
    await begun(calls, method)
    telegram.fail(bad("BUTTON_DATA_INVALID", method=method))
    telegram.fail(bad("BUTTON_DATA_INVALID", method=WORDED[method]))
    assert isinstance(await told(calls, telegram, method), Delivered)
    assert (telegram.sent[0].entities, telegram.sent[0].buttons) == ([], [])
    assert turnstile.passed == ["alert", "alert"]


async def test_a_picture_that_is_none_is_not_taken_by_the_double_either(
    telegram: TelegramDouble, calls: Calls
) -> None:
    broken = replace(SHOWN, picture=Picture(b"no picture", "d3", ""))
    assert isinstance(await calls.send(TO_ANN, broken), Delivered)
    assert telegram.sent[0].photo is None


async def test_words_too_long_for_a_caption_go_first_and_the_picture_answers_them(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes
) -> None:
    outcome = await calls.send(TO_ANN, LONG, alert=True)
    words, picture = telegram.sent
    assert outcome == Delivered(words.id)
    assert (words.photo, words.silent, len(words.buttons)) == (None, False, 1)
    assert (picture.photo, picture.text, picture.buttons) == (PICTURE.png, "", [])
    assert (picture.reply_to, picture.silent) == (words.id, True)
    assert turnstile.passed == ["alert"]


@pytest.mark.parametrize("fault", [limited(3600), blocked(), cut_after_accepting()])
async def test_a_picture_that_cannot_follow_takes_nothing_back(
    telegram: TelegramDouble, calls: Calls, fault: Fault
) -> None:
    telegram.fail(replace(fault, method="sendPhoto"))
    assert await calls.send(TO_ANN, LONG) == Delivered(telegram.sent[0].id)


async def test_words_that_outgrow_their_picture_are_cut_below_it(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes
) -> None:
    await calls.send(TO_ANN, SHOWN, alert=True)
    (sent,) = telegram.sent
    assert await calls.edit(TO_ANN, LONG, sent.id, alert=True) == Delivered(sent.id)
    assert sent.photo == PICTURE.png
    assert sent.text.startswith("Flush <$5M>\nxxx")
    assert sent.text.endswith("x\n…")
    assert turnstile.passed == ["alert"]


async def test_each_call_for_a_person_passes_as_an_answer(
    telegram: TelegramDouble, calls: Calls, turnstile: Passes
) -> None:
    await calls.send(TO_ANN, SHOWN)
    await calls.edit(TO_ANN, WORDS, telegram.sent[0].id)  # once as text, once as caption
    telegram.shelf.forget()
    await calls.send(TO_ANN, SHOWN)  # once by its id, once whole
    assert turnstile.passed == ["answer"] * len(telegram.calls) == ["answer"] * 5


async def test_words_without_a_picture_are_one_call_as_ever(
    telegram: TelegramDouble, calls: Calls
) -> None:
    await calls.send(TO_ANN, WORDS)
    await calls.edit(TO_ANN, replace(WORDS, head=("Over",)), telegram.sent[0].id)
    assert telegram.calls == ["sendMessage", "editMessageText"]


async def test_a_picture_for_a_message_that_is_lost_is_sent_anew_in_silence(
    telegram: TelegramDouble, calls: Calls
) -> None:
    assert await calls.edit(TO_ANN, SHOWN, 999) == Delivered(telegram.sent[0].id)
    assert (telegram.sent[0].photo, telegram.sent[0].silent) == (PICTURE.png, True)


async def test_where_files_are_not_taken_the_chat_is_not_given_up(
    telegram: TelegramDouble, calls: Calls
) -> None:
    text = "not enough rights to send documents to the chat"
    telegram.fail(bad(text, method="sendDocument"))
    outcome = await calls.give(TO_ANN, File("F311.csv", b"1"), to=None)
    assert outcome == Refused(text.capitalize())
