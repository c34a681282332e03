"""Reads what is typed in a terminal while messages go on above the line."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console

from bot.clock import Clock
from bot.delivery.listening import Listening
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.wording.text import File
from handlers.console.folder import Folder
from handlers.console.notify import HERE, PLATFORM, ConsoleNotifier, Screen
from handlers.routing.router import act, answer, overheard, parse_typed
from handlers.talk import House, Reply, Request

REFRESH_S = 0.5

LONGEST_NUMBER = 3
NO_BUTTON = "There is no button of that number."


class ConsolePlatform:
    """The terminal as a platform. Without a terminal on both ends nothing is read.

    ``status`` is shown in the bottom line, as text that may hold ANSI colours. Files are put into
    a new folder within ``folder``, or where the system keeps what is temporary.
    """

    name = PLATFORM

    def __init__(
        self,
        console: Console,
        clock: Clock,
        status: Callable[[], str] = lambda: "",
        folder: Path | None = None,
    ) -> None:
        self.turnstile = Turnstile(Limits(), clock)
        self.listening = Listening()
        self.screen = Screen(console)
        self.notifier = ConsoleNotifier(self.screen)
        self.status = status
        self._folder = Folder(folder)

    async def run(self, house: House) -> None:
        """Until the person leaves (Ctrl-D or Ctrl-C); for ever where nobody can type."""
        if not self.interactive:
            await asyncio.Event().wait()
        session: PromptSession[str] = PromptSession(
            "> ",
            bottom_toolbar=lambda: ANSI(self.status()),
            refresh_interval=REFRESH_S,
            interrupt_exception=EOFError,
        )
        with patch_stdout(raw=True):
            while True:
                try:
                    typed = await session.prompt_async(handle_sigint=False)
                except EOFError:
                    return
                await self.obey(typed, house)

    async def check(self) -> tuple[bool, str]:
        return True, "This terminal can always be used."

    async def close(self) -> None:
        """A terminal stays as it is."""

    @property
    def interactive(self) -> bool:
        return sys.stdin.isatty() and self.screen.console.is_terminal

    async def obey(self, typed: str, house: House) -> None:
        """One typed line: a command, the number of a button, or a question in plain words."""
        if not typed.strip():
            return
        reply = await self._reply(typed.strip(), house)
        if reply.message:
            self.screen.show(reply.message)
        elif reply.toast:
            self.screen.note(reply.toast)
        if reply.files:
            await self.give(reply.files)

    async def give(self, files: tuple[File, ...]) -> None:
        """Write files down and say where they are, each on a line that can be copied."""
        try:
            paths = await asyncio.to_thread(self._folder.keep, files)
        except OSError as error:
            self.screen.note(f"I could not write the files ({error.strerror}).")
            return
        for path in paths:
            self.screen.note(f"Saved: {path}")

    async def _reply(self, typed: str, house: House) -> Reply:
        if typed.isascii() and typed.isdecimal():
            return await self._press(typed, house)
        command = parse_typed(typed, "liqwatch")
        if command is None:
            return await overheard(request(typed), house)
        name, text = command
        return await answer(name, request(text), house)

    async def _press(self, number: str, house: House) -> Reply:
        button = None if len(number) > LONGEST_NUMBER else self.screen.buttons.get(int(number))
        if button is None:
            return Reply(None, toast=NO_BUTTON)
        return await act(button.action, request(pressed=True), house)


def request(text: str = "", *, pressed: bool = False) -> Request:
    """A question by the terminal's one person, who may change everything."""
    return Request(HERE, HERE.chat, text, pressed=pressed, alone=True, may_manage=_always)


async def _always() -> bool:
    return True
