"""A private installation answers those on its operator's list, and nobody else."""

import pytest

from bot.allowed import Allowed
from bot.rules import Destination
from bot.typed.draft import Draft
from bot.typed.rule_text import link_payload
from handlers.commands import COMMANDS
from handlers.routing.allowed import STRANGER
from handlers.routing.router import act, answer
from handlers.talk import Reply, Request
from tests.fakes import Furnished
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    PRIVATE,
    SERVER,
    a_request,
    ask,
    push,
    say,
    words,
)

BORIS_PRIVATE = Destination("telegram", BORIS, direct=True)
LINK = link_payload(Draft("BTC", None, "1h", "total", 10**14))
GUILD = 900_000_000_000_000_555


def a_private_house() -> Furnished:
    return Furnished(
        allowed=Allowed([("telegram", ANNA), ("telegram", GROUP.chat), ("discord", GUILD)])
    )


async def test_those_on_the_list_are_answered() -> None:
    here = a_private_house()
    assert words(await ask("/help", here)).startswith("I watch")
    assert words(await ask("/help", here, GROUP, BORIS)).startswith("I watch")


async def test_without_a_list_everybody_is_answered() -> None:
    assert words(await ask("/help", Furnished(), BORIS_PRIVATE, BORIS)).startswith("I watch")


@pytest.mark.parametrize("typed", [*COMMANDS, "moon", f"start {LINK}"])
async def test_a_stranger_gets_one_sentence_a_minute_and_no_effect(typed: str) -> None:
    here = a_private_house()
    assert words(await ask(f"/{typed}", here, BORIS_PRIVATE, BORIS)) == STRANGER
    again = await ask(f"/{typed}", here, BORIS_PRIVATE, BORIS)
    assert again == Reply(None, toast=STRANGER)
    await here.clock.advance(60)
    assert words(await say("BTC > 50m", here, BORIS_PRIVATE)) == STRANGER
    assert (here.rulebook.rules, here.chats.saved, here.outbox.waiting) == ({}, {}, [])
    assert here.told == []


async def test_a_strange_group_is_not_written_to() -> None:
    here = a_private_house()
    at = Destination("telegram", -100999)
    for name in COMMANDS:
        assert (await ask(f"/{name}", here, at, ANNA, admin=True)).message is None
    assert (await say("BTC", here, at)).message is None
    assert here.chats.saved == {}


async def test_a_strangers_press_is_answered_by_a_toast_alone() -> None:
    here = a_private_house()
    for _ in range(3):
        assert await push("pace|big", here, BORIS_PRIVATE, BORIS) == Reply(None, toast=STRANGER)
    assert here.rulebook.rules == {}


async def test_strangers_are_not_counted_among_the_askers() -> None:
    here = a_private_house()
    for _ in range(30):
        await ask("/help", here, Destination("telegram", -100999), ANNA)
    assert words(await ask("/help", here)).startswith("I watch")


async def test_a_server_is_allowed_by_its_own_id() -> None:
    here = a_private_house()

    async def may_manage() -> bool:
        return False

    person = Destination("discord", BORIS, direct=True)
    inside = Request(person, BORIS, within=[GUILD], elsewhere=True, may_manage=may_manage)
    outside = Request(person, BORIS, within=[GUILD + 1], elsewhere=True, may_manage=may_manage)
    assert words(await answer("help", inside, here.house)).startswith("I watch")
    assert words(await answer("help", outside, here.house)) == STRANGER


async def test_the_terminal_is_always_allowed() -> None:
    here = a_private_house()

    async def always() -> bool:
        return True

    at = Destination("console", 1, direct=True)
    request = Request(at, 1, alone=True, may_manage=always)
    assert words(await act("hello", request, here.house)).startswith("I watch")


def test_only_the_same_platform_counts() -> None:
    allowed = a_private_house().allowed
    assert allowed.admits(PRIVATE.platform, PRIVATE.chat)
    assert not allowed.admits(SERVER.platform, ANNA)
    assert a_request(at=SERVER).within == ()
