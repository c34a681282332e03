"""The market's structure, for whoever asks."""

from collections.abc import Collection
from typing import Protocol

from bot.structure.view import MarketView


class Markets(Protocol):
    """The coins whose structure is followed."""

    def coins(self) -> Collection[str]:
        """In the order in which they were set."""
        ...

    def view(self, coin: str) -> MarketView | None:
        """The market now; None for a coin that is not followed."""
        ...
