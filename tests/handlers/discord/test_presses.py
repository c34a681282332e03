"""Presses on buttons, over the gateway."""

from bot.rules import Destination
from tests.doubles.discord_objects import EPHEMERAL, MANAGE_GUILD, Json, message
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene, opened

HERE = {"guild": GUILD, "channel": ALERTS}


def an_alert() -> Json:
    return message(31, ALERTS, {"content": "🔻 $526M+"})


def an_answer(asker: int, flags: int = EPHEMERAL) -> Json:
    return message(32, ALERTS, {"content": "Figures", "flags": flags}, asker)


async def test_a_button_edits_the_message_it_stands_under(scene: Scene) -> None:
    pressed = await scene.discord.press("figures|BTC", an_answer(11), **HERE)
    await pressed.answered()
    assert pressed.first["type"] == 7
    assert pressed.first["data"]["content"] == "Figures of BTC"
    assert pressed.first["data"]["allowed_mentions"]["parse"] == []


async def test_two_buttons_that_do_the_same_have_two_ids_and_both_work(scene: Scene) -> None:
    asked = await (await scene.discord.slash("figures", **HERE)).answered()
    row = asked.first["data"]["components"][0]["components"]
    ids = [button["custom_id"] for button in row]
    assert ids == ["figures|BTC", "figures|BTC~2"]
    pressed = await scene.discord.press(ids[1], an_answer(11), **HERE)
    await pressed.answered()
    assert pressed.first["data"]["content"] == "Figures of BTC"


async def test_a_slow_edit_is_deferred_without_a_new_message() -> None:
    async with opened(delay_s=0.3, defer_after_s=0.05) as scene:
        pressed = await scene.discord.press("figures|BTC", an_answer(11), **HERE)
        await pressed.answered(edits=1)
        assert pressed.first["type"] == 6
        assert pressed.edits[0]["content"] == "Figures of BTC"


async def test_an_old_button_says_so_to_its_presser_alone(scene: Scene) -> None:
    pressed = await scene.discord.press("gone|1", an_answer(11), **HERE)
    await pressed.answered()
    assert pressed.first["data"]["content"] == "This button has expired."
    assert pressed.ephemeral


async def test_an_answers_button_is_about_its_asker(scene: Scene) -> None:
    await (await scene.discord.press("figures|", an_answer(11), person=11, **HERE)).answered()
    shared = an_answer(11, flags=0)
    await (await scene.discord.press("figures|", shared, person=11, **HERE)).answered()
    hidden, public = scene.figures.requests
    assert hidden.destination == public.destination == Destination("discord", 11, direct=True)
    assert hidden.private
    assert not public.private


async def test_an_alerts_button_is_about_its_channel_and_asks_for_the_right(
    scene: Scene,
) -> None:
    for permissions in (0, MANAGE_GUILD):
        pressed = await scene.discord.press("figures|", an_alert(), permissions=permissions, **HERE)
        await pressed.answered()
    member, manager = scene.figures.requests
    assert member.destination == manager.destination == Destination("discord", ALERTS)
    assert not await member.may_manage()
    assert await manager.may_manage()
    assert not manager.elsewhere


async def test_a_custom_id_of_a_bad_client_breaks_nothing(scene: Scene) -> None:
    for hostile in ("", "|", "~2", "setup|on|x|y|z|w", "setup|", "@everyone"):
        pressed = await scene.discord.press(hostile, an_answer(11), **HERE)
        await pressed.answered()
    again = await scene.discord.press("figures|BTC", an_answer(11), **HERE)
    assert (await again.answered()).first["data"]["content"] == "Figures of BTC"
