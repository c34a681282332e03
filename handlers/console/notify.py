"""Shows messages in the terminal; delivery there cannot fail."""

from itertools import count, cycle

from rich.console import Console

from bot.delivery.outcomes import Delivered, Outcome
from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.console.style import styled

PLATFORM = "console"
HERE = Destination(PLATFORM, 1, direct=True)
"""The one chat of a terminal, and its one person."""


NUMBERS = 99
"""Buttons that can be pressed; the numbers then begin anew."""


class Screen:
    """The terminal, and the buttons that were shown last.

    Numbers go on from message to message: one that is typed while the next message arrives
    still presses what its person saw.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.buttons: dict[int, Button] = {}
        self._numbers = cycle(range(1, NUMBERS + 1))

    def show(self, message: Message) -> None:
        pressable = [button for row in message.buttons for button in row if button.action]
        numbered = {next(self._numbers): button for button in pressable}
        self.buttons |= numbered
        self.console.print(styled(message, numbered, self.console.width))


class ConsoleNotifier:
    """Fulfils ``bot.ports.Notifier``. An edit is shown as a new message: a log has no edits."""

    platform = PLATFORM
    harmless_s = 0.0

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._ids = count(1)

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        self._screen.show(message)
        return Delivered(edits if edits is not None else next(self._ids))

    async def probe(self) -> Outcome | None:
        return None
