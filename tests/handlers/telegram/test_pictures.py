"""Pictures, quotes and files against a Bot API server: added, kept, uploaded once."""

import pytest
from msgspec.structs import replace

from bot.delivery.outcomes import Delivered
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import Bold, Button, File, Message, Paragraph
from handlers.talk import House, Reply, Request
from handlers.telegram.calls import Calls
from handlers.telegram.notify import TelegramNotifier
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_media import SIGNATURE
from tests.handlers.telegram.conftest import Running

ANN = 41
GROUP = -1001234567890
TO_ANN = Destination("telegram", ANN, direct=True)
TO_GROUP = Destination("telegram", GROUP, 7)
PICTURE = Picture(SIGNATURE + b"one", "d1", "a chart")
OTHER = Picture(SIGNATURE + b"two", "d2", "another")
WORDS = Message(("Flush <$5M>",), (Paragraph((("now ", Bold("$7M")),)),), loud=True)
SHOWN = replace(WORDS, picture=PICTURE)


@pytest.fixture(autouse=True)
def known(telegram: TelegramDouble) -> None:
    telegram.group(GROUP, topics=(7,))
    telegram.meet(ANN)


async def test_a_picture_has_the_words_as_its_caption(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    with_button = replace(SHOWN, buttons=((Button("Mute", "mute|1h"),),))
    outcome = await notifier.deliver(TO_GROUP, with_button, "L1")
    (sent,) = telegram.sent
    assert outcome == Delivered(sent.id)
    assert (sent.photo, sent.text) == (PICTURE.png, "Flush <$5M>\nnow $7M")
    assert [entity.kind for entity in sent.entities] == ["bold", "bold"]
    assert (sent.thread, sent.silent, len(sent.buttons)) == (7, False, 1)


async def test_the_text_goes_first_and_the_chart_is_added_to_it(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, WORDS, "L1")
    (sent,) = telegram.sent
    assert await notifier.deliver(TO_ANN, SHOWN, "L1", edits=sent.id) == Delivered(sent.id)
    assert (sent.photo, sent.text, sent.edits) == (PICTURE.png, "Flush <$5M>\nnow $7M", 1)
    assert len(telegram.sent) == 1


async def test_an_edit_of_the_words_keeps_the_picture(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, SHOWN, "L1")
    (sent,) = telegram.sent
    fading = replace(WORDS, head=("Fading",))
    assert await notifier.deliver(TO_ANN, fading, "L1", edits=sent.id) == Delivered(sent.id)
    assert (sent.photo, sent.text) == (PICTURE.png, "Fading\nnow $7M")
    assert telegram.calls == ["sendPhoto", "editMessageText", "editMessageCaption"]


async def test_a_newer_picture_takes_the_place_of_the_older(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, SHOWN, "L1")
    await notifier.deliver(TO_ANN, replace(SHOWN, picture=OTHER), "L1", edits=telegram.sent[0].id)
    assert telegram.sent[0].photo == OTHER.png


async def test_the_same_again_is_no_mistake(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, SHOWN, "L1")
    first = telegram.sent[0].id
    assert await notifier.deliver(TO_ANN, SHOWN, "L1", edits=first) == Delivered(first)


async def test_a_picture_is_uploaded_once_and_sent_to_many(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    for person in (ANN, *(telegram.meet(100 + n) for n in range(5))):
        await notifier.deliver(Destination("telegram", person, direct=True), SHOWN, "L1")
    assert telegram.shelf.uploads == 1
    assert {sent.photo for sent in telegram.sent} == {PICTURE.png}


async def test_an_id_that_telegram_knows_no_more_is_uploaded_again(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, SHOWN, "L1")
    telegram.shelf.forget()
    assert isinstance(await notifier.deliver(TO_GROUP, SHOWN, "L2"), Delivered)
    assert telegram.shelf.uploads == 2
    await notifier.deliver(TO_GROUP, SHOWN, "L3")
    assert telegram.shelf.uploads == 2


async def test_a_message_answers_another_and_is_sent_though_that_is_gone(
    telegram: TelegramDouble, notifier: TelegramNotifier
) -> None:
    await notifier.deliver(TO_ANN, WORDS, "L1")
    await notifier.deliver(TO_ANN, WORDS, "L2", quotes=telegram.sent[0].id)
    await notifier.deliver(TO_ANN, SHOWN, "L3", quotes=999_999)
    assert [sent.reply_to for sent in telegram.sent] == [None, telegram.sent[0].id, None]


async def test_a_file_is_given_as_it_is(telegram: TelegramDouble, calls: Calls) -> None:
    await calls.send(TO_GROUP, WORDS)
    question, file = telegram.sent[0].id, File("F311.csv", b"a,b\n1,2\n")
    outcome = await calls.give(TO_GROUP, file, to=question)
    sent = telegram.sent[-1]
    assert outcome == Delivered(sent.id)
    assert (sent.document, sent.thread, sent.reply_to) == ((file.name, file.content), 7, question)


async def test_an_answer_has_its_files_behind_it(
    telegram: TelegramDouble, running: Running
) -> None:
    files = (File("F311.png", b"1"), File("F311.csv", b"2"))

    async with running(Filing(Reply(WORDS, files=files))):
        await telegram.say("/flush 311", ANN)
        await telegram.messages(3)
    assert [sent.document for sent in telegram.sent] == [
        None,
        ("F311.png", b"1"),
        ("F311.csv", b"2"),
    ]


class Filing:
    """A router with one answer for everything."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def answer(self, name: str, request: Request, house: House) -> Reply:
        return self._reply

    async def press(self, data: str, request: Request, house: House) -> Reply:
        return self._reply

    async def overheard(self, request: Request, house: House) -> Reply:
        return self._reply

    def parse_typed(self, text: str, bot_name: str) -> tuple[str, str] | None:
        return "flush", "311"
