"""Buttons on their way out and back: they show a token and a number, what they do is stored.

So nobody can press what he was not shown. Data is ``token:index``, such as
``Zk3vT9_qLw0aXb7-:2``; it fits what Telegram (64 bytes) and Discord (100) put behind a button.
"""

import re

import msgspec
import structlog
from msgspec.structs import replace

from bot.errors import StoreError
from bot.ports import Keyboard, Keyboards
from bot.wording.text import Button, Message
from handlers.talk import Reply, Request

log = structlog.get_logger()

ANYONE = 0
"""As the person of a keyboard: everybody may press, and each press is judged by who presses."""

_DATA = re.compile(r"([A-Za-z0-9_-]{16}):(0|[1-9][0-9]?)", re.ASCII)


class Pressed(msgspec.Struct, frozen=True):
    """Which button of which stored keyboard."""

    token: str
    index: int


async def armed(
    message: Message, platform: str, place: int, person: int, keyboards: Keyboards, now_ms: int
) -> Message:
    """The message with data in place of its actions, and these stored; links stay as they are.

    ``place`` is the platform's id of the chat or channel that will show it, ``person`` who may
    press (``ANYONE``, or what ``presser`` says). Raises ``StoreError``.
    """
    actions = tuple(button.action for row in message.buttons for button in row if button.action)
    if not actions:
        return message
    token = await keyboards.keep(Keyboard(platform, place, person, actions), now_ms)
    numbers = iter(range(len(actions)))
    rows = tuple(
        tuple(_armed(button, token, next(numbers)) if button.action else button for button in row)
        for row in message.buttons
    )
    return replace(message, buttons=rows)


async def armed_or_bare(
    message: Message, platform: str, place: int, person: int, keyboards: Keyboards, now_ms: int
) -> Message:
    """The same for an answer: its words are worth more than its buttons, so without storage they
    go out alone, with their links."""
    try:
        return await armed(message, platform, place, person, keyboards, now_ms)
    except StoreError as error:
        log.error("buttons could not be stored", reason=str(error))
        links = (tuple(b for b in row if not b.action) for row in message.buttons)
        return replace(message, buttons=tuple(row for row in links if row))


def presser(reply: Reply, request: Request) -> int:
    """Who may press the buttons of a reply: who asked. A nameless asker's are anybody's."""
    return ANYONE if reply.anyone else request.author


def parsed(data: str) -> Pressed | None:
    """What a platform handed back from a button; None for what ``armed`` cannot have made."""
    found = _DATA.fullmatch(data)
    return Pressed(found[1], int(found[2])) if found else None


def _armed(button: Button, token: str, index: int) -> Button:
    return replace(button, action=f"{token}:{index}")
