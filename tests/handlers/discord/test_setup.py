"""``/setup``: who may, what is missing, what is switched on, and what is posted."""

from typing import Any

import pytest

from bot.events import RuleRemoved, RuleSaved
from bot.rules import Destination
from handlers.discord.setup import ONLY_MANAGERS
from handlers.discord.setup_plan import Plan
from tests.doubles.discord import Exchanged
from tests.doubles.discord_objects import ADMINISTRATOR, EPHEMERAL, MANAGE_GUILD, Json, message
from tests.handlers.discord.conftest import ALERTS, GUILD, LOCKED, PERPS, Scene

HERE = {"guild": GUILD, "channel": ALERTS}
CHANNEL = Destination("discord", ALERTS)


async def setup(scene: Scene, *options: Json, **more: Any) -> Exchanged:
    """The command by somebody who may manage the server, unless ``permissions`` say otherwise."""
    asked = await scene.discord.slash(
        "setup", list(options), **{"permissions": MANAGE_GUILD, **HERE, **more}
    )
    return await asked.answered(edits=1)


async def press(scene: Scene, screen: Exchanged, verb: str, **more: Any) -> Json:
    """Press the component of a screen with this verb; the screen that follows."""
    shown = screen.edits[-1]
    custom_id = next(one for one in ids(shown) if one.startswith(f"setup|{verb}|"))
    under = message(32, ALERTS, {**shown, "flags": EPHEMERAL}, 11)
    pressed = await scene.discord.press(
        custom_id, under, **{"permissions": MANAGE_GUILD, **HERE, **more}
    )
    await pressed.answered(edits=1)
    return pressed.edits[-1]


def ids(shown: Json) -> list[str]:
    return [one["custom_id"] for row in shown["components"] for one in row["components"]]


def text(shown: Json) -> str:
    return shown["content"] + " " + " ".join(e.get("description", "") for e in shown["embeds"])


async def test_a_member_is_refused_by_the_handler_itself(scene: Scene) -> None:
    asked = await setup(scene, permissions=0)
    assert asked.ephemeral
    assert asked.edits[0]["content"] == ONLY_MANAGERS
    assert asked.edits[0]["components"] == []


async def test_a_member_cannot_press_what_he_was_never_shown(scene: Scene) -> None:
    shown = await press(scene, await setup(scene), "on", permissions=0, person=66)
    assert shown["content"] == ONLY_MANAGERS
    assert scene.furnished.rulebook.rules == {}
    assert scene.discord.posts == []


async def test_an_administrator_may(scene: Scene) -> None:
    asked = await setup(scene, permissions=ADMINISTRATOR)
    assert asked.edits[0]["content"] == "Alerts will go to #liquidations"


async def test_the_plan_names_what_it_may_and_changes_nothing(scene: Scene) -> None:
    asked = await setup(scene)
    assert asked.ephemeral
    told = text(asked.edits[0])
    assert "✅ see it · ✅ write · ✅ embeds · ✅ pictures · ✅ use threads" in told
    assert "About once a week" in told
    assert "No ping." in told
    assert scene.furnished.rulebook.rules == {}
    assert scene.discord.posts == []


async def test_a_missing_permission_is_named_with_the_way_to_mend_it(scene: Scene) -> None:
    asked = await setup(
        scene,
        {"name": "channel", "type": 7, "value": str(LOCKED)},
        resolved={
            "channels": {
                str(LOCKED): {"id": str(LOCKED), "type": 0, "name": "quiet", "permissions": "0"}
            }
        },
    )
    shown = asked.edits[0]
    assert shown["content"] == "I cannot write in #quiet yet"
    assert "❌ Embed Links is off for me there." in text(shown)
    assert "Channel → Edit → Permissions → Liqwatch → Embed Links ✓" in text(shown)
    assert [one.split("|")[1] for one in ids(shown)] == ["plan", "where"]


async def test_check_again_sees_that_it_was_mended(scene: Scene) -> None:
    scene.discord.guilds[0].channels[0].denied = 1 << 14
    channel = scene.discord.guilds[0].channels[0]
    await scene.discord.gateway.dispatch("CHANNEL_UPDATE", channel.json(GUILD))
    asked = await setup(scene)
    assert asked.edits[0]["content"].startswith("I cannot write")
    channel.denied = 0
    await scene.discord.gateway.dispatch("CHANNEL_UPDATE", channel.json(GUILD))
    assert (await press(scene, asked, "plan"))["content"] == "Alerts will go to #liquidations"


async def test_another_channel_may_be_chosen(scene: Scene) -> None:
    asked = await setup(scene, channel=LOCKED)
    shown = await press(scene, asked, "where", values=[str(ALERTS)])
    assert shown["content"] == "Alerts will go to #liquidations"


