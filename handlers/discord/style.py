"""A message as Discord shows it: the head as content, the rest as one embed, buttons below.

Phones push ``content`` alone, so the head stands there and the embed does not repeat it.
"""

import discord
import msgspec

from bot.pictures.chart import Picture
from bot.wording.text import (
    Bold,
    Button,
    Code,
    Details,
    Line,
    Message,
    Moment,
    Note,
    Paragraph,
    Span,
    Table,
    Tone,
    plain,
)
from handlers.discord.escaping import bare, escaped, fenced
from handlers.discord.examples import as_slash
from handlers.discord.limits import (
    CONTENT,
    DESCRIPTION,
    EMBED,
    FIELD_NAME,
    FIELD_VALUE,
    FIELDS,
    FOOTER,
    cut,
    fitting,
    size,
)
from handlers.discord.pictures import IN_EMBED

COLOURS = {
    Tone.LONG: 0xD64545,
    Tone.SHORT: 0x2E9E6B,
    Tone.EVEN: 0x7A828E,
    Tone.CALM: 0x4C7BD9,
}
FOOTER_WITHOUT_NOTE = "Liqwatch"
"""iOS shows nothing of an embed's last line where there is no footer."""

DETAILS_TITLE = "Details"

NAMELESS = "\u200b"
"""Discord wants a name for each field; this one is not seen."""


class Styled(msgspec.Struct, frozen=True):
    """``embeds`` is empty where the head says it all. ``picture`` is to be uploaded with it."""

    content: str
    embeds: tuple[discord.Embed, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    picture: Picture | None = None


def styled(message: Message, mention: str = "", *, pictured: bool = False) -> Styled:
    """``mention`` (such as ``<@&1>``) stands before the head.

    ``pictured``: what this edits has a chart, which stays in the embed where no other comes.
    """
    head = "".join(_head_span(span) for span in message.head)
    content = cut(f"{mention} {head}" if mention else head, CONTENT)
    embeds = (_embed(message),) if message.blocks else ()
    for embed in embeds:
        if pictured or message.picture is not None:
            embed.set_image(url=IN_EMBED)
    return Styled(content, embeds, message.buttons, message.picture)


def worded(message: Message, mention: str = "") -> Styled:
    """The same words without any markup, for when Discord did not accept the markup."""
    lines = [plain(message.head), *(plain(line) for line in _lines(message))]
    said = fitting([escaped(line) for line in lines], CONTENT - size(mention) - 1)
    return Styled(f"{mention} {said}" if mention else said, ())


def _embed(message: Message) -> discord.Embed:
    embed = discord.Embed(colour=COLOURS[message.tone])
    notes = [bare(plain(line)) for line in _notes(message) if not _timed(line)]
    embed.set_footer(text=cut(" · ".join(notes), FOOTER) or FOOTER_WITHOUT_NOTE)
    embed.description = fitting(_described(message), DESCRIPTION, separator="\n\n")
    room = EMBED - len_of(embed)
    for name, lines in _named(message)[:FIELDS]:
        value = fitting(lines, min(FIELD_VALUE, room - size(name)))
        if not value.strip():
            continue
        embed.add_field(name=name, value=value, inline=False)
        room -= size(name) + size(value)
    return embed


def len_of(embed: discord.Embed) -> int:
    """What counts against the 6,000 of a message, in the stricter unit."""
    fields = sum(size(field.name or "") + size(field.value or "") for field in embed.fields)
    return fields + size(embed.description or "") + size(embed.footer.text or "")


def _described(message: Message) -> list[str]:
    parts = []
    for block in _prose(message):
        if isinstance(block, Table):
            parts.append(_table(block))
        else:
            parts.append(fitting([_line(line) for line in block.lines], DESCRIPTION))
    return [part for part in parts if part]


def _prose(message: Message) -> list[Paragraph | Table]:
    """Paragraphs without a title, and tables, in their order; where there are none the first
    paragraph, as an embed does not begin with a field."""
    told = [block for block in message.blocks if isinstance(block, Paragraph | Table)]
    untitled = [block for block in told if isinstance(block, Table) or not block.title]
    return untitled or told[:1]


def _named(message: Message) -> list[tuple[str, list[str]]]:
    """Other paragraphs and details: a field each."""
    fields = []
    prose = _prose(message)
    for block in message.blocks:
        if isinstance(block, Paragraph) and not any(block is said for said in prose):
            name = bare(block.title).strip() or DETAILS_TITLE
            fields.append((cut(name, FIELD_NAME), block.lines))
        elif isinstance(block, Details):
            fields.append((DETAILS_TITLE, block.lines))
    timed = tuple(line for line in _notes(message) if _timed(line))
    fields.append((NAMELESS, timed))
    return [(name, [_line(line) for line in lines]) for name, lines in fields if lines]


def _lines(message: Message) -> list[Line]:
    """All below the head."""
    lines: list[Line] = []
    for block in message.blocks:
        match block:
            case Paragraph(lines=told) | Details(lines=told):
                lines += told
            case Table(rows=rows):
                lines += [("  ".join(row),) for row in rows]
            case Note(line=line):
                lines.append(line)
    return lines


def _notes(message: Message) -> list[Line]:
    return [block.line for block in message.blocks if isinstance(block, Note)]


def _timed(line: Line) -> bool:
    """Footers show nobody his own time: a note that tells one is the last field instead."""
    return any(isinstance(span, Moment) for span in line)


def _line(line: Line) -> str:
    """A line that keeps its markup whole: one too long for any place is cut as plain text."""
    rendered = "".join(_span(span) for span in line)
    return rendered if size(rendered) <= FIELD_VALUE else cut(escaped(plain(line)), FIELD_VALUE)


def _span(span: Span) -> str:
    match span:
        case str():
            return escaped(span)
        case Bold(text=text):
            return f"**{escaped(text)}**" if text.strip() else escaped(text)
        case Moment(at_ms=at_ms, style=style):
            return f"<t:{at_ms // 1000}:{style}>"
        case Code(text=text):
            return f"`{fenced(as_slash(text))}`" if text.strip() else escaped(text)


def _head_span(span: Span) -> str:
    """As in a line, but pushed to a lock screen, where neither bold nor times are rendered."""
    match span:
        case Bold(text=text):
            return escaped(text)
        case Moment():
            return plain((span,))
        case _:
            return _span(span)


def _table(table: Table) -> str:
    """Fixed width in a code block; rows that do not fit are left out from below."""
    rows = [[fenced(cell) for cell in row] for row in table.rows]
    if not rows:
        return ""
    columns = max(len(row) for row in rows)
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(columns)]
    lines = ["  ".join(_cells(row, widths)).rstrip() for row in rows]
    return f"```\n{fitting(lines, DESCRIPTION - 8)}\n```"


def _cells(row: list[str], widths: list[int]) -> list[str]:
    return [
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    ]
