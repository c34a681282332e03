"""``ALLOW``: who may use a private installation on Discord, and what is sent to whom."""

from collections.abc import AsyncIterator

import pytest

from bot.allowed import Allowed
from bot.delivery.outcomes import Delivered, Gone, Retry
from bot.rules import Destination
from bot.wording.text import Message
from handlers.discord.admission import REMEMBERED_S, Admission
from handlers.routing.allowed import STRANGER
from tests.clocks import ManualClock
from tests.doubles.discord import Exchanged, Fault
from tests.doubles.discord_objects import MANAGE_GUILD, Channel, Guild, Json
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene, opened
from tests.handlers.discord.test_doors import MANAGER, MEMBER, OTHER, Street

LISTED = 46
ELSEWHERE, ITS_CHANNEL = 501, 602_001
ALLOW = frozenset({("discord", GUILD), ("discord", LISTED), ("telegram", OTHER)})
WORDS = Message(("an alert",))
DIRECT: Json = {"channel": 77}


@pytest.fixture
async def private() -> AsyncIterator[Scene]:
    """An installation for one server and one person."""
    async with opened(fake_commands=False, allowed=ALLOW) as scene:
        elsewhere = Guild(ELSEWHERE, [Channel(ITS_CHANNEL, "elsewhere")])
        scene.discord.guilds.append(elsewhere)
        await scene.discord.gateway.dispatch("GUILD_CREATE", elsewhere.json())
        scene.discord.members[GUILD].add(MEMBER)
        scene.discord.members[ELSEWHERE].add(OTHER)
        yield scene


async def ask(scene: Scene, **who: object) -> Exchanged:
    await scene.furnished.clock.advance(61)
    return await (await scene.discord.slash("liqs", [], **who)).answered()


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ({"guild": GUILD, "channel": ALERTS, "person": OTHER}, True),
        ({"guild": ELSEWHERE, "channel": ITS_CHANNEL, "person": OTHER}, False),
        ({"guild": ELSEWHERE, "channel": ITS_CHANNEL, "person": LISTED}, True),
        ({**DIRECT, "person": LISTED}, True),
        ({**DIRECT, "person": MEMBER}, True),
        ({**DIRECT, "person": OTHER}, False),
    ],
    ids=str,
)
async def test_who_may_ask(private: Scene, who: Json, allowed: bool) -> None:
    asked = await ask(private, **who)
    assert (asked.told["content"] == STRANGER) is not allowed


async def test_a_stranger_changes_nothing_by_any_command_button_or_setup(private: Scene) -> None:
    street = Street(private, {})
    stranger: Json = {"guild": ELSEWHERE, "channel": ITS_CHANNEL, "person": OTHER}
    manager: Json = {**stranger, "permissions": MANAGE_GUILD}
    plan = await street.setup(person=MANAGER, permissions=MANAGE_GUILD)
    before = street.state()
    for answer in [*await street.ask_all(**manager), await street.setup(**manager)]:
        assert answer.told["content"] == STRANGER
    for told in await street.press_all(plan.shown, **{**manager, "person": MANAGER}):
        assert told == STRANGER
    assert street.state() == before
    assert await private.discord.complete("liqs", [typed("coin")], **stranger) == []
    assert await private.discord.complete("liqs", [typed("coin")], **DIRECT, person=MEMBER) != []


def typed(option: str) -> Json:
    return {"name": option, "type": 3, "value": "b", "focused": True}


async def test_whose_server_cannot_be_asked_is_no_guest(private: Scene) -> None:
    private.discord.fail(f"GET /guilds/{GUILD}/members/{MEMBER}", Fault(503))
    assert (await ask(private, **DIRECT, person=MEMBER)).told["content"] == STRANGER
    assert (await ask(private, **DIRECT, person=MEMBER)).told["content"] != STRANGER


@pytest.mark.parametrize(
    ("destination", "allowed"),
    [
        (Destination("discord", ALERTS), True),
        (Destination("discord", ITS_CHANNEL), False),
        (Destination("discord", 9_999), True),
        (Destination("discord", LISTED, direct=True), True),
        (Destination("discord", MEMBER, direct=True), True),
        (Destination("discord", OTHER, direct=True), False),
    ],
    ids=str,
)
async def test_what_is_sent(private: Scene, destination: Destination, allowed: bool) -> None:
    outcome = await private.platform.notifier.deliver(destination, WORDS, "L1")
    if allowed:
        assert isinstance(outcome, Delivered)
    else:
        assert outcome == Gone("not allowed by ALLOW", chat_wide=True)
        assert private.discord.posts == []


async def test_while_nobody_knows_whose_a_person_is_his_alerts_wait(private: Scene) -> None:
    private.discord.fail(f"GET /guilds/{GUILD}/members/{MEMBER}", Fault(502))
    person = Destination("discord", MEMBER, direct=True)
    outcome = await private.platform.notifier.deliver(person, WORDS, "L1")
    assert isinstance(outcome, Retry)
    assert not outcome.unknown


class Register:
    """Answers from a set, and counts how often it was asked."""

    def __init__(self, *members: int) -> None:
        self.members = set(members)
        self.asked = 0

    async def is_member(self, server: int, person: int) -> bool:
        self.asked += 1
        return person in self.members


async def test_a_membership_is_believed_for_a_minute() -> None:
    clock, register = ManualClock(), Register(MEMBER)
    admission = Admission(Allowed([("discord", GUILD)]), clock, register.is_member)
    person = Destination("discord", MEMBER, direct=True)
    assert not await admission.refuses(person)
    register.members.clear()
    await clock.advance(REMEMBERED_S - 1)
    assert not await admission.refuses(person)
    await clock.advance(1)
    assert await admission.refuses(person)
    assert register.asked == 2


async def test_more_people_than_are_remembered_take_no_more_memory() -> None:
    register = Register()
    admission = Admission(Allowed([("discord", GUILD)]), ManualClock(), register.is_member)
    for person in range(20_000):
        await admission.refuses(Destination("discord", 1_000 + person, direct=True))
    assert len(admission._known) == 10_000


async def test_a_list_of_another_platform_alone_lets_nobody_in_here() -> None:
    admission = Admission(Allowed([("telegram", MEMBER)]), ManualClock(), Register().is_member)
    assert await admission.refuses(Destination("discord", MEMBER, direct=True))
    everyone = Admission(Allowed(), ManualClock(), Register().is_member)
    assert not await everyone.refuses(Destination("discord", MEMBER, direct=True))
