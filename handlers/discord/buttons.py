"""Buttons as components that need no memory of ours: what a press does is all in its id."""

import re
from collections.abc import Sequence
from itertools import chain

import discord

from bot.wording.text import Button
from handlers.discord.escaping import bare
from handlers.discord.limits import BUTTONS_IN_ROW, CUSTOM_ID, LABEL, ROWS, cut, size

CHOSEN = "•"
"""A label that begins so is the choice that is shown."""

_TWIN = re.compile(r"~\d+\Z")


def stateless(items: Sequence[discord.ui.Item[discord.ui.View]]) -> discord.ui.View:
    """A view that the library does not keep: presses are answered by their custom id."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def buttons_view(rows: tuple[tuple[Button, ...], ...]) -> discord.ui.View:
    """The buttons in their rows, what is too much left out."""
    seen: dict[str, int] = {}
    items = [
        _item(button, place, seen)
        for place, row in enumerate(_within(rows))
        for button in row
        if button.url or 0 < size(button.action) <= CUSTOM_ID - 3
    ]
    return stateless(items)


def action_of(custom_id: str) -> str:
    """The action behind a component's id."""
    return _TWIN.sub("", custom_id)


def _within(rows: tuple[tuple[Button, ...], ...]) -> list[tuple[Button, ...]]:
    """A row longer than Discord's becomes two."""
    pieces = (
        (row[at : at + BUTTONS_IN_ROW] for at in range(0, len(row), BUTTONS_IN_ROW)) for row in rows
    )
    return list(chain.from_iterable(pieces))[:ROWS]


def _item(button: Button, place: int, seen: dict[str, int]) -> discord.ui.Button[discord.ui.View]:
    label = cut(bare(button.label) or "·", LABEL)
    if button.url:
        return discord.ui.Button(label=label, url=button.url, row=place)
    # Two buttons of a message may do the same ("1h" and "refresh"), two ids may not be the same.
    twins = seen[button.action] = seen.get(button.action, 0) + 1
    custom_id = button.action if twins == 1 else f"{button.action}~{twins}"
    style = (
        discord.ButtonStyle.primary if label.startswith(CHOSEN) else discord.ButtonStyle.secondary
    )
    return discord.ui.Button(label=label, custom_id=custom_id, style=style, row=place)
