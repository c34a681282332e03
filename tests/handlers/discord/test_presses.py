"""Presses on buttons, over the gateway."""

from typing import Any

from structlog.testing import capture_logs

from bot.delivery.outcomes import Delivered
from bot.rules import Destination
from bot.wording.text import Button
from bot.wording.text import Message as WordsOf
from handlers.routing.broken import SORRY
from handlers.routing.router import EXPIRED
from handlers.talk import House, Reply, Request
from tests.doubles.discord import Exchanged
from tests.doubles.discord_objects import MANAGE_GUILD, Json
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene, opened

HERE = {"guild": GUILD, "channel": ALERTS}


CHANNEL = Destination("discord", ALERTS)
ALERT = WordsOf(("🔻 $526M+",), buttons=((Button("Figures", "figures|"),),))


async def an_answer(scene: Scene, **more: Any) -> Exchanged:
    return await (await scene.discord.slash("figures", **{**HERE, **more})).answered()


async def an_alert(scene: Scene) -> Json:
    sent = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1")
    assert isinstance(sent, Delivered)
    return scene.discord.messages[sent.message]


async def pressed(scene: Scene, under: Json, number: int = 0, **more: Any) -> Exchanged:
    custom_id = ids(under)[number]
    return await (await scene.discord.press(custom_id, under, **{**HERE, **more})).answered()


def ids(shown: Json) -> list[str]:
    return [one["custom_id"] for row in shown["components"] for one in row["components"]]


async def test_a_button_edits_the_message_it_stands_under(scene: Scene) -> None:
    press = await pressed(scene, (await an_answer(scene)).shown)
    assert press.first["type"] == 7
    assert press.told["content"] == "Figures of BTC"
    assert press.told["allowed_mentions"]["parse"] == []


async def test_two_buttons_that_do_the_same_have_two_ids_and_both_work(scene: Scene) -> None:
    shown = (await an_answer(scene)).shown
    assert len(set(ids(shown))) == len(ids(shown)) == 2
    assert (await pressed(scene, shown, 1)).told["content"] == "Figures of BTC"


async def test_a_slow_edit_is_deferred_without_a_new_message() -> None:
    async with opened(delay_s=0.3, defer_after_s=0.05) as scene:
        asked = await (await an_answer(scene)).answered(edits=1)
        press = await pressed(scene, asked.shown)
        await press.answered(edits=1)
        assert press.first["type"] == 6
        assert press.edits[0]["content"] == "Figures of BTC"


async def test_buttons_after_a_slow_press_work_on_its_message(scene: Scene) -> None:
    first = await pressed(scene, (await an_answer(scene)).shown)
    again = await pressed(scene, first.shown)
    assert again.told["content"] == "Figures of BTC"


async def test_an_old_button_says_so_to_its_presser_alone(scene: Scene) -> None:
    asked = await an_answer(scene)
    scene.furnished.keyboards.kept.clear()
    press = await pressed(scene, asked.shown)
    assert press.told["content"] == EXPIRED
    assert press.ephemeral


async def test_an_answers_button_is_about_its_asker(scene: Scene) -> None:
    hidden = (await an_answer(scene)).shown
    share = [{"name": "share", "type": 3, "value": "yes"}]
    shared = (await (await scene.discord.slash("figures", share, **HERE)).answered()).shown
    scene.figures.requests.clear()
    for under in (hidden, shared):
        await pressed(scene, under)
    alone, public = scene.figures.requests
    assert alone.destination == public.destination == Destination("discord", 11, direct=True)
    assert alone.private
    assert not public.private


async def test_an_alerts_button_is_about_its_channel_and_asks_for_the_right(
    scene: Scene,
) -> None:
    alert = await an_alert(scene)
    for person, permissions in ((11, 0), (12, MANAGE_GUILD)):
        await pressed(scene, alert, person=person, permissions=permissions)
    member, manager = scene.figures.requests
    assert member.destination == manager.destination == CHANNEL
    assert not await member.may_manage()
    assert await manager.may_manage()
    assert not manager.elsewhere


async def test_a_custom_id_of_a_bad_client_breaks_nothing(scene: Scene) -> None:
    under = (await an_answer(scene)).shown
    for hostile in ("", "|", "~2", "setup|on|601|0|big|0|0", "figures|BTC", "@everyone", "0" * 16):
        press = await scene.discord.press(hostile, under, **HERE)
        assert (await press.answered()).told["content"] == EXPIRED
    assert (await pressed(scene, under)).told["content"] == "Figures of BTC"


async def test_a_press_that_breaks_is_recorded_and_told_to_who_pressed(scene: Scene) -> None:
    async def broken(request: Request, house: House) -> Reply:
        raise KeyError("a mistake of ours")

    shown = (await an_answer(scene)).shown
    scene.figures.answer = broken  # type: ignore[method-assign]
    with capture_logs() as logs:
        assert (await pressed(scene, shown)).told["content"] == SORRY
    ((_, kind),) = scene.furnished.books.failures
    assert kind == "press"
    (entry,) = logs
    assert entry["error"] == "KeyError"
    assert "a mistake of ours" not in str(logs)


async def test_without_storage_an_answer_comes_without_buttons(scene: Scene) -> None:
    scene.furnished.keyboards.broken = True
    asked = await an_answer(scene)
    assert asked.told["content"] == "Figures of all"
    assert ids(asked.told) == []
