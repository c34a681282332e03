"""``/setup``: who may, what is missing, what is switched on, and what is posted."""

import re
from typing import Any

import pytest

from bot.events import RuleRemoved, RuleSaved
from bot.rules import Destination
from handlers.discord.setup import ONLY_MANAGERS
from handlers.discord.setup_plan import Plan
from handlers.routing.router import FOREIGN, UNSAVED
from tests.doubles.discord import Exchanged
from tests.doubles.discord_objects import ADMINISTRATOR, MANAGE_GUILD, Json
from tests.handlers.discord.conftest import ALERTS, GUILD, LOCKED, PERPS, Scene
from tests.handlers.ninety import Ninety

HERE = {"guild": GUILD, "channel": ALERTS}
CHANNEL = Destination("discord", ALERTS)


async def setup(scene: Scene, *options: Json, **more: Any) -> Exchanged:
    """The command by somebody who may manage the server, unless ``permissions`` say otherwise."""
    asked = await scene.discord.slash(
        "setup", list(options), **{"permissions": MANAGE_GUILD, **HERE, **more}
    )
    return await asked.answered()


async def press(
    scene: Scene, screen: Exchanged, label: str, *, person: int | None = None, **more: Any
) -> Exchanged:
    """Use the component with this label or placeholder of what a person was shown."""
    custom_id = component(screen.shown, label)
    who = screen.user if person is None else person
    pressed = await scene.discord.press(
        custom_id, screen.shown, **{**HERE, "channel": screen.channel, "person": who, **more}
    )
    return await pressed.answered()


async def use(scene: Scene, screen: Exchanged, label: str, **more: Any) -> Exchanged:
    """The same by somebody who may manage the server, unless said otherwise."""
    return await press(scene, screen, label, **{"permissions": MANAGE_GUILD, **more})


def component(shown: Json, label: str) -> str:
    """The id of what is labelled so, or offers such a choice."""
    parts = (one for row in shown["components"] for one in row["components"])
    found: str = next(one["custom_id"] for one in parts if label in str(one))
    return found


def ids(shown: Json) -> list[str]:
    return [one["custom_id"] for row in shown["components"] for one in row["components"]]


def text(shown: Json) -> str:
    return shown["content"] + " " + " ".join(e.get("description", "") for e in shown["embeds"])


async def test_a_member_is_refused_by_the_handler_itself(scene: Scene) -> None:
    asked = await setup(scene, permissions=0)
    assert asked.ephemeral
    assert asked.told["content"] == ONLY_MANAGERS
    assert asked.told["components"] == []


async def test_a_member_cannot_press_what_he_was_never_shown(scene: Scene) -> None:
    shown = (await use(scene, await setup(scene), "Switch on", permissions=0, person=66)).told
    assert shown["content"] == FOREIGN
    assert scene.furnished.rulebook.rules == {}
    assert scene.discord.posts == []


async def test_an_administrator_may(scene: Scene) -> None:
    asked = await setup(scene, permissions=ADMINISTRATOR)
    assert asked.told["content"] == "Alerts will go to #liquidations"


async def test_the_plan_names_what_it_may_and_changes_nothing(scene: Scene) -> None:
    asked = await setup(scene)
    assert asked.ephemeral
    told = text(asked.told)
    assert "✅ see it · ✅ write · ✅ embeds · ✅ pictures · ✅ use threads" in told
    assert "About once a week" in told
    assert "No ping." in told
    assert scene.furnished.rulebook.rules == {}
    assert scene.discord.posts == []


async def test_with_a_history_the_plan_says_how_often_it_would_have_spoken(scene: Scene) -> None:
    scene.furnished.house.history = Ninety()
    told = text((await setup(scene)).shown)
    assert "About once a week: **all 1h > $150M** (12 times in the last 92 days)." in told.replace(
        "\\", ""
    )


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
    shown = asked.told
    assert shown["content"] == "I cannot write in #quiet yet"
    assert "❌ Embed Links is off for me there." in text(shown)
    assert "Channel → Edit → Permissions → Liqwatch → Embed Links ✓" in text(shown)
    assert len(ids(shown)) == 2
    assert component(shown, "Check again") != component(shown, "Another channel")


async def test_check_again_sees_that_it_was_mended(scene: Scene) -> None:
    scene.discord.guilds[0].channels[0].denied = 1 << 14
    channel = scene.discord.guilds[0].channels[0]
    await scene.discord.gateway.dispatch("CHANNEL_UPDATE", channel.json(GUILD))
    asked = await setup(scene)
    assert asked.told["content"].startswith("I cannot write")
    channel.denied = 0
    await scene.discord.gateway.dispatch("CHANNEL_UPDATE", channel.json(GUILD))
    assert (await use(scene, asked, "Check again")).told[
        "content"
    ] == "Alerts will go to #liquidations"


async def test_another_channel_may_be_chosen(scene: Scene) -> None:
    asked = await setup(scene, channel=LOCKED)
    shown = (await use(scene, asked, "Another channel", values=[str(ALERTS)])).told
    assert shown["content"] == "Alerts will go to #liquidations"


