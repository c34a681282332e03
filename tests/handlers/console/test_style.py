"""What a message looks like in a terminal."""

from io import StringIO

import pytest
from rich.console import Console

from bot.wording.text import Button, Message, Paragraph
from handlers.console.notify import HERE
from handlers.console.platform import NO_BUTTON, ConsolePlatform
from handlers.console.style import styled
from tests.clocks import ManualClock
from tests.fakes import Furnished

HEAD = "🔻 $202M+ in 1 h · 90% longs. Twice your $100M."


def shown(columns: int) -> str:
    console = Console(file=StringIO(), width=columns)
    console.print(styled(Message((HEAD,), (Paragraph((("a fact",),)),)), columns=columns))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("columns", [30, 40, 50, 52, 53, 54, 80, 200])
def test_no_terminal_is_so_narrow_that_an_amount_is_cut(columns: int) -> None:
    told = shown(columns)
    assert "$202M+" in told
    assert "$100M." in told
    assert "a fact" in told
    assert len({len(line) for line in told.splitlines() if "🔻" not in line}) == 1


async def test_a_number_presses_what_was_seen_though_a_message_came_between() -> None:
    console, here = Console(file=StringIO(), width=80), Furnished()
    chat = ConsolePlatform(console, ManualClock())
    await chat.obey("/mute 2h", here.house)
    chat.screen.show(Message(("seen",), buttons=((Button("Unmute", "unmute"),),)))
    chat.screen.show(Message(("between",), buttons=((Button("Mute", "mute|1h"),),)))
    await chat.obey("1", here.house)
    assert here.chats.saved[HERE].muted_until_ms == 0


async def test_the_terminals_one_person_is_never_too_fast() -> None:
    console, here = Console(file=StringIO(), width=80), Furnished()
    chat = ConsolePlatform(console, ManualClock())
    for _ in range(30):
        await chat.obey("/liqs", here.house)
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().count("Liquidations") == 30


@pytest.mark.parametrize("number", ["0", "99", "9" * 5000])
async def test_a_number_without_a_button_is_said(number: str) -> None:
    console = Console(file=StringIO(), width=80)
    await ConsolePlatform(console, ManualClock()).obey(number, Furnished().house)
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().strip() == NO_BUTTON
