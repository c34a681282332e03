"""One delivery's way through the turnstile, call by call."""

from bot.delivery.turnstile import Turnstile
from bot.rules import Destination


class Turn:
    """Comes up before each call to ``destination``: for a person who asked, or for an ``alert``,
    whose first call the courier has let pass already. ``opened``: a direct channel was, in it."""

    def __init__(self, turnstile: Turnstile, destination: Destination, *, alert: bool) -> None:
        self.destination = destination
        self.opened = False
        self._pass = turnstile.alert if alert else turnstile.answer
        self._passed = alert

    async def come(self) -> None:
        """Raises ``TimeoutError`` when too many wait already."""
        if not self._passed:
            await self._pass(self.destination)
        self._passed = False
