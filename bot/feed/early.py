"""Whether the times of an exchange's liquidations lie in the future; no I/O."""

from collections.abc import Iterable

from bot.clock import MINUTE_MS
from bot.market import Liquidation

EARLIEST_MS = MINUTE_MS
"""Clocks differ; by more than this one of the two is wrong, or what is taken for a time is none."""

LASTS_MS = MINUTE_MS


class Early:
    """What it found holds for a minute; times are milliseconds of the market's clock."""

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._at_ms = 0

    def hear(self, events: Iterable[Liquidation], now_ms: int) -> None:
        """Liquidations of one frame, at least one."""
        ahead_ms = max(event.time_ms for event in events) - now_ms
        if ahead_ms > EARLIEST_MS:
            self._ahead_ms, self._at_ms = ahead_ms, now_ms

    def ahead_ms(self, now_ms: int) -> int:
        """How far ahead the latest of them was; 0 when a minute brought none."""
        return self._ahead_ms if now_ms - self._at_ms <= LASTS_MS else 0
