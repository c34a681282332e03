"""How long a message is as its reader sees it."""

from collections.abc import Sequence

from bot.wording.text import Block, Details, Line, Message, Note, Paragraph, Table, plain

CAPTION = 1_000
"""Visible characters of any message that may get a picture, whose caption it then is."""

SHOWN_TIME = "00:00"
"""What a reader sees of a time."""


def length(*parts: Line | Block, moment: str = SHOWN_TIME) -> int:
    """Visible characters, with the ends of lines; ``moment`` as ``plain`` has it."""
    return sum(len(plain(line, moment)) + 1 for part in parts for line in _lines(part))


def length_of(message: Message) -> int:
    """The same of a whole message."""
    return length(message.head, *message.blocks)


def _lines(part: Line | Block) -> Sequence[Line]:
    match part:
        case Paragraph(lines=lines) | Details(lines=lines):
            return lines
        case Table(rows=rows):
            return rows
        case Note(line=line):
            return [line]
        case _:
            return [part]
