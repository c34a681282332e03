"""Pictures, quotes and files over real HTTP."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from bot.delivery.outcomes import Delivered, Retry
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import Message, Note, Paragraph
from handlers.discord.notify import DiscordNotifier
from tests.doubles.discord import Fault
from tests.handlers.discord.conftest import ALERTS, Scene

CHANNEL = Destination("discord", ALERTS)
PICTURE = Picture(b"\x89PNG one", "d1", "Liquidations in buckets of a minute: the largest at 02:41")
WORDS = Message(("Flush",), (Paragraph((("BTC $205M",),)), Note(("15 of 16 heard",))), loud=True)
SHOWN = replace(WORDS, picture=PICTURE)
POST = f"POST /channels/{ALERTS}/messages"


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
    assert len(scene.discord.messages[outcome.message or 0]["attachments"]) == 1


async def test_an_edit_of_the_words_leaves_the_attachments_alone(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Delivered)
    await notifier.deliver(CHANNEL, WORDS, "L1", edits=outcome.message)
    assert "attachments" not in scene.discord.edits[0][1]
    assert len(scene.discord.messages[outcome.message or 0]["attachments"]) == 1


async def test_a_newer_chart_takes_the_place_of_the_older(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Delivered)
    newer = replace(SHOWN, picture=Picture(b"\x89PNG two", "d2", "later"))
    await notifier.deliver(CHANNEL, newer, "L1", edits=outcome.message)
    (shown,) = scene.discord.messages[outcome.message or 0]["attachments"]
    assert shown["description"] == "later"


async def test_a_picture_that_discord_refuses_costs_the_picture_alone(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    scene.discord.fail(POST, Fault(413, 40005, "Request entity too large"))
    assert isinstance(await notifier.deliver(CHANNEL, SHOWN, "L1"), Delivered)
    (sent,) = scene.discord.posted_in(ALERTS)
    assert "uploads" not in sent


async def test_a_picture_in_the_way_of_a_limit_waits_like_words(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    scene.discord.fail(POST, Fault(500, 0, "Internal Server Error"))
    outcome = await notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(outcome, Retry)


async def test_a_message_answers_another_which_need_not_be_there(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await notifier.deliver(CHANNEL, WORDS, "L1", quotes=77)
    (sent,) = scene.discord.posted_in(ALERTS)
    reference = sent["message_reference"]
    assert (int(reference["message_id"]), reference["fail_if_not_exists"]) == (77, False)
    assert sent["allowed_mentions"]["replied_user"] is False
