"""Whoever asks, whatever he asks or presses: nothing changes that he may not change."""

from typing import NamedTuple

import pytest

from bot.ports import Press
from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.routing.allowed import STRANGER
from handlers.routing.pressing import ANYONE, armed
from handlers.routing.router import EXPIRED, FOREIGN
from handlers.talk import Reply
from tests.fakes import Furnished
from tests.handlers.asking import ANNA, BORIS, GROUP, SERVER, actions, ask, say, tap
from tests.handlers.doors import CHANGING, MOVING, PRESSED, TYPED, everything, states

PLACES = {"group": GROUP, "server": SERVER}
STRANGERS = frozenset({("telegram", 1), ("discord", 1)})


class Asker(NamedTuple):
    """``author`` 0 speaks in the place's own name; ``admin`` as the platform says right now."""

    author: int
    admin: bool


ASKERS = {
    "member": Asker(BORIS, False),
    "admin": Asker(BORIS, True),
    "former admin": Asker(BORIS, False),
    "nameless admin": Asker(ANYONE, True),
    "somebody in another channel's name": Asker(ANYONE, False),
    "channel": Asker(ANYONE, True),
}


def person(at: Destination, by: int) -> Destination:
    """What is his own: changes there are his right. Nobody has nothing."""
    return Destination(at.platform, by, direct=True) if by else Destination("nowhere", 0)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", ASKERS)
@pytest.mark.parametrize("typed", TYPED)
async def test_a_typed_command_changes_a_place_for_its_admins_alone(
    typed: str, who: str, place: str
) -> None:
    at, asker = PLACES[place], ASKERS[who]
    changed = 0
    for here in await states(at):
        before = everything(here, person(at, asker.author))
        reply = await ask(f"/{typed}", here, at, asker.author, admin=asker.admin)
        assert reply.message is not None or typed == "moon"
        changed += everything(here, person(at, asker.author)) != before
    assert bool(changed) == (asker.admin and typed in CHANGING)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("typed", TYPED)
async def test_a_stranger_of_any_rank_changes_nothing_by_typing(typed: str, place: str) -> None:
    at = PLACES[place]
    for here in await states(at, STRANGERS):
        before = everything(here, Destination("nowhere", 0))
        for asker in ASKERS.values():
            reply = await ask(f"/{typed}", here, at, asker.author, admin=asker.admin)
            assert reply == Reply(None, toast=STRANGER)
        assert await say("BTC 1h > 7m", here, at) == Reply(None)
        assert everything(here, Destination("nowhere", 0)) == before


PRESSERS = {
    "admin": (Asker(BORIS, True), BORIS),
    "admin below an alert": (Asker(BORIS, True), ANYONE),
    "member": (Asker(BORIS, False), BORIS),
    "member below an alert": (Asker(BORIS, False), ANYONE),
    "former admin": (Asker(BORIS, False), BORIS),
    "member, another's": (Asker(BORIS, False), ANNA),
    "admin, another's": (Asker(BORIS, True), ANNA),
}
"""Who presses, and whose button it is."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", PRESSERS)
@pytest.mark.parametrize("action", PRESSED)
async def test_a_press_changes_a_place_for_its_admins_and_owner_alone(
    action: str, who: str, place: str
) -> None:
    at, (asker, owner) = PLACES[place], PRESSERS[who]
    changed = 0
    for here in await states(at):
        [data] = await _shown([action], here, at, owner)
        before = everything(here, person(at, asker.author))
        reply = await tap(data, here, at, asker.author, admin=asker.admin)
        assert reply.message is not None or reply.toast
        assert (reply == Reply(None, toast=FOREIGN)) == (owner == ANNA)
        changed += everything(here, person(at, asker.author)) != before
    assert bool(changed) == (asker.admin and owner != ANNA and action in MOVING)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", ["forged", "guessed", "beyond", "replayed", "moved", "expired"])
async def test_a_button_that_was_not_shown_so_does_nothing_even_for_an_admin(
    way: str, place: str
) -> None:
    at = PLACES[place]
    elsewhere = Destination(at.platform, at.chat - 1)
    for here in await states(at):
        before = everything(here, Destination("nowhere", 0))
        for count, action in enumerate(PRESSED):
            await here.clock.advance(60)
            [data] = await _shown([action], here, at, ANYONE)
            first = 10 * count
            if way == "forged":
                reply = await tap(action, here, at, BORIS, admin=True)
            elif way == "guessed":
                reply = await tap(f"{'A' * 16}:0", here, at, BORIS, admin=True)
            elif way == "beyond":
                reply = await tap(data[:-1] + "1", here, at, BORIS, admin=True)
            elif way == "replayed":
                press = Press(at.platform, at.chat, first, BORIS)
                await here.keyboards.find(data[:16], press, here.clock.now_ms())
                reply = await tap(data, here, at, BORIS, admin=True, message=first + 1)
            elif way == "moved":
                reply = await tap(data, here, elsewhere, BORIS, admin=True)
            else:
                here.keyboards.kept.clear()
                reply = await tap(data, here, at, BORIS, admin=True)
            assert reply == Reply(None, toast=EXPIRED)
        assert everything(here, Destination("nowhere", 0)) == before


@pytest.mark.parametrize("place", PLACES)
async def test_a_strangers_press_does_nothing_whose_button_it_may_be(place: str) -> None:
    at = PLACES[place]
    for here in await states(at, STRANGERS):
        before = everything(here, Destination("nowhere", 0))
        for action in PRESSED:
            [data] = await _shown([action], here, at, BORIS)
            assert await tap(data, here, at, BORIS, admin=True) == Reply(None, toast=STRANGER)
        assert everything(here, Destination("nowhere", 0)) == before


async def test_who_lost_his_rights_finds_them_gone_under_buttons_that_he_was_shown() -> None:
    for action in MOVING:
        [here, *_] = await states(GROUP)
        [data] = await _shown([action], here, GROUP, BORIS)
        before = everything(here, person(GROUP, BORIS))
        await tap(data, here, GROUP, BORIS, admin=False)
        assert everything(here, person(GROUP, BORIS)) == before
        await tap(data, here, GROUP, BORIS, admin=True)
        moved = everything(here, person(GROUP, BORIS)) != before
        assert moved == (action not in ("unmute", "resume|1"))


async def _shown(wanted: list[str], here: Furnished, at: Destination, owner: int) -> list[str]:
    """These actions as buttons of one message at the place."""
    buttons = tuple(Button(action, action) for action in wanted)
    message = Message(("x",), buttons=(buttons,))
    now_ms = here.clock.now_ms()
    return actions(Reply(await armed(message, at.platform, at.chat, owner, here.keyboards, now_ms)))