async def test_switch_on_saves_the_rule_and_the_role_and_posts_a_test(scene: Scene) -> None:
    asked = await setup(
        scene,
        {"name": "how_often", "type": 3, "value": "medium"},
        {"name": "ping", "type": 8, "value": str(PERPS)},
        resolved={"roles": {str(PERPS): {"id": str(PERPS), "name": "perps"}}},
    )
    assert "Ping: perps." in text(asked.edits[0])
    shown = await press(scene, asked, "on")
    (rule,) = scene.furnished.rulebook.rules.values()
    assert (rule.destination, rule.author) == (CHANNEL, 11)
    assert any(isinstance(event, RuleSaved) for event in scene.furnished.told)
    chat = scene.furnished.chats.saved[CHANNEL]
    assert (chat.state, chat.role) == ("active", PERPS)
    assert shown["content"] == "On in #liquidations. Test posted there."
    (posted,) = scene.discord.posted_in(ALERTS)
    assert "TEST" in posted["content"]
    assert not posted["allowed_mentions"].get("roles")
    assert "<@&" not in posted["content"]


async def test_switch_on_says_when_the_test_could_not_be_posted(scene: Scene) -> None:
    asked = await setup(scene)
    scene.discord.unknown_channels.add(ALERTS)
    shown = await press(scene, asked, "on")
    assert "could not be posted: the channel was deleted" in shown["content"]


async def test_another_preset_takes_the_place_of_the_first(scene: Scene) -> None:
    await press(scene, await setup(scene), "on")
    again = await setup(scene)
    assert "On now:" in text(again.edits[0])
    changed = await scene.discord.press(
        next(one for one in ids(again.edits[0]) if "|often|" in one),
        message(32, ALERTS, {"flags": EPHEMERAL}, 11),
        values=["many"],
        permissions=MANAGE_GUILD,
        **HERE,
    )
    await changed.answered(edits=1)
    await press(scene, changed, "on")
    assert len(scene.furnished.rulebook.rules) == 1
    assert any(isinstance(event, RuleRemoved) for event in scene.furnished.told)


async def test_switch_off_removes_the_channels_rules(scene: Scene) -> None:
    await press(scene, await setup(scene), "on")
    shown = await press(scene, await setup(scene), "off")
    assert shown["content"].startswith("Off.")
    assert scene.furnished.rulebook.rules == {}


async def test_answers_may_be_set_to_be_for_everybody(scene: Scene) -> None:
    asked = await setup(scene)
    shown = await press(scene, asked, "share", values=["1"])
    asked.edits.append(shown)
    await press(scene, asked, "on")
    assert scene.furnished.chats.saved[CHANNEL].share


async def test_a_test_alone_changes_nothing(scene: Scene) -> None:
    shown = await press(scene, await setup(scene), "test")
    assert shown["content"].startswith("Test posted there. Alerts will go to #liquidations")
    assert scene.furnished.rulebook.rules == {}
    assert len(scene.discord.posted_in(ALERTS)) == 1


async def test_cancel_changes_nothing(scene: Scene) -> None:
    shown = await press(scene, await setup(scene), "cancel")
    assert shown["content"] == "Nothing was changed."
    assert scene.furnished.rulebook.rules == {}


@pytest.mark.parametrize(
    ("role", "said"),
    [(PERPS + 1, "it does not ring"), (GUILD, "I never mention everyone")],
)
async def test_a_role_that_would_not_ring_is_said(scene: Scene, role: int, said: str) -> None:
    shown = await press(scene, await setup(scene), "ping", values=[str(role)])
    assert said in text(shown)


async def test_everyone_is_never_saved_as_a_role(scene: Scene) -> None:
    asked = await setup(scene)
    asked.edits.append(await press(scene, asked, "ping", values=[str(GUILD)]))
    await press(scene, asked, "on")
    assert scene.furnished.chats.saved[CHANNEL].role == 0


async def test_where_the_bot_is_no_member_it_says_so(scene: Scene) -> None:
    asked = await setup(scene, guild=999, channel=998)
    assert asked.edits[0]["content"].startswith("I am not a member of this server")


def test_the_longest_plan_fits_into_an_id() -> None:
    largest = 2**63 - 1
    plan = Plan(largest, largest, "medium", largest, True)
    assert len(plan.action("cancel")) <= 100
    assert Plan.read(plan.action("cancel")) == ("cancel", plan)


@pytest.mark.parametrize(
    "forged", ["setup|on|x|0|big|0|0", "setup|on", "liqs|BTC", "setup|a|²|0||0|0"]
)
def test_a_forged_plan_is_no_plan(forged: str) -> None:
    assert Plan.read(forged) is None
