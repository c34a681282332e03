"""The demo as a person sees it: a few alerts are set, the tape plays, the figures are compared."""

import asyncio
from collections.abc import Awaitable, Callable

from rich.console import Console
from rich.text import Text

from bot.clock import Clock
from bot.demo.player import Player
from bot.demo.report import comparison, progress, welcome
from bot.demo.tape import Sums
from bot.figures import Reading
from bot.ports import Accounts
from handlers.console.platform import ConsolePlatform
from handlers.talk import House

OPENING = (
    "/alert 1h > 100m",
    "/alert BTC 15m long > 20m",
    "/alert 15m imbalance > 90%",
    "/alert order > 3m",
)
"""What the demo's person types first."""

CLOSING = ("/liqs", "/imbalance", "/sources")

STEPS = 12
"""Lines of progress where there is no bottom line to show it in."""

SETTLE_S = 10.0


class Show:
    """``play`` is the whole performance; ``verdict`` comes after the bot has stopped."""

    def __init__(
        self,
        console: Console,
        terminal: ConsolePlatform,
        house: House,
        accounts: Callable[[], Awaitable[Accounts]],
        player: Player,
        tape: Sums,
        real: Clock,
    ) -> None:
        self._console = console
        self._terminal = terminal
        self._house = house
        self._accounts = accounts
        self._player = player
        self._tape = tape
        self._real = real
        self._over = False
        terminal.status = self._progress

    async def play(self) -> None:
        self._console.print(welcome(self._terminal.interactive))
        await self._everyone_listens()
        await self._type(*OPENING)
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell_progress(), name="demo progress")
            await self._player.play()
            telling.cancel()
        await self._let_alerts_out()
        await self._type(*CLOSING)
        self._over = True

    async def verdict(self) -> bool:
        """Print the comparison; True when the bot's hour equals the tape's, or was cut short."""
        if not self._over:
            self._console.print("Left before the hour was over: nothing to compare.", style="dim")
            return True
        accounts = await self._accounts()
        shown, agree = comparison(self._tape, self._hour(), accounts)
        self._console.print(shown)
        return agree

    async def _everyone_listens(self) -> None:
        """The hour begins when every exchange has acknowledged: nothing of it is missed."""
        while any(source.state != "live" for source in self._house.desk.sources()):
            await self._real.sleep(0.05)

    async def _type(self, *commands: str) -> None:
        for command in commands:
            self._console.print(Text(f"> {command}", style="bold cyan"))
            await self._terminal.obey(command, self._house)

    async def _tell_progress(self) -> None:
        """Where nobody can see the bottom line, a line at every twelfth of the tape."""
        told = 0
        while not self._terminal.interactive:
            await self._real.sleep(0.2)
            if int(self._player.share * STEPS) > told:
                told = int(self._player.share * STEPS)
                self._console.print(self._progress(), style="dim", highlight=False)

    async def _let_alerts_out(self) -> None:
        for _ in range(int(SETTLE_S / 0.1)):
            if not (await self._accounts()).open:
                return
            await self._real.sleep(0.1)

    def _progress(self) -> str:
        return progress(self._hour(), self._player.share)

    def _hour(self) -> Reading:
        return self._house.desk.reading(None, None, "1h")
