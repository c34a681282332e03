"""Slash commands over a real gateway and real HTTP, on loopback."""

import json

import pytest
from structlog.testing import capture_logs

from bot.metrics import METRICS
from bot.ports import Chat
from bot.rules import WINDOWS, Destination
from handlers.commands import COMMANDS
from handlers.discord.place import of_channel
from handlers.routing.broken import SORRY
from handlers.talk import House, Reply, Request
from tests.doubles.discord import DiscordDouble, Fault
from tests.doubles.discord_objects import APPLICATION, MANAGE_GUILD, Json
from tests.handlers.discord.conftest import (
    ALERTS,
    GUILD,
    FakeNotebook,
    Scene,
    a_guild,
    a_platform,
    a_rule,
    opened,
    running,
)

HERE = {"guild": GUILD, "channel": ALERTS}


async def test_a_slash_command_is_answered_to_its_asker_alone(scene: Scene) -> None:
    asked = await scene.discord.slash(
        "figures", [{"name": "coin", "type": 3, "value": "BTC"}], **HERE
    )
    await asked.answered()
    assert asked.first["type"] == 4
    assert asked.first["data"]["content"] == "Figures of BTC"
    assert asked.ephemeral
    assert asked.first["data"]["allowed_mentions"] == {"parse": []}


async def test_share_shows_the_answer_to_everybody_and_marks_the_request(scene: Scene) -> None:
    asked = await scene.discord.slash(
        "figures", [{"name": "share", "type": 3, "value": "yes"}], **HERE
    )
    await asked.answered()
    assert not asked.ephemeral
    assert not scene.figures.requests[0].private


async def test_a_server_may_have_set_that_answers_are_for_everybody(scene: Scene) -> None:
    channel = of_channel(ALERTS)
    await scene.furnished.chats.save(Chat(channel, share=True))
    assert not (await (await scene.discord.slash("figures", **HERE)).answered()).ephemeral
    hidden = await scene.discord.slash(
        "keep", [sub("add", {"name": "above", "type": 3, "value": "5m"})], **HERE
    )
    assert (await hidden.answered()).ephemeral


async def test_a_command_is_about_its_author_also_where_he_manages_the_server(
    scene: Scene,
) -> None:
    asked = await scene.discord.slash(
        "keep",
        [sub("add", {"name": "above", "type": 3, "value": "5m"})],
        permissions=MANAGE_GUILD,
        person=42,
        **HERE,
    )
    await asked.answered()
    request = scene.keeper.requests[0]
    assert request.destination == Destination("discord", 42, direct=True)
    assert request.elsewhere
    assert (request.form, request.options) == ("add", {"above": "5m"})


async def test_in_direct_messages_the_answer_proves_itself(scene: Scene) -> None:
    asked = await scene.discord.slash("figures", channel=77, person=42)
    await asked.answered()
    assert not asked.ephemeral
    assert not scene.figures.requests[0].elsewhere


@pytest.mark.parametrize(("guild", "state"), [(None, "active"), (GUILD, "gone")])
async def test_who_asks_by_direct_message_is_written_to_again(
    scene: Scene, guild: int | None, state: str
) -> None:
    person = Destination("discord", 42, direct=True)
    await scene.furnished.chats.save(Chat(person, state="gone", reason="closed DMs"))
    asked = await scene.discord.slash("figures", channel=ALERTS, guild=guild, person=42)
    await asked.answered()
    assert (await scene.furnished.chats.get(person)).state == state


async def test_coins_are_completed_by_what_was_typed(scene: Scene) -> None:
    offered = await scene.discord.complete(
        "figures", [{"name": "coin", "type": 3, "value": "b", "focused": True}], **HERE
    )
    assert [choice["value"] for choice in offered] == ["BTC", "BCH"]


