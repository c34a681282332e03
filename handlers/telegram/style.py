"""Styles a message for Telegram: HTML that its parser accepts, never above its length."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.clock import as_datetime
from bot.wording.text import (
    Block,
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
)
from handlers.telegram.signs import cut, units, visible

LONGEST_TEXT = 4096
"""UTF-16 units of a message after its markup was read."""

LONGEST_CAPTION = 1024
"""The same of words below a picture."""

LONGEST_DATA = 64
"""Bytes behind a button."""

MOST_IN_A_ROW = 8
"""Buttons that one row of a keyboard takes."""

# https://core.telegram.org/bots/api#date-time-entity-formatting
_FORMATS = {"t": "t", "d": "d", "f": "dt", "R": "r"}
_WITHOUT = {"t": "%H:%M UTC", "d": "%d %b", "f": "%d %b %H:%M UTC", "R": "%d %b %H:%M UTC"}


class Styled(NamedTuple):
    """Markup, and the text that is left of it once Telegram has read it."""

    html: str
    text: str


_MORE = Styled("\n…", "\n…")
"""Stands where lines gave way."""


def html(message: Message, longest: int = LONGEST_TEXT) -> str:
    """The message as Telegram's HTML; blocks and lines at the end give way to its length."""
    return _fitted(message, longest).html


def bare(message: Message, longest: int = LONGEST_TEXT) -> str:
    """The same words without any markup, for when Telegram did not accept the markup."""
    return _fitted(message, longest).text


def fits(message: Message, longest: int) -> bool:
    """Whether nothing of it has to give way."""
    return bare(message, longest) == bare(message)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons; one whose action is longer than Telegram takes is left out."""
    rows = ([_button(button) for button in row if _fits(button)] for row in message.buttons)
    kept = [row[:MOST_IN_A_ROW] for row in rows if row]
    return InlineKeyboardMarkup(kept) if kept else None


def _fits(button: Button) -> bool:
    return bool(button.url) or 0 < len(button.action.encode()) <= LONGEST_DATA


def _button(button: Button) -> InlineKeyboardButton:
    label = visible(button.label)
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    return InlineKeyboardButton(label, callback_data=button.action)


def _fitted(message: Message, longest: int) -> Styled:
    parts = [_head(message.head, longest)] if message.head else []
    room = longest - sum(units(part.text) for part in parts) - units(_MORE.text)
    before: Block | None = None
    for block in message.blocks:
        gap = _gap(before, block) if parts else ""
        lines = _lines(block)
        kept = _fitting(lines, room - len(gap))
        if kept:
            parts += [Styled(gap, gap), _block(block, kept)]
            room -= len(gap) + units(parts[-1].text)
        if len(kept) < len(lines):
            return _joined([*parts, _MORE])
        before = block
    return _joined(parts)


def _gap(before: Block | None, block: Block) -> str:
    """An empty line parts paragraphs; a table, a quote and a note stand apart by themselves."""
    return "\n\n" if isinstance(before, Paragraph) and isinstance(block, Paragraph) else "\n"


def _head(line: Line, longest: int) -> Styled:
    head = _line(line, "b")
    if units(head.text) <= longest // 2:
        return head
    return _line((cut(head.text, longest // 2) + "…",), "b")


def _fitting(lines: list[Styled], room: int) -> list[Styled]:
    """The first lines that there is room for."""
    for at, line in enumerate(lines):
        room -= units(line.text) + (1 if at else 0)
        if room < 0:
            return lines[:at]
    return lines


def _lines(block: Block) -> list[Styled]:
    if isinstance(block, Table):
        return _rows(block)
    if isinstance(block, Note):
        return [_line(block.line, "i")]
    return [_line(line) for line in block.lines]


def _block(block: Block, lines: list[Styled]) -> Styled:
    inner = _joined(lines, "\n")
    if isinstance(block, Table):
        return _tagged("pre", inner)
    if isinstance(block, Details):
        return _tagged("blockquote", inner, " expandable")
    return inner


def _rows(table: Table) -> list[Styled]:
    rows = [[visible(cell).replace("\n", " ") for cell in row] for row in table.rows]
    columns = max((len(row) for row in rows), default=0)
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(columns)]
    return [_plain(_row(row, widths)) for row in rows]


def _row(row: list[str], widths: list[int]) -> str:
    first, *others = [
        cell.rjust(width) if at else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    ] or [""]
    return "  ".join([first, *others]).rstrip()


def _line(line: Line, tag: str = "") -> Styled:
    """A line, all of it in ``tag`` but for code, which may stand in no other markup."""
    return _joined([_span(span, tag) for span in line])


def _span(span: Span, tag: str) -> Styled:
    if isinstance(span, Code):
        return _tagged("code", _plain(span.text))
    if isinstance(span, Moment):
        return _tagged(tag, _moment(span))
    if isinstance(span, Bold):
        return _tagged(tag, _plain(span.text) if tag == "b" else _tagged("b", _plain(span.text)))
    return _tagged(tag, _plain(span))


def _moment(moment: Moment) -> Styled:
    """Each reader's own time; clients that do not know it show the text inside."""
    text = as_datetime(moment.at_ms).strftime(_WITHOUT[moment.style])
    unix, form = moment.at_ms // 1000, _FORMATS[moment.style]
    return Styled(f'<tg-time unix="{unix}" format="{form}">{text}</tg-time>', text)


def _plain(text: str) -> Styled:
    shown = visible(text)
    return Styled(_escaped(shown), shown)


def _tagged(tag: str, inner: Styled, attributes: str = "") -> Styled:
    if not tag or not inner.text:
        return inner
    return Styled(f"<{tag}{attributes}>{inner.html}</{tag}>", inner.text)


def _joined(parts: Iterable[Styled], between: str = "") -> Styled:
    parts = list(parts)
    markup = between.join(part.html for part in parts)
    return Styled(markup, between.join(part.text for part in parts))


def _escaped(text: str) -> str:
    return escape(text, quote=False)
