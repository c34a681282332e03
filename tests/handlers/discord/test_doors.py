"""Who may change what: every command, every button and ``/setup``, tried over the wire."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.ports import Chat
from bot.rules import Destination
from bot.wording.buttons import alert_rows
from bot.wording.text import Message
from handlers.commands import COMMANDS
from handlers.discord.setup import NO_MEMBER, ONLY_MANAGERS
from handlers.routing.router import EXPIRED, FOREIGN
from handlers.talk import Form
from tests.doubles.discord import Exchanged
from tests.doubles.discord_objects import ADMINISTRATOR, MANAGE_GUILD, Json
from tests.handlers.discord.conftest import ALERTS, GUILD, LOCKED, Scene, a_rule, opened
from tests.handlers.discord.test_presses import ids
from tests.handlers.discord.test_setup import component

MEMBER, OTHER, MANAGER = 42, 43, 44
HERE = {"guild": GUILD, "channel": ALERTS}
CHANNEL = Destination("discord", ALERTS)
FILLED = {
    "coin": "BTC",
    "exchange": "bybit",
    "window": "1h",
    "metric": "long",
    "rule": "1",
    "text": "50m",
    "share": "yes",
}
"""What is filled in where an option is of this kind; rule 1 is the channel's."""


@dataclass
class Street:
    """A channel with an alert of its own, an alert posted there, and somebody else's alert."""

    scene: Scene
    alert: Json

    def state(self, *, but: int = 0) -> tuple[object, ...]:
        """All that anybody could have changed, but what concerns a person himself."""
        own, here = Destination("discord", but, direct=True), self.scene.furnished
        rules = {r for r in here.rulebook.rules.values() if r.destination != own}
        chats = {d: chat for d, chat in here.chats.saved.items() if d != own}
        waiting = [n for n in here.outbox.waiting if n.destination != own]
        posts = [(at, sent) for at, sent in self.scene.discord.posts if at in (ALERTS, LOCKED)]
        return rules, chats, waiting, posts

    async def done(self, asked: Exchanged) -> Exchanged:
        """Answered, and long enough after it that nobody asks too fast."""
        await asked.answered()
        await self.scene.furnished.clock.advance(61)
        return asked

    async def ask_all(self, **who: Any) -> list[Exchanged]:
        """Somebody fills in every form of every command."""
        place = {**HERE, **who}
        return [
            await self.done(await self.scene.discord.slash(name, options, **place))
            for name, command in COMMANDS.items()
            for options in forms(command.forms or (Form("", ""),))
        ]

    async def press(self, custom_id: str, under: Json, **who: Any) -> Exchanged:
        pressed = await self.scene.discord.press(custom_id, under, **{**HERE, **who})
        return await self.done(pressed)

    async def press_all(self, under: Json, **who: Any) -> list[str]:
        """Somebody presses every button of a message; what he is told."""
        pressed = [await self.press(one, under, **who) for one in ids(under)]
        return [str(one.told.get("content")) for one in pressed]

    async def add(self) -> Exchanged:
        """A member saves an alert of his own."""
        filled = next(f for f in forms(COMMANDS["alert"].forms) if f[0]["name"] == "add")
        return await self.done(
            await self.scene.discord.slash("alert", filled, person=MEMBER, **HERE)
        )

    async def setup(self, **who: Any) -> Exchanged:
        return await self.done(await self.scene.discord.slash("setup", [], **{**HERE, **who}))


def forms(known: tuple[Form, ...]) -> list[list[Json]]:
    """Each form with all of its options; Discord nests what has a name."""
    filled = []
    for form in known:
        options = [{"name": o.name, "type": 3, "value": FILLED[o.kind]} for o in form.options]
        nested = len(known) > 1 or bool(form.name)
        named: Json = {"name": form.name or "show", "type": 1, "options": options}
        filled.append([named] if nested else options)
    return filled


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with opened(fake_commands=False) as scene:
        for owner in (CHANNEL, Destination("discord", OTHER, direct=True)):
            await scene.furnished.rulebook.add(a_rule(owner), 50)
        await scene.furnished.chats.save(Chat(CHANNEL))
        words = Message(("🔻 $526M+ in 1 h",), buttons=alert_rows(1))
        await scene.platform.notifier.deliver(CHANNEL, words, "L1")
        (alert,) = scene.discord.messages.values()
        yield Street(scene, alert)


@pytest.mark.parametrize("permissions", [0, MANAGE_GUILD], ids=["a member", "a manager"])
async def test_no_slash_command_changes_anything_but_its_authors_own(
    street: Street, permissions: int
) -> None:
    before = street.state(but=MEMBER)
    answers = await street.ask_all(person=MEMBER, permissions=permissions)
    assert street.state(but=MEMBER) == before
    assert all(one.told["content"] for one in answers)


async def test_the_buttons_of_an_answer_obey_its_asker_alone(street: Street) -> None:
    answers = await street.ask_all(person=MEMBER)
    everything, own = street.state(), street.state(but=MEMBER)
    pressed = 0
    for answer in answers:
        for told in await street.press_all(answer.shown, person=OTHER, permissions=ADMINISTRATOR):
            assert told == FOREIGN
            pressed += 1
    assert pressed > 10
    assert street.state() == everything
    for answer in answers:
        assert FOREIGN not in await street.press_all(answer.shown, person=MEMBER)
    assert street.state(but=MEMBER) == own


async def test_an_alerts_buttons_obey_managers_alone_and_ask_at_each_press(street: Street) -> None:
    before = street.state(but=MEMBER)
    told = await street.press_all(street.alert, person=MEMBER)
    assert len(told) == len(ids(street.alert)) > 0
    assert all(told)
    assert street.state(but=MEMBER) == before
    await street.press_all(street.alert, person=MANAGER, permissions=MANAGE_GUILD)
    after = street.state(but=MANAGER)
    assert after != before
    await street.press_all(street.alert, person=MANAGER, permissions=0)
    assert street.state(but=MANAGER) == after


