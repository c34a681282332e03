"""Buttons as components; the library keeps none of them, a press is answered by its id alone."""

from collections.abc import Sequence
from itertools import chain

import discord

from bot.wording.text import Button
from handlers.discord.escaping import bare
from handlers.discord.limits import BUTTONS_IN_ROW, LABEL, ROWS, cut

CHOSEN = "•"
"""A label that begins so is the choice that is shown."""


def stateless(items: Sequence[discord.ui.Item[discord.ui.View]]) -> discord.ui.View:
    """A view that the library does not wait for."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def buttons_view(rows: tuple[tuple[Button, ...], ...]) -> discord.ui.View:
    """The buttons in their rows, what is too much left out; their actions are ids (``armed``)."""
    return stateless(
        [_item(button, place) for place, row in enumerate(_within(rows)) for button in row]
    )


def _within(rows: tuple[tuple[Button, ...], ...]) -> list[tuple[Button, ...]]:
    """A row longer than Discord's becomes two."""
    pieces = (
        (row[at : at + BUTTONS_IN_ROW] for at in range(0, len(row), BUTTONS_IN_ROW)) for row in rows
    )
    return list(chain.from_iterable(pieces))[:ROWS]


def _item(button: Button, place: int) -> discord.ui.Button[discord.ui.View]:
    label = cut(bare(button.label) or "·", LABEL)
    if button.url:
        return discord.ui.Button(label=label, url=button.url, row=place)
    style = (
        discord.ButtonStyle.primary if label.startswith(CHOSEN) else discord.ButtonStyle.secondary
    )
    return discord.ui.Button(label=label, custom_id=button.action, style=style, row=place)
