"""Shows messages in the terminal; delivery there cannot fail."""

from itertools import count, cycle

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.delivery.outcomes import Delivered, Outcome
from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.console.style import styled

PLATFORM = "console"
HERE = Destination(PLATFORM, 1, direct=True)
"""The one chat of a terminal, and its one person."""


INDENT = 2
"""Columns by which an answer to an earlier message is set in."""

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

    def show(self, message: Message, *, answers: bool = False) -> None:
        """``answers``: set in, as it goes on with what was shown before."""
        pressable = [button for row in message.buttons for button in row if button.action]
        numbered = {next(self._numbers): button for button in pressable}
        self.buttons |= numbered
        left = INDENT if answers else 0
        shown = styled(message, numbered, self.console.width - left)
        self.console.print(Padding(shown, (0, 0, 0, left)) if answers else shown)

    def note(self, text: str) -> None:
        """A line by itself, however long."""
        self.console.print(Text(text, "dim"), soft_wrap=True)


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
        self._screen.show(message, answers=quotes is not None and edits is None)
        return Delivered(edits if edits is not None else next(self._ids))

    async def probe(self) -> Outcome | None:
        return None
