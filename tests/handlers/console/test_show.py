"""The demo's performance: what is said when it was cut short."""

from io import StringIO

from rich.console import Console

from bot.demo.exchanges import LoopbackExchanges
from bot.demo.player import Player, TapeClock
from bot.demo.tape import make_story
from handlers.console.platform import ConsolePlatform
from handlers.console.retelling import Retelling
from handlers.console.show import Show
from tests.clocks import ManualClock
from tests.fakes import Furnished


async def test_an_hour_that_was_left_early_is_not_compared() -> None:
    story, real = make_story(0), ManualClock()
    player = Player(LoopbackExchanges(0), TapeClock(0), real)
    console = Console(file=StringIO())
    terminal = ConsolePlatform(console, real)
    here, messages = Furnished(), Retelling(terminal.screen, real)
    show = Show(
        console, terminal, messages, here.house, here.outbox.accounts, player, story, 60.0, real
    )
    assert await show.verdict()
    assert isinstance(console.file, StringIO)
    assert "nothing to compare" in console.file.getvalue()
    assert "DIFFERS" not in console.file.getvalue()
