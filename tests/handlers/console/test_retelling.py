"""A terminal that follows a story: new messages whole, edits in a line, and how many rang."""

from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from bot.pictures.chart import Picture
from bot.wording.text import Message, Paragraph, Tone
from handlers.console.notify import HERE, Screen
from handlers.console.retelling import PAUSE_S, Retelling
from tests.clocks import ManualClock

START = Message(("Flush: $60M+ longs",), (Paragraph((("BTC fell.",),)),), (), Tone.LONG, loud=True)


class Terminal:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self._console = Console(file=StringIO(), width=80)
        self.messages = Retelling(Screen(self._console), self.clock)

    async def new(self, message: Message) -> None:
        await self.messages.deliver(HERE, message, "nonce")

    async def edit(self, message: Message) -> str:
        """What was shown for it."""
        before = len(self.shown)
        await self.messages.deliver(HERE, message, "nonce", edits=1)
        return self.shown[before:]

    @property
    def shown(self) -> str:
        assert isinstance(self._console.file, StringIO)
        return self._console.file.getvalue()


@pytest.fixture
async def terminal() -> Terminal:
    known = Terminal()
    await known.new(START)
    return known


async def test_a_new_message_is_shown_whole_and_its_ring_is_counted(terminal: Terminal) -> None:
    assert "it rings" in terminal.shown
    assert "BTC fell." in terminal.shown
    await terminal.new(replace(START, loud=False))
    assert terminal.shown.count("it rings") == 1
    assert (terminal.messages.sent, terminal.messages.rang) == (2, 1)


async def test_an_edit_with_larger_figures_is_a_line_now_and_then(terminal: Terminal) -> None:
    larger = replace(START, head=("Flush: $75M+ longs",))
    assert await terminal.edit(larger) == ""
    await terminal.clock.advance(PAUSE_S)
    told = await terminal.edit(larger)
    assert told.strip() == "✎ Flush: $75M+ longs"
    assert (terminal.messages.edited, terminal.messages.rang) == (2, 1)


async def test_another_stage_is_told_at_once(terminal: Terminal) -> None:
    assert "✎ Past its peak" in await terminal.edit(replace(START, head=("Past its peak: $90M",)))


async def test_the_chart_that_is_added_is_told_once(terminal: Terminal) -> None:
    drawn = replace(START, picture=Picture(b"png", "digest", "bars"))
    assert "with its chart" in await terminal.edit(drawn)
    assert await terminal.edit(drawn) == ""


async def test_a_look_back_is_shown_whole_once(terminal: Terminal) -> None:
    calm = replace(START, head=("4 h after the flush",), tone=Tone.CALM)
    assert "BTC fell." in await terminal.edit(calm)
    assert await terminal.edit(calm) == ""
