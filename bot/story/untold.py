"""What the one reader of the inbox asks of a story; and the story that nobody tells."""

from collections.abc import Sequence
from typing import Protocol

from bot.events import Event
from bot.rules import Alert
from bot.story.batch import Batch


class Story(Protocol):
    """Nothing here waits or raises: no alert is ever held up by a story."""

    def hear(self, event: Event) -> None:
        """An event, after the engine has handled it."""
        ...

    def dress(self, alerts: Sequence[Alert]) -> tuple[list[Alert], Batch]:
        """The alerts of one event as they are to be stored, and what is to be stored with them."""
        ...

    def stored(self, alerts: Sequence[Alert]) -> None:
        """These are on disk."""
        ...


class Untold:
    """Alerts go out as they are."""

    def hear(self, event: Event) -> None: ...

    def dress(self, alerts: Sequence[Alert]) -> tuple[list[Alert], Batch]:
        return list(alerts), Batch()

    def stored(self, alerts: Sequence[Alert]) -> None: ...