async def test_switch_on_saves_the_rule_and_the_role_and_posts_a_test(scene: Scene) -> None:
    asked = await setup(
        scene,
        {"name": "how_often", "type": 3, "value": "medium"},
        {"name": "ping", "type": 8, "value": str(PERPS)},
        resolved={"roles": {str(PERPS): {"id": str(PERPS), "name": "perps"}}},
    )
    assert "Ping: perps." in text(asked.told)
    shown = (await use(scene, asked, "Switch on")).told
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
    shown = (await use(scene, asked, "Switch on")).told
    assert "could not be posted: the channel was deleted" in shown["content"]


async def test_another_preset_takes_the_place_of_the_first(scene: Scene) -> None:
    await use(scene, await setup(scene), "Switch on")
    again = await setup(scene)
    assert "On now:" in text(again.told)
    changed = await use(scene, again, "About once a week", values=["many"])
    await use(scene, changed, "Save")
    assert len(scene.furnished.rulebook.rules) == 1
    assert any(isinstance(event, RuleRemoved) for event in scene.furnished.told)


async def test_switch_off_removes_the_channels_rules(scene: Scene) -> None:
    await use(scene, await setup(scene), "Switch on")
    shown = (await use(scene, await setup(scene), "Switch off")).told
    assert shown["content"].startswith("Off.")
    assert scene.furnished.rulebook.rules == {}


async def test_answers_may_be_set_to_be_for_everybody(scene: Scene) -> None:
    asked = await setup(scene)
    changed = await use(scene, asked, "Answers to /liqs", values=["1"])
    await use(scene, changed, "Switch on")
    assert scene.furnished.chats.saved[CHANNEL].share


async def test_a_test_alone_changes_nothing(scene: Scene) -> None:
    shown = (await use(scene, await setup(scene), "Post a test")).told
    assert shown["content"].startswith("Test posted there. Alerts will go to #liquidations")
    assert scene.furnished.rulebook.rules == {}
    assert len(scene.discord.posted_in(ALERTS)) == 1


async def test_cancel_changes_nothing(scene: Scene) -> None:
    shown = (await use(scene, await setup(scene), "Cancel")).told
    assert shown["content"] == "Nothing was changed."
    assert scene.furnished.rulebook.rules == {}


@pytest.mark.parametrize(
    ("role", "said"),
    [(PERPS + 1, "it does not ring"), (GUILD, "I never mention everyone")],
)
async def test_a_role_that_would_not_ring_is_said(scene: Scene, role: int, said: str) -> None:
    shown = (await use(scene, await setup(scene), "Ping: nobody", values=[str(role)])).told
    assert said in text(shown)


async def test_everyone_is_never_saved_as_a_role(scene: Scene) -> None:
    asked = await setup(scene)
    changed = await use(scene, asked, "Ping: nobody", values=[str(GUILD)])
    await use(scene, changed, "Switch on")
    assert scene.furnished.chats.saved[CHANNEL].role == 0


async def test_where_the_bot_is_no_member_it_says_so(scene: Scene) -> None:
    asked = await setup(scene, guild=999, channel=998)
    assert asked.told["content"].startswith("I am not a member of this server")


def test_a_plan_comes_back_as_it_went() -> None:
    largest = 2**63 - 1
    plan = Plan(largest, largest, "medium", largest, True)
    assert Plan.read(plan.action("cancel")) == ("cancel", plan)


async def test_nothing_of_the_plan_stands_in_an_id(scene: Scene) -> None:
    shown = (await setup(scene)).shown
    assert all(re.fullmatch(r"[\w-]{16}:[0-9]", custom_id) for custom_id in ids(shown))
    kept = scene.furnished.keyboards.kept[ids(shown)[0].split(":")[0]]
    assert (kept.place, kept.person) == (ALERTS, 11)


async def test_another_managers_press_under_his_screen_does_nothing(scene: Scene) -> None:
    shown = (await use(scene, await setup(scene), "Switch on", person=12)).told
    assert shown["content"] == FOREIGN
    assert scene.furnished.rulebook.rules == {}


async def test_a_press_that_is_handed_out_again_changes_nothing_more(scene: Scene) -> None:
    on = await use(scene, await setup(scene), "Switch on")
    await use(scene, await setup(scene), "Switch off")
    await scene.discord.repeat(on)
    await setup(scene)
    assert scene.furnished.rulebook.rules == {}
    assert len(scene.discord.posted_in(ALERTS)) == 1


@pytest.mark.parametrize("values", [["²"], ["-1"], ["9" * 40], ["998"], [""]])
async def test_a_menus_answer_that_names_no_channel_of_the_server_leads_nowhere(
    scene: Scene, values: list[str]
) -> None:
    asked = await setup(scene, channel=LOCKED)
    shown = (await use(scene, asked, "Another channel", values=values)).told
    assert shown["content"].startswith(("I am not a member", "I cannot write in #quiet"))


async def test_a_full_disk_is_said_and_nothing_is_posted(scene: Scene) -> None:
    asked = await setup(scene)
    scene.furnished.books.full = True
    shown = (await use(scene, asked, "Switch on")).told
    assert shown["content"] == UNSAVED
    assert scene.discord.posts == []
