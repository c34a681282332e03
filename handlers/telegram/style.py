"""Styles a message for Telegram: HTML that its parser accepts, never above its length."""

from collections.abc import Callable, Iterable
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

LONGEST_DATA = 64
"""Bytes behind a button."""

MOST_IN_A_ROW = 8
"""Buttons that one row of a keyboard takes."""

SHORTENED = "…"

# https://core.telegram.org/bots/api#date-time-entity-formatting
_FORMATS = {"t": "t", "d": "d", "f": "dt", "R": "r"}
_WITHOUT = {"t": "%H:%M UTC", "d": "%d %b", "f": "%d %b %H:%M UTC", "R": "%d %b %H:%M UTC"}


class Styled(NamedTuple):
    """Markup, and the text that is left of it once Telegram has read it."""

    html: str
    text: str


def html(message: Message) -> str:
    """The message as Telegram's HTML; blocks and lines at the end give way to its length."""
    return _fitted(message).html


def bare(message: Message) -> str:
    """The same words without any markup, for when Telegram did not accept the markup."""
    return _fitted(message).text


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


def _fitted(message: Message) -> Styled:
    parts = [_head(message.head)] if message.head else []
    room = LONGEST_TEXT - sum(units(part.text) for part in parts) - len("\n") - len(SHORTENED)
    before: Block | None = None
    for block in message.blocks:
        gap = _gap(before, block) if parts else ""
        part = _block(block, room - len(gap))
        if part is not None:
            parts += [Styled(gap, gap), part]
            room -= len(gap) + units(part.text)
        if part is None or part.text != _whole(block).text:
            return _joined([*parts, Styled(f"\n{SHORTENED}", f"\n{SHORTENED}")])
        before = block
    return _joined(parts)


def _gap(before: Block | None, block: Block) -> str:
    """An empty line parts paragraphs; a table, a quote and a note stand apart by themselves."""
    return "\n\n" if isinstance(before, Paragraph) and isinstance(block, Paragraph) else "\n"


def _head(line: Line) -> Styled:
    head = _line(line, "b")
    if units(head.text) <= LONGEST_TEXT // 2:
        return head
    return _line((cut(head.text, LONGEST_TEXT // 2) + SHORTENED,), "b")


def _block(block: Block, room: int) -> Styled | None:
    """As much of a block as there is room for, in whole lines; None where not one line fits."""
    part = _whole(block)
    for shorter in _shorter(block):
        if units(part.text) <= room:
            break
        part = _whole(shorter)
    return part if part.text and units(part.text) <= room else None


def _shorter(block: Block) -> Iterable[Block]:
    """The block with ever fewer of its last lines."""
    if isinstance(block, Table):
        return (Table(block.rows[:count]) for count in range(len(block.rows) - 1, 0, -1))
    if isinstance(block, Note):
        return ()
    whole: Callable[[tuple[Line, ...]], Block] = type(block)
    return (whole(block.lines[:count]) for count in range(len(block.lines) - 1, 0, -1))


def _whole(block: Block) -> Styled:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Note):
        return _line(block.line, "i")
    lines = _joined([_line(line) for line in block.lines], "\n")
    if isinstance(block, Details) and lines.text:
        return Styled(f"<blockquote expandable>{lines.html}</blockquote>", lines.text)
    return lines


def _table(table: Table) -> Styled:
    rows = [[visible(cell) for cell in row] for row in table.rows]
    columns = max((len(row) for row in rows), default=0)
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(columns)]
    text = "\n".join(_row(row, widths) for row in rows)
    return Styled(f"<pre>{_escaped(text)}</pre>" if text else "", text)


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


def _tagged(tag: str, inner: Styled) -> Styled:
    return Styled(f"<{tag}>{inner.html}</{tag}>", inner.text) if tag and inner.text else inner


def _joined(parts: Iterable[Styled], between: str = "") -> Styled:
    parts = list(parts)
    markup = between.join(part.html for part in parts)
    return Styled(markup, between.join(part.text for part in parts))


def _escaped(text: str) -> str:
    return escape(text, quote=False)
