"""A terminal that follows a story: which messages rang, and of edits what is new in one line."""

import re

from rich.text import Text

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Outcome
from bot.rules import Destination
from bot.wording.text import Message, Tone, plain
from handlers.console.notify import ConsoleNotifier, Screen

PAUSE_S = 8.0
"""A message whose figures alone have changed is told again no sooner."""

RINGS = "🔔 "
_FIGURES = re.compile(r"[\d.,]+[KMB]?\+?")


class Retelling(ConsoleNotifier):
    """Counts what was ``sent``, how much of it ``rang``, and what was ``edited``.

    A message is shown whole when it is new, and when an edit says how it has calmed down. Of other
    edits, which a chat would show in the old place, the head stands on a line of its own.
    """

    def __init__(self, screen: Screen, real: Clock) -> None:
        super().__init__(screen)
        self.sent = 0
        self.rang = 0
        self.edited = 0
        self._real = real
        self._heads: dict[int, tuple[str, float]] = {}
        self._told: dict[int, str] = {}
        self._drawn: set[int] = set()

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        if edits is not None:
            self.edited += 1
            self._retell(edits, message)
            return Delivered(edits)
        self.sent += 1
        self.rang += message.loud
        if message.loud:
            self._screen.note(f"{RINGS}it rings")
        outcome = await super().deliver(destination, message, nonce, None, quotes)
        if isinstance(outcome, Delivered):
            self._heads[outcome.message] = self._said(message), self._real.monotonic()
            self._told[outcome.message] = plain(message.head)
        return outcome

    def _retell(self, number: int, message: Message) -> None:
        said, now_s = self._said(message), self._real.monotonic()
        before, at_s = self._heads.get(number, ("", 0.0))
        drawn = message.picture is not None and number not in self._drawn
        told = plain(message.head)
        calmer = message.tone is Tone.CALM and told != self._told.get(number)
        if not calmer and said == before and now_s - at_s < PAUSE_S and not drawn:
            return
        self._heads[number] = said, now_s
        self._told[number] = told
        if calmer:
            self._screen.show(message, answers=True)
            return
        if drawn:
            self._drawn.add(number)
            told += " · with its chart"
        self._screen.console.print(Text(f"  ✎ {told}", style="dim"), soft_wrap=True)

    @staticmethod
    def _said(message: Message) -> str:
        """A head without its figures: what stays the same while they grow."""
        return _FIGURES.sub("", plain(message.head))
