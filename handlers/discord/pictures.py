"""Charts and files as attachments: a chart stands in the embed, and its words are its alt text.

Sources: docs.discord.com, reference, "Uploading Files", and resources/message, "Edit Message": an
edit that does not name attachments keeps those that are there. A picture that an embed shows is
shown beside it after an edit whose embed names it no more (discord-api-docs, issue 5675).
"""

from collections import OrderedDict
from io import BytesIO
from typing import Any

import discord

from bot.pictures.chart import Picture
from bot.wording.text import File
from handlers.discord.limits import ALT, FILES, FILES_BYTES, cut

NAME = "chart.png"
IN_EMBED = f"attachment://{NAME}"

MOST = 10_000
"""Messages of which it is known that they have a chart; the one unused for longest is forgotten."""


class Pictured:
    """Which messages have a chart, by their ids; need not outlive the process."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, None] = OrderedDict()

    def add(self, message: int) -> None:
        self._messages[message] = None
        self._messages.move_to_end(message)
        if len(self._messages) > MOST:
            self._messages.popitem(last=False)

    def __contains__(self, message: int) -> bool:
        return message in self._messages


def sent_along(picture: Picture | None) -> dict[str, Any]:
    """Arguments of a call that posts; new at each try, as the library closes what it has sent."""
    return {"files": [_chart(picture)]} if picture is not None else {}


def put_in_place(picture: Picture | None) -> dict[str, Any]:
    """Arguments of a call that edits: the picture instead of what is there, or no word of it."""
    return {"attachments": [_chart(picture)]} if picture is not None else {}


def attached(files: tuple[File, ...]) -> list[discord.File]:
    """As many as one message takes."""
    room, taken = FILES_BYTES, []
    for file in files[:FILES]:
        room -= len(file.content)
        if room < 0:
            break
        taken.append(discord.File(BytesIO(file.content), file.name))
    return taken


def _chart(picture: Picture) -> discord.File:
    return discord.File(BytesIO(picture.png), NAME, description=cut(picture.alt, ALT) or None)
