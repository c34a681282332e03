"""A message before any platform has styled it: lines of spans, blocks of lines, buttons."""

from enum import StrEnum
from typing import Literal

import msgspec

from bot.clock import as_datetime
from bot.pictures.chart import Picture

Style = Literal["t", "d", "f", "R"]
"""How a time is shown: ``t`` 02:41 · ``d`` a date · ``f`` date and time · ``R`` relative."""


class Bold(msgspec.Struct, frozen=True, tag="bold"):
    text: str


class Moment(msgspec.Struct, frozen=True, tag="moment"):
    """A time that each reader sees as his own."""

    at_ms: int
    style: Style = "t"


class Code(msgspec.Struct, frozen=True, tag="code"):
    """Something to be typed or copied, such as a command."""

    text: str


Span = str | Bold | Moment | Code
Line = tuple[Span, ...]


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Lines that belong together; paragraphs are set apart by an empty line.

    ``title`` is used where a platform has named fields (Discord); elsewhere it is not shown.
    """

    lines: tuple[Line, ...]
    title: str = ""


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows in fixed width; the first column is set left, the others right."""

    rows: tuple[tuple[str, ...], ...]


class Details(msgspec.Struct, frozen=True, tag="details"):
    """Lines that may be folded away."""

    lines: tuple[Line, ...]


class Note(msgspec.Struct, frozen=True, tag="note"):
    """What the figures are worth: the last, quiet line."""

    line: Line


Block = Paragraph | Table | Details | Note


class Tone(StrEnum):
    """What colour a message has where there are colours."""

    LONG = "long"
    SHORT = "short"
    EVEN = "even"
    CALM = "calm"


class Button(msgspec.Struct, frozen=True):
    """``action`` is what a press does: ``verb|argument|...``.

    A button holds no right of its own: a press is judged by who presses, like a typed command.
    ``url`` instead of an action makes it a link.
    """

    label: str
    action: str = ""
    url: str = ""


class Told(msgspec.Struct, frozen=True):
    """What sentences say, by place: the line below a headline (empty where there is nothing), the
    facts after what is in it, and the details that may be folded away."""

    lead: Line = ()
    facts: tuple[Line, ...] = ()
    details: tuple[Line, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """``head`` is the push notification: it must be enough on a lock screen.

    ``picture`` goes with the words, as their caption: at most 1,000 visible characters then.
    """

    head: Line
    blocks: tuple[Block, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    tone: Tone = Tone.CALM
    loud: bool = False
    picture: Picture | None = None


class File(msgspec.Struct, frozen=True):
    """Something to be kept: ``F311.csv``."""

    name: str
    content: bytes


def plain(line: Line, moment: str = "") -> str:
    """A line without any styling; ``moment`` replaces times (empty: HH:MM UTC)."""
    return "".join(_bare(span, moment) for span in line)


def _bare(span: Span, moment: str) -> str:
    if isinstance(span, str):
        return span
    if isinstance(span, Moment):
        return moment or as_datetime(span.at_ms).strftime("%H:%M UTC")
    return span.text