async def test_setup_obeys_managers_alone_and_asks_at_each_press(street: Street) -> None:
    before = street.state()
    assert (await street.setup(person=MEMBER)).told["content"] == ONLY_MANAGERS
    plan = await street.setup(person=MANAGER, permissions=MANAGE_GUILD)
    for told in await street.press_all(plan.shown, person=MANAGER, permissions=0):
        assert told == ONLY_MANAGERS
    for who in ({"person": MEMBER}, {"person": OTHER, "permissions": ADMINISTRATOR}):
        for told in await street.press_all(plan.shown, **who):
            assert told == FOREIGN
    assert street.state() == before
    on = component(plan.shown, "Save")
    await street.press(on, plan.shown, person=MANAGER, permissions=MANAGE_GUILD)
    assert street.state() != before


async def test_setup_does_nothing_where_the_bot_is_no_member(street: Street) -> None:
    before = street.state()
    who: Json = {"guild": 999, "person": MANAGER, "permissions": MANAGE_GUILD}
    assert (await street.setup(channel=ALERTS, **who)).told["content"] == NO_MEMBER
    plan = await street.setup(person=MANAGER, permissions=MANAGE_GUILD)
    for told in await street.press_all(plan.shown, channel=ALERTS, **who):
        assert told in (NO_MEMBER, "Nothing was changed.")
    assert street.state() == before


@pytest.mark.parametrize(
    "forged",
    ["", "mute|1h", "delete|1", "setup|off|601|0||0|0", "0" * 16 + ":99", "A" * 16 + ":0", "‮:0"],
)
async def test_a_forged_id_is_answered_and_does_nothing(street: Street, forged: str) -> None:
    before = street.state()
    told = await street.press(forged, street.alert, person=MANAGER, permissions=MANAGE_GUILD)
    assert told.told["content"] == EXPIRED
    assert told.ephemeral
    assert street.state() == before


async def test_a_button_of_another_message_or_channel_or_an_expired_one_does_nothing(
    street: Street,
) -> None:
    manager: Json = {"person": MANAGER, "permissions": MANAGE_GUILD}
    plan = await street.setup(**manager)
    custom_id = component(plan.shown, "Switch off")
    await street.press(component(plan.shown, "Ping"), plan.shown, values=[], **manager)
    before = street.state()
    for under, place in ((street.alert, HERE), (plan.shown, {"guild": GUILD, "channel": LOCKED})):
        pressed = await street.press(custom_id, under, **{**manager, **place})
        assert pressed.told["content"] == EXPIRED
    street.scene.furnished.keyboards.kept.clear()
    assert (await street.press(custom_id, plan.shown, **manager)).told["content"] == EXPIRED
    assert street.state() == before


async def test_an_interaction_that_is_handed_out_again_has_no_second_effect(
    street: Street,
) -> None:
    (filled,) = [one for one in forms(COMMANDS["alert"].forms) if one[0]["name"] == "add"]
    added = await street.done(
        await street.scene.discord.slash("alert", filled, person=MEMBER, **HERE)
    )
    delete = await street.press(component(added.shown, "Delete"), added.shown, person=MEMBER)
    before = street.state()
    for again in (added, delete):
        await street.scene.discord.repeat(again)
    await street.ask_all(person=OTHER + 1)
    own = Destination("discord", MEMBER, direct=True)
    assert await street.scene.furnished.rulebook.of(own) == []
    assert street.state(but=OTHER + 1)[0] == before[0]


async def test_an_old_button_after_an_edit_still_obeys_its_asker_alone(street: Street) -> None:
    (filled,) = [one for one in forms(COMMANDS["alert"].forms) if one[0]["name"] == "add"]
    added = await street.done(
        await street.scene.discord.slash("alert", filled, person=MEMBER, **HERE)
    )
    delete = component(added.shown, "Delete")
    edited = await street.press(component(added.shown, "Pause"), added.shown, person=MEMBER)
    before = street.state()
    for under in (added.shown, edited.shown):
        foreign = await street.press(delete, under, person=OTHER, permissions=ADMINISTRATOR)
        assert foreign.told["content"] == FOREIGN
    assert street.state() == before


async def test_in_direct_messages_one_changes_ones_own_and_reaches_nothing_else(
    street: Street,
) -> None:
    before = street.state(but=MEMBER)
    direct: Json = {"guild": None, "channel": 77, "person": MEMBER}
    answers = await street.ask_all(**direct)
    for answer in answers:
        await street.press_all(answer.shown, **direct)
        foreign = await street.press_all(answer.shown, **{**direct, "person": OTHER})
        assert set(foreign) <= {FOREIGN}
    await street.press_all(street.alert, **direct)
    assert street.state(but=MEMBER) == before


async def test_nobody_is_ever_mentioned(street: Street) -> None:
    await street.ask_all(person=MEMBER)
    plan = await street.setup(person=MANAGER, permissions=MANAGE_GUILD)
    await street.press_all(plan.shown, person=MANAGER, permissions=MANAGE_GUILD)
    discord = street.scene.discord
    said = [sent for _, sent in discord.posts] + [sent for _, sent in discord.edits]
    for exchanged in discord.asked.values():
        said += [c["data"] for c in exchanged.callbacks if "content" in c.get("data", {})]
        said += exchanged.edits + exchanged.followups
    assert len(said) > 20
    for sent in said:
        assert sent["allowed_mentions"]["parse"] == []
        assert not sent["allowed_mentions"].get("roles")
        assert not sent["allowed_mentions"].get("users")
