"""The demo's performance: what is said when it was cut short."""

from io import StringIO

from rich.console import Console

from bot.demo.exchanges import LoopbackExchanges
from bot.demo.player import Player, TapeClock
from bot.demo.tape import add_up, make_tape
from handlers.console.platform import ConsolePlatform
from handlers.console.show import Show
from tests.clocks import ManualClock
from tests.fakes import Furnished


async def test_an_hour_that_was_left_early_is_not_compared() -> None:
    orders, real = make_tape(0), ManualClock()
    player = Player(orders, LoopbackExchanges(0), TapeClock(0), real, speed=60.0)
    console = Console(file=StringIO())
    terminal, tape = ConsolePlatform(console, real), add_up(orders)
    here = Furnished()
    show = Show(console, terminal, here.house, here.outbox.accounts, player, tape, real)
    assert await show.verdict()
    assert isinstance(console.file, StringIO)
    assert "nothing to compare" in console.file.getvalue()
    assert "DIFFERS" not in console.file.getvalue()
