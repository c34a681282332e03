"""Whether an exchange's liquidations keep coming too late to count; no I/O."""

from collections.abc import Iterable

from bot.clock import MINUTE_MS
from bot.market import Liquidation

LASTS_MS = MINUTE_MS
"""What an exchange tells of the past when it is connected comes at once."""


class Lag:
    """From the first that was too late to the first that was not; the market's milliseconds."""

    def __init__(self) -> None:
        self._missed_ms = 0
        self._first_ms: int | None = None
        self._latest_ms = 0

    def late(self, events: Iterable[Liquidation], now_ms: int) -> None:
        """Liquidations of one frame, at least one, all of them too late."""
        if self._first_ms is None:
            self._first_ms = now_ms
            self._missed_ms = min(event.time_ms for event in events)
        self._latest_ms = now_ms

    def in_time(self) -> None:
        self._first_ms = None

    @property
    def since_ms(self) -> int | None:
        """Since when nothing counts of what it tells; None while that cannot be said."""
        if self._first_ms is None or self._latest_ms - self._first_ms < LASTS_MS:
            return None
        return self._missed_ms
