"""Pictures, quotes and files over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from bot.delivery.outcomes import Delivered
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import File, Message, Note, Paragraph
from handlers.discord.notify import DiscordNotifier
from handlers.discord.pictures import attached
from handlers.discord.respond import NO_FILES
from tests.doubles.discord_objects import EPHEMERAL
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene, opened

CHANNEL = Destination("discord", ALERTS)
PICTURE = Picture(b"\x89PNG one", "d1", "Liquidations in buckets of a minute: the largest at 02:41")
WORDS = Message(("Flush",), (Paragraph((("BTC $205M",),)), Note(("15 of 16 heard",))), loud=True)
SHOWN = replace(WORDS, picture=PICTURE)


@pytest.fixture
async def notifier(scene: Scene) -> AsyncIterator[DiscordNotifier]:
    yield scene.platform.notifier


async def test_a_picture_stands_in_the_embed_and_can_be_read_out(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await notifier.deliver(CHANNEL, SHOWN, "L1")
    (sent,) = scene.discord.posted_in(ALERTS)
    assert sent["uploads"] == {"chart.png": PICTURE.png}
    (listed,) = sent["attachments"]
    assert (listed["filename"], listed["description"]) == ("chart.png", PICTURE.alt)
    assert sent["embeds"][0]["image"] == {"url": "attachment://chart.png"}
    assert (sent["nonce"], sent["enforce_nonce"]) == ("L1", True)


async def test_the_text_goes_first_and_the_chart_is_added_to_it(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, WORDS, "L1")
    assert isinstance(outcome, Delivered)
    assert await notifier.deliver(CHANNEL, SHOWN, "L1", edits=outcome.message) == outcome
    (edit,) = [sent for number, sent in scene.discord.edits if number == outcome.message]
    assert edit["uploads"] == {"chart.png": PICTURE.png}
    assert len(scene.discord.files[outcome.message]) == 1


async def test_an_edit_of_the_words_leaves_the_attachments_alone(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Delivered)
    await notifier.deliver(CHANNEL, WORDS, "L1", edits=outcome.message)
    assert "attachments" not in scene.discord.edits[0][1]
    shown = scene.discord.messages[outcome.message]
    assert "chart.png" in shown["embeds"][0]["image"]["url"]  # and not beside it
    assert shown["attachments"] == []
    assert len(scene.discord.files[outcome.message]) == 1


async def test_a_newer_chart_takes_the_place_of_the_older(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Delivered)
    newer = replace(SHOWN, picture=Picture(b"\x89PNG two", "d2", "later"))
    await notifier.deliver(CHANNEL, newer, "L1", edits=outcome.message)
    (shown,) = scene.discord.files[outcome.message]
    assert shown["description"] == "later"


async def test_a_message_answers_another_which_need_not_be_there(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await notifier.deliver(CHANNEL, WORDS, "L1", quotes=77)
    (sent,) = scene.discord.posted_in(ALERTS)
    reference = sent["message_reference"]
    assert (int(reference["message_id"]), reference["fail_if_not_exists"]) == (77, False)
    assert sent["allowed_mentions"]["replied_user"] is False


async def test_an_edit_after_a_restart_shows_the_picture_beside_the_words(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Delivered)
    async with opened(discord=scene.discord) as later:
        await speaking(later)
        again = await later.platform.notifier.deliver(CHANNEL, WORDS, "L1", edits=outcome.message)
    assert again == outcome
    shown = scene.discord.messages[outcome.message]
    assert "image" not in shown["embeds"][0]
    assert [file["filename"] for file in shown["attachments"]] == ["chart.png"]


async def speaking(scene: Scene) -> None:
    """Until its login has passed."""
    async with asyncio.timeout(5):
        while True:
            if await scene.platform.notifier.probe() is None:
                return
            await asyncio.sleep(0.01)


async def test_words_without_a_picture_are_plain_json_as_ever(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, WORDS, "L1")
    assert isinstance(outcome, Delivered)
    await notifier.deliver(CHANNEL, WORDS, "L1", edits=outcome.message)
    (sent,), ((_, edit),) = scene.discord.posted_in(ALERTS), scene.discord.edits
    assert not {"uploads", "attachments", "message_reference"} & {*sent, *edit}


async def test_a_head_alone_has_its_picture_as_an_attachment(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, replace(SHOWN, blocks=()), "L1")
    assert isinstance(outcome, Delivered)
    (shown,) = scene.discord.messages[outcome.message]["attachments"]
    assert shown["description"] == PICTURE.alt


async def test_an_answer_has_its_picture_and_its_files_behind_it(scene: Scene) -> None:
    scene.figures.picture = PICTURE
    scene.figures.files = (File("F311.csv", b"a,b"), File("F311.json", b"{}"))
    asked = await scene.discord.slash("figures", guild=GUILD, channel=ALERTS)
    await asked.answered(followups=1)
    assert asked.first["uploads"] == {"chart.png": PICTURE.png}
    assert asked.first["data"]["attachments"][0]["description"] == PICTURE.alt
    (files,) = asked.followups
    assert files["uploads"] == {"F311.csv": b"a,b", "F311.json": b"{}"}
    assert files["flags"] == EPHEMERAL


async def test_a_late_answer_has_them_too() -> None:
    async with opened(delay_s=0.2, defer_after_s=0.05) as scene:
        scene.figures.picture, scene.figures.files = PICTURE, (File("F311.csv", b"a,b"),)
        asked = await scene.discord.slash("figures", guild=GUILD, channel=ALERTS)
        await asked.answered(edits=1, followups=1)
    assert asked.edits[0]["uploads"] == {"chart.png": PICTURE.png}
    assert asked.followups[0]["uploads"] == {"F311.csv": b"a,b"}


async def test_where_no_files_are_taken_an_answer_is_words_and_says_so(scene: Scene) -> None:
    scene.discord.without_files.add(ALERTS)
    scene.figures.picture, scene.figures.files = PICTURE, (File("F311.csv", b"a,b"),)
    asked = await scene.discord.slash("figures", guild=GUILD, channel=ALERTS)
    await asked.answered(followups=1)
    assert asked.first["data"]["content"] == "Figures of all"
    assert "uploads" not in asked.first
    assert asked.followups[0]["content"] == NO_FILES


def test_files_are_as_many_as_one_message_takes() -> None:
    small = tuple(File(f"{n}.csv", b"1") for n in range(12))
    large = (File("1.png", bytes(6 * 2**20)), File("2.png", bytes(6 * 2**20)))
    assert [file.filename for file in attached(small)] == [f"{n}.csv" for n in range(10)]
    assert [file.filename for file in attached(large)] == ["1.png"]