async def test_never_more_than_25_coins_are_offered(scene: Scene) -> None:
    scene.furnished.desk.listed |= {f"C{number}" for number in range(60)}
    offered = await scene.discord.complete(
        "figures", [{"name": "coin", "type": 3, "value": "", "focused": True}], **HERE
    )
    assert len(offered) == 25


async def test_only_the_askers_own_rules_are_offered(scene: Scene) -> None:
    mine, his = Destination("discord", 42, direct=True), Destination("discord", 43, direct=True)
    for owner in (mine, his):
        await scene.furnished.rulebook.add(a_rule(owner), 50)
    offered = await scene.discord.complete(
        "keep",
        [sub("remove", {"name": "rule", "type": 3, "value": "", "focused": True})],
        person=42,
        **HERE,
    )
    assert [choice["value"] for choice in offered] == ["1"]


async def test_a_slow_answer_is_deferred_first_and_follows_later() -> None:
    async with opened(delay_s=0.3, defer_after_s=0.05) as scene:
        asked = await scene.discord.slash("figures", **HERE)
        await asked.answered(edits=1)
        assert asked.first["type"] == 5
        assert asked.ephemeral
        assert asked.edits[0]["content"] == "Figures of all"


async def test_a_broken_command_is_told_to_its_asker_and_breaks_nothing_else(
    scene: Scene,
) -> None:
    async def broken(request: Request, house: House) -> Reply:
        raise KeyError("a mistake of ours")

    scene.keeper.answer = broken  # type: ignore[method-assign]
    with capture_logs() as logs:
        asked = await scene.discord.slash(
            "keep", [sub("add", {"name": "above", "type": 3, "value": "5m"})], **HERE
        )
        assert (await asked.answered()).first["data"]["content"] == SORRY
    ((mark, kind),) = scene.furnished.books.failures
    assert (mark.source, kind) == (f"discord:{APPLICATION}", "command")
    (entry,) = logs
    assert entry["error"] == "KeyError"
    assert entry["at"].endswith(" broken")
    assert "a mistake of ours" not in str(logs)
    again = await scene.discord.slash("figures", **HERE)
    assert (await again.answered()).first["data"]["content"] == "Figures of all"


async def test_commands_are_registered_once_and_again_only_when_they_changed() -> None:
    notebook = FakeNotebook()
    async with opened(notebook=notebook) as scene:
        assert scene.discord.command_puts == 1
        names = {command["name"] for command in scene.discord.commands}
        assert names == {"figures", "keep", "setup"}
    async with opened(notebook=notebook) as scene:
        assert scene.discord.command_puts == 0
    notebook.pages = dict.fromkeys(notebook.pages, "another hash")
    async with opened(notebook=notebook) as scene:
        assert scene.discord.command_puts == 1


async def test_the_real_registry_becomes_commands_that_discord_takes() -> None:
    async with opened(fake_commands=False) as scene:
        known = {command["name"]: command for command in scene.discord.commands}
        assert set(known) == {*COMMANDS, "setup"}
        add = next(form for form in known["alert"]["options"] if form["name"] == "add")
        options = {option["name"]: option for option in add["options"]}
        assert {choice["value"] for choice in options["window"]["choices"]} == set(WINDOWS)
        assert {choice["value"] for choice in options["metric"]["choices"]} == set(METRICS)
        assert options["coin"]["autocomplete"]
        for command in known.values():
            assert len(json.dumps(command)) < 8_000
            assert len(command["description"]) <= 100


async def test_a_refusal_of_the_commands_does_not_stop_the_alerts() -> None:
    async with DiscordDouble([a_guild()]) as discord:
        path = f"PUT /applications/{APPLICATION}/commands"
        discord.fail(path, Fault(400, code=50035))
        notebook = FakeNotebook()
        async with running(a_platform(discord, notebook)):
            await discord.gateway.ready()
        assert notebook.pages == {}


def sub(name: str, *options: Json) -> Json:
    return {"name": name, "type": 1, "options": list(options)}
