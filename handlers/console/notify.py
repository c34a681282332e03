"""Shows messages in the terminal; delivery there cannot fail."""

from itertools import count

from rich.console import Console

from bot.delivery.outcomes import Delivered, Outcome
from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.console.style import styled

PLATFORM = "console"
HERE = Destination(PLATFORM, 1, direct=True)
"""The one chat of a terminal, and its one person."""


class Screen:
    """The terminal, and the buttons of the message shown last."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.buttons: tuple[Button, ...] = ()

    def show(self, message: Message) -> None:
        self.buttons = tuple(b for row in message.buttons for b in row if b.action)
        self.console.print(styled(message, self.buttons, self.console.width))


class ConsoleNotifier:
    """Fulfils ``bot.ports.Notifier``. An edit is shown as a new message: a log has no edits."""

    platform = PLATFORM

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._ids = count(1)

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
    ) -> Outcome:
        self._screen.show(message)
        return Delivered(edits if edits is not None else next(self._ids))
