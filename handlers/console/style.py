"""A message for a terminal: a Rich panel, or plain lines where nobody watches."""

from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text

from bot.clock import as_datetime
from bot.wording.text import Block, Bold, Button, Code, Line, Message, Moment, Note, Table, Tone

COLOURS = {
    Tone.LONG: "red",
    Tone.SHORT: "green",
    Tone.EVEN: "bright_black",
    Tone.CALM: "blue",
}
WIDTH = 78


def styled(
    message: Message, buttons: Mapping[int, Button] | None = None, columns: int = WIDTH
) -> RenderableType:
    """The whole message; ``buttons`` are shown with the numbers that press them.

    A head that ``columns`` would cut short in the frame stands inside, where it is wrapped. Of a
    picture stands what it shows, in words.
    """
    head = _line(message.head, "bold")
    fits = head.cell_len + len("╭─  ─╮") <= min(WIDTH, columns)
    below = message.blocks or message.picture is not None
    parts: list[RenderableType] = [] if fits or not below else [head]
    for block in message.blocks:
        if parts:
            parts.append(Text())
        parts.append(_block(block))
    if message.picture is not None:
        parts += [*([Text()] if parts else []), Text(f"[chart: {message.picture.alt}]", "dim")]
    if buttons:
        parts += [Text(), _buttons(buttons)]
    return Panel(
        Group(*parts) if parts else head,
        title=head if parts and fits else None,
        title_align="left",
        border_style=COLOURS[message.tone],
        box=box.ROUNDED,
        width=WIDTH,
    )


def _block(block: Block) -> RenderableType:
    if isinstance(block, Table):
        return Padding(_grid(block), (0, 0, 0, 2))
    if isinstance(block, Note):
        return _line(block.line, "italic dim")
    return Text("\n").join(_line(line) for line in block.lines)


def _grid(table: Table) -> Grid:
    grid = Grid.grid(padding=(0, 3))
    for column in range(max(len(row) for row in table.rows)):
        grid.add_column(justify="left" if column == 0 else "right")
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _line(line: Line, style: str = "") -> Text:
    text = Text(style=style)
    for span in line:
        if isinstance(span, str):
            text.append(span)
        elif isinstance(span, Bold):
            text.append(span.text, style="bold")
        elif isinstance(span, Code):
            text.append(span.text, style="cyan")
        else:
            text.append(_moment(span))
    return text


def _moment(moment: Moment) -> str:
    at = as_datetime(moment.at_ms)
    return at.strftime("%H:%M" if moment.style in ("t", "R") else "%d %b %H:%M")


def _buttons(buttons: Mapping[int, Button]) -> Text:
    text = Text()
    for number, button in buttons.items():
        text.append(f"{number}:", style="cyan")
        text.append(f"\u00a0{button.label}   ", style="dim")
    return text
