"""The demo as a person sees it: a flush is followed, the tape plays, the figures are compared."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console
from rich.text import Text

from bot.clock import Clock
from bot.demo.pacing import evenly, in_leaps
from bot.demo.player import Player
from bot.demo.report import Shown, comparison, progress, welcome
from bot.demo.tape import Story, add_up
from bot.figures import Reading
from bot.ports import Accounts
from bot.wording.text import File
from handlers.console.platform import ConsolePlatform
from handlers.console.retelling import Retelling
from handlers.talk import House

OPENING = ("/follow market", "/alert 1h > 500m")
"""What the demo's person types first."""

AT_THE_HOUR = ("/liqs", "/market BTC")
CLOSING = ("/flushes",)

STEPS = 12
"""Lines of progress where there is no bottom line to show it in."""

KNOWN_S = 5.0
"""How long the start waits for what markets are like."""

SETTLE_S = 30.0
PAUSE_S = 0.1


class Show:
    """``play`` is the whole performance; ``verdict`` comes after the bot has stopped.

    Case files are written into a new folder of ``parent`` (None: where the system keeps what is
    temporary), which stays.
    """

    def __init__(
        self,
        console: Console,
        terminal: ConsolePlatform,
        messages: Retelling,
        house: House,
        accounts: Callable[[], Awaitable[Accounts]],
        player: Player,
        story: Story,
        speed: float,
        real: Clock,
        parent: Path | None = None,
    ) -> None:
        self._console = console
        self._terminal = terminal
        self._messages = messages
        self._house = house
        self._accounts = accounts
        self._player = player
        self._story = story
        self._speed = speed
        self._real = real
        self._parent = parent
        self._hour: Reading | None = None
        self._files: tuple[Path, ...] = ()
        self._ended = ""
        terminal.status = self._progress

    async def play(self) -> None:
        story = self._story
        self._console.print(welcome(self._terminal.interactive, story.second_wave))
        await self._everyone_listens()
        await self._markets_are_known()
        await self._type(*OPENING)
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell_progress(), name="demo progress")
            await self._player.play(story.hour, evenly(self._speed))
            self._hour = self._reading()
            await self._type(*AT_THE_HOUR)
            await self._player.play(story.after, in_leaps(story, self._speed))
            telling.cancel()
        await self._until_all_is_told()
        await self._type(*CLOSING)
        await self._keep_case()

    async def verdict(self) -> bool:
        """Print the comparison; True when the bot's hour equals the tape's, or was cut short."""
        if self._hour is None:
            self._console.print("Left before the hour was over: nothing to compare.", style="dim")
            return True
        shown = Shown(self._messages.sent, self._messages.rang, self._messages.edited, self._ended)
        tape, accounts = add_up(self._story.hour), await self._accounts()
        panel, agree = comparison(tape, self._hour, accounts, shown)
        self._console.print(panel)
        for path in self._files:
            self._console.print(Text(f"Saved: {path}"), soft_wrap=True)
        return agree

    async def _everyone_listens(self) -> None:
        """The hour begins when every exchange has acknowledged: nothing of it is missed."""
        while any(source.state != "live" for source in self._house.desk.sources()):
            await self._real.sleep(0.05)

    async def _markets_are_known(self) -> None:
        """As they were before; where sources do not answer, the hour begins without."""
        until_s = self._real.monotonic() + KNOWN_S
        while self._real.monotonic() < until_s and not self._are_markets_known():
            await self._real.sleep(0.05)

    def _are_markets_known(self) -> bool:
        markets = self._house.markets
        views = [markets.view(coin) for coin in markets.coins()] if markets else []
        return all(view and view.price and view.oi for view in views)

    async def _type(self, *commands: str) -> None:
        for command in commands:
            self._console.print(Text(f"> {command}", style="bold cyan"))
            await self._terminal.obey(command, self._house)

    async def _tell_progress(self) -> None:
        """Where nobody can see the bottom line, a line at every twelfth of the tape."""
        told = 0
        while not self._terminal.interactive:
            await self._real.sleep(0.2)
            if int(self._share * STEPS) > told:
                told = int(self._share * STEPS)
                self._console.print(self._progress(), style="dim", highlight=False)

    async def _until_all_is_told(self) -> None:
        """The story has heard the end, and what it said of it was delivered."""
        until_s = self._real.monotonic() + SETTLE_S
        while self._real.monotonic() < until_s:
            if not self._is_followed() and not (await self._accounts()).open:
                return
            await self._real.sleep(PAUSE_S)

    def _is_followed(self) -> bool:
        return any(flush.coin is None for flush in self._house.flushes.stories.running())

    async def _keep_case(self) -> None:
        """The last market-wide flush, as files."""
        room = self._house.flushes
        for flush in await room.book.latest(1, None):
            self._ended = flush.stage.word
            files = await room.files.of_flush(flush)
            self._files = await asyncio.to_thread(_written, files, self._parent)

    @property
    def _share(self) -> float:
        """How much of the tape was played, 0 to 1."""
        return self._player.sent / (len(self._story.hour) + len(self._story.after))

    def _progress(self) -> str:
        return progress(self._reading(), self._share)

    def _reading(self) -> Reading:
        return self._house.desk.reading(None, None, "1h")


def _written(files: Sequence[File], parent: Path | None) -> tuple[Path, ...]:
    folder = Path(mkdtemp(prefix="liqwatch-demo-", dir=parent))
    paths = tuple(folder / file.name for file in files)
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file.content)
    return paths
