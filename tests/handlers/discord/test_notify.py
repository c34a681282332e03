"""What a delivery over real HTTP comes to."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.delivery.outcomes import Delivered, Gone, Retry, Unauthorized
from bot.ports import Chat, Keyboard, Notification
from bot.rules import Destination, Notice
from bot.wording.text import Bold, Button, Message, Moment, Note, Paragraph, Tone
from handlers.discord.notify import DiscordNotifier
from tests.doubles.discord import Fault
from tests.handlers.discord.conftest import ALERTS, LOCKED, PERPS, Scene

CHANNEL = Destination("discord", ALERTS)
OTHER = Destination("discord", LOCKED)
PERSON = Destination("discord", 42, direct=True)
ALERT = Message(
    ("🔻 $526M+ liquidated in 1 h · 87% longs",),
    (
        Paragraph((("BTC ", Bold("−4.9%"), " at ", Moment(1_795_311_660_000)),)),
        Paragraph((("Longs $458M",),), title="Split"),
        Note(("15 of 16 exchanges heard",)),
    ),
    ((Button("Mute 1 h", "mute|1h"),),),
    tone=Tone.LONG,
    loud=True,
)
POST = f"POST /channels/{ALERTS}/messages"


@pytest.fixture
async def notifier(scene: Scene) -> AsyncIterator[DiscordNotifier]:
    yield scene.platform.notifier


async def test_an_alert_reaches_a_channel_with_its_head_in_content_and_mentions_nobody(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    outcome = await notifier.deliver(CHANNEL, ALERT, "L7")
    (sent,) = scene.discord.posted_in(ALERTS)
    assert outcome == Delivered(next(iter(scene.discord.messages)))
    assert sent["content"] == "🔻 $526M+ liquidated in 1 h · 87% longs"
    assert sent["allowed_mentions"]["parse"] == []
    assert not sent["allowed_mentions"].get("roles")
    assert (sent["nonce"], sent["enforce_nonce"]) == ("L7", True)
    (embed,) = sent["embeds"]
    assert embed["description"] == "BTC **−4.9%** at <t:1795311660:t>"
    assert embed["fields"] == [{"name": "Split", "value": "Longs $458M", "inline": False}]
    assert embed["footer"]["text"] == "15 of 16 exchanges heard"
    assert embed["color"] == 0xD64545
    (token,) = scene.furnished.keyboards.kept
    assert sent["components"][0]["components"][0]["custom_id"] == f"{token}:0"
    kept = scene.furnished.keyboards.kept[token]
    assert kept == Keyboard("discord", ALERTS, 0, ("mute|1h",))


async def test_the_buttons_of_a_direct_message_are_its_readers(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await notifier.deliver(PERSON, ALERT, "L1")
    (kept,) = scene.furnished.keyboards.kept.values()
    assert kept == Keyboard("discord", scene.discord.direct[42], 42, ("mute|1h",))


async def test_the_nonce_of_a_notification_travels_whole(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    largest = Notification(2**40, CHANNEL, Notice("x", 0), 1_900_000_000_000)
    assert len(largest.nonce) <= 25
    await notifier.deliver(CHANNEL, ALERT, largest.nonce)
    await notifier.deliver(CHANNEL, ALERT, largest.nonce)
    (sent,) = scene.discord.posted_in(ALERTS)
    assert sent["nonce"] == largest.nonce


async def test_a_message_whose_buttons_cannot_be_stored_waits(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    scene.furnished.keyboards.broken = True
    outcome = await notifier.deliver(CHANNEL, ALERT, "L1")
    assert isinstance(outcome, Retry)
    assert not outcome.unknown
    assert scene.discord.posts == []


async def test_a_probe_asks_who_we_are(scene: Scene, notifier: DiscordNotifier) -> None:
    assert await notifier.probe() is None
    assert scene.discord.arrivals[-1].path == "GET /users/@me"
    scene.discord.fail("GET /users/@me", Fault(401))
    assert isinstance(await notifier.probe(), Unauthorized)
    scene.discord.fail("GET /users/@me", Fault(503))
    down = await notifier.probe()
    assert isinstance(down, Retry)
    assert down.platform_wide


async def test_the_role_of_a_channel_is_mentioned_by_loud_messages_alone(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await scene.furnished.chats.save(Chat(CHANNEL, role=PERPS))
    await notifier.deliver(CHANNEL, ALERT, "L1")
    await notifier.deliver(CHANNEL, Message(("A notice",)), "L2")
    loud, quiet = scene.discord.posted_in(ALERTS)
    assert loud["content"].startswith(f"<@&{PERPS}> 🔻")
    assert loud["allowed_mentions"] == {"parse": [], "roles": [PERPS]}
    assert quiet["content"] == "A notice"
    assert not quiet["allowed_mentions"].get("roles")


async def test_a_thread_is_written_to_by_its_own_id(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    await notifier.deliver(Destination("discord", ALERTS, thread=999), ALERT, "L1")
    assert scene.discord.posted_in(999)


async def test_a_person_gets_direct_messages_and_the_channel_is_opened_once(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    for number in range(3):
        assert isinstance(await notifier.deliver(PERSON, ALERT, f"L{number}"), Delivered)
    assert len(scene.discord.posted_in(scene.discord.direct[42])) == 3
    assert scene.discord.opened == 1


async def test_closed_direct_messages_are_the_end(scene: Scene, notifier: DiscordNotifier) -> None:
    scene.discord.closed_dms.add(42)
    assert await notifier.deliver(PERSON, ALERT, "L1") == Gone("closed DMs")


async def test_a_deleted_channel_is_the_end(scene: Scene, notifier: DiscordNotifier) -> None:
    scene.discord.unknown_channels.add(ALERTS)
    assert await notifier.deliver(CHANNEL, ALERT, "L1") == Gone(
        "the channel was deleted", chat_wide=True
    )


async def test_a_429_of_one_channel_comes_back_while_another_goes_on(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    scene.discord.fail(POST, Fault(429, retry_after=12))
    limited, free = await asyncio.gather(
        notifier.deliver(CHANNEL, ALERT, "L1"), notifier.deliver(OTHER, ALERT, "L2")
    )
    assert limited == Retry(12.0, "Discord asked to wait", limited=True)
    assert isinstance(free, Delivered)


async def test_an_edit_changes_the_message_and_a_deleted_one_is_sent_anew(
    scene: Scene, notifier: DiscordNotifier
) -> None:
    sent = await notifier.deliver(CHANNEL, ALERT, "L1")
    assert isinstance(sent, Delivered)
    assert await notifier.deliver(CHANNEL, ALERT, "L1", edits=sent.message) == sent
    assert len(scene.discord.posts) == 1
    number, edit = scene.discord.edits[0]
    assert number == sent.message
    assert edit["allowed_mentions"]["parse"] == []
    anew = await notifier.deliver(CHANNEL, ALERT, "L1", edits=12345)
    assert isinstance(anew, Delivered)
    assert anew != sent
    assert len(scene.discord.posts) == 2
