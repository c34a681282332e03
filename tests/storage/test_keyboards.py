"""Buttons: what they do is stored, belongs to one message, and ends."""

import asyncio
import re

import msgspec

from bot.clock import DAY_MS
from bot.ports import Keyboard, Keyboards, Press
from storage import Storage
from tests.storage.conftest import Home
from tests.storage.samples import GROUP, NOW
from tests.storage.steps import ask

KEYBOARD = Keyboard("telegram", GROUP.chat, 7_000_000_001, ("mute|15m", "off|8", "list|\0é"))
MESSAGE = 4_000_000_000_000


def press(message: int = MESSAGE, person: int = KEYBOARD.person) -> Press:
    return Press(KEYBOARD.platform, KEYBOARD.place, message, person)


async def test_a_keyboard_is_found_by_its_token_as_it_was_kept(storage: Storage) -> None:
    keyboards: Keyboards = storage.keyboards
    kept = Keyboard("telegram", GROUP.chat, 0, ("a|b|c", ""))
    token = await keyboards.keep(kept, NOW)
    assert await keyboards.find(token, press(), NOW) == kept


async def test_text_from_outside_is_kept_without_what_no_database_takes(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    found = await storage.keyboards.find(token, press(), NOW)
    assert found is not None and found.actions[:2] == KEYBOARD.actions[:2]
    assert len(found.actions) == 3


async def test_tokens_are_16_characters_and_never_the_same(storage: Storage) -> None:
    tokens = {await storage.keyboards.keep(KEYBOARD, NOW) for _ in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", token) for token in tokens)


async def test_a_token_that_was_never_kept_is_nothing(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    assert await storage.keyboards.find(token[::-1], press(), NOW) is None
    for forged in ("", "' OR 1=1 --", "\0" * 16, token + "\n", "é" * 16):
        assert await storage.keyboards.find(forged, press(), NOW) is None


async def test_it_belongs_to_the_first_message_under_which_it_was_pressed(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    assert await storage.keyboards.find(token, press(), NOW)
    assert await storage.keyboards.find(token, press(MESSAGE + 1), NOW) is None
    assert await storage.keyboards.find(token, press(), NOW)


async def test_what_the_platform_does_not_show_under_a_message_binds_it_to_nothing(
    storage: Storage,
) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    forged = Press(*msgspec.structs.astuple(press(MESSAGE + 1))[:4], shown=False)
    assert await storage.keyboards.find(token, forged, NOW) is None
    assert await storage.keyboards.find(token, press(), NOW)
    again = Press(*msgspec.structs.astuple(press())[:4], shown=False)
    assert await storage.keyboards.find(token, again, NOW), "a slow reader of what was edited since"


async def test_whose_button_it_is_not_binds_it_to_nothing(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    foreign = press(MESSAGE + 1, person=8)
    assert await storage.keyboards.find(token, foreign, NOW) == await storage.keyboards.find(
        token, press(), NOW
    )
    assert await storage.keyboards.find(token, foreign, NOW) is None


async def test_a_button_of_another_place_is_nothing(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    elsewhere = Press("telegram", KEYBOARD.place - 1, MESSAGE, KEYBOARD.person)
    assert await storage.keyboards.find(token, elsewhere, NOW) is None
    assert await storage.keyboards.find(token, press(MESSAGE + 1), NOW)


async def test_of_first_presses_under_many_messages_one_wins(storage: Storage) -> None:
    token = await storage.keyboards.keep(KEYBOARD, NOW)
    presses = [storage.keyboards.find(token, press(message), NOW) for message in range(10)]
    found = await asyncio.gather(*presses)
    assert sum(one is not None for one in found) == 1


async def test_it_expires_after_seven_days_and_is_forgotten_then(
    storage: Storage, home: Home
) -> None:
    old = await storage.keyboards.keep(KEYBOARD, NOW)
    young = await storage.keyboards.keep(KEYBOARD, NOW + 1)
    assert await storage.keyboards.find(old, press(), NOW + 7 * DAY_MS - 1)
    assert await storage.keyboards.find(old, press(), NOW + 7 * DAY_MS) is None
    await storage.books.thin(NOW + 7 * DAY_MS)
    assert await ask(home, "SELECT token FROM keyboard") == [(young,)]
