"""What a message looks like in a terminal."""

from io import StringIO

import pytest
from rich.console import Console

from bot.wording.text import Button, Message, Paragraph
from handlers.console.platform import NO_BUTTON, ConsolePlatform
from handlers.console.style import styled
from tests.fakes import Furnished

HEAD = "🔻 $202M+ in 1 h · 90% longs. Twice your $100M."


def shown(columns: int, head: str = HEAD, *buttons: Button) -> str:
    console = Console(file=StringIO(), width=columns)
    console.print(styled(Message((head,), (Paragraph((("a fact",),)),)), buttons, columns))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("columns", [30, 40, 50, 52, 53, 54, 80, 200])
def test_no_terminal_is_so_narrow_that_an_amount_is_cut(columns: int) -> None:
    told = shown(columns)
    assert "$202M+" in told
    assert "$100M." in told
    assert "a fact" in told
    assert len({len(line) for line in told.splitlines() if "🔻" not in line}) == 1


def test_a_number_that_is_a_label_is_shown_once() -> None:
    told = shown(80, HEAD, Button("1", "rule|7"), Button("Pause", "pause|7"))
    assert "1   2 Pause" in told


@pytest.mark.parametrize("number", ["0", "99", "9" * 5000])
async def test_a_number_without_a_button_is_said(number: str) -> None:
    console = Console(file=StringIO(), width=80)
    await ConsolePlatform(console).obey(number, Furnished().house)
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().strip() == NO_BUTTON
