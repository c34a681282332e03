"""What the wiring asks of a chat platform."""

from typing import Protocol

from bot.delivery.listening import Listening
from bot.delivery.turnstile import Turnstile
from bot.ports import Notifier
from handlers.talk import House


class Platform(Protocol):
    """One chat platform, as far as the wiring cares."""

    @property
    def name(self) -> str: ...
    @property
    def turnstile(self) -> Turnstile: ...
    @property
    def listening(self) -> Listening: ...
    @property
    def notifier(self) -> Notifier: ...
    async def run(self, house: House) -> None: ...
    async def check(self) -> tuple[bool, str]:
        """Whether it can be used from here, and a sentence; without ``run``."""
        ...

    async def close(self) -> None:
        """After the last delivery."""
        ...
