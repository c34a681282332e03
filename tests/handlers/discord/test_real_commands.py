"""The real commands through the real platform: what a person in a server sees."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.ports import Chat
from bot.rules import Destination
from bot.wording.text import Button, Message
from tests.doubles.discord_objects import EPHEMERAL, MANAGE_GUILD, Json
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene, a_rule, opened
from tests.handlers.discord.test_setup import ids, press, text

HERE = {"guild": GUILD, "channel": ALERTS}
ME = Destination("discord", 42, direct=True)
FILLED = {"coin": "BTC", "window": "1h", "metric": "long", "above": "50m"}


@pytest.fixture
async def real() -> AsyncIterator[Scene]:
    async with opened(fake_commands=False) as scene:
        yield scene


async def add(scene: Scene, **more: Any) -> Json:
    """``/alert add coin window metric above`` by person 42; the answer."""
    options = [{"name": name, "type": 3, "value": value} for name, value in FILLED.items()]
    form = [{"name": "add", "type": 1, "options": options}]
    asked = await scene.discord.slash("alert", form, person=42, **{**HERE, **more})
    await asked.answered()
    answer: Json = asked.first["data"]
    return answer


@pytest.mark.parametrize("permissions", [0, MANAGE_GUILD])
async def test_an_alert_is_personal_and_proved_by_a_direct_message(
    real: Scene, permissions: int
) -> None:
    answer = await add(real, permissions=permissions)
    (rule,) = real.furnished.rulebook.rules.values()
    assert rule.destination == ME
    assert answer["flags"] & EPHEMERAL
    assert "I have just sent you a DM" in text(answer)
    assert len(real.discord.posted_in(real.discord.direct[42])) == 1


async def test_closed_direct_messages_are_said_at_once(real: Scene) -> None:
    real.discord.closed_dms.add(42)
    assert "I cannot DM you" in text(await add(real))


async def test_in_direct_messages_nothing_has_to_be_proved(real: Scene) -> None:
    answer = await add(real, guild=None, channel=77)
    assert "DM" not in text(answer)
    assert real.discord.posts == []


async def test_the_list_is_the_askers_own_and_a_button_deletes(real: Scene) -> None:
    await add(real)
    listed = await real.discord.slash(
        "alert", [{"name": "list", "type": 1, "options": []}], person=42, **HERE
    )
    shown = (await listed.answered()).first["data"]
    assert "BTC" in text(shown)
    one = await press(real, listed, "1", person=42)
    await press(real, one, "Delete", person=42)
    assert real.furnished.rulebook.rules == {}


async def test_figures_are_turned_in_place_by_their_buttons(real: Scene) -> None:
    asked = await (await real.discord.slash("liqs", **HERE)).answered()
    shown = asked.first["data"]
    assert asked.ephemeral
    assert len(ids(shown)) == len(set(ids(shown)))
    pressed = await press(real, asked, "BTC")
    assert pressed.first["type"] == 7
    assert "BTC" in pressed.first["data"]["content"]


async def test_a_shared_answers_buttons_belong_to_its_asker(real: Scene) -> None:
    options = [{"name": "share", "type": 3, "value": "yes"}]
    asked = await (await real.discord.slash("liqs", options, person=42, **HERE)).answered()
    assert not asked.ephemeral
    foreign = await press(real, asked, "BTC", person=66)
    assert foreign.first["type"] == 4
    assert foreign.ephemeral
    assert foreign.told["content"] == "This button belongs to someone else."
    own = await press(real, asked, "BTC", person=42)
    assert own.first["type"] == 7


@pytest.mark.parametrize("permissions", [0, MANAGE_GUILD])
async def test_only_managers_mute_a_channels_alerts(real: Scene, permissions: int) -> None:
    channel = Destination("discord", ALERTS)
    await real.furnished.rulebook.add(a_rule(channel), 200)
    alert = Message(("🔻 $526M+",), buttons=((Button("Mute 1 h", "mute|1h"),),))
    await real.platform.notifier.deliver(channel, alert, "L1")
    (posted,) = real.discord.messages.values()
    pressed = await real.discord.press(ids(posted)[0], posted, permissions=permissions, **HERE)
    await pressed.answered()
    assert pressed.ephemeral
    chat = real.furnished.chats.saved.get(channel, Chat(channel))
    assert bool(chat.muted_until_ms) is bool(permissions)


async def test_an_unknown_coin_is_answered_with_near_names(real: Scene) -> None:
    asked = await real.discord.slash("liqs", [{"name": "coin", "type": 3, "value": "BTCC"}], **HERE)
    shown = (await asked.answered()).first["data"]
    assert "BTCC" in text(shown)
    assert "BTC" in text(shown).split("BTCC")[1]
