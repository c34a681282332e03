"""Tells what happened from what an exchange repeats after a subscription."""

from bot.market import Liquidation


class OldNews:
    """OKX opens with recent orders from before the subscription.

    They were heard already, or belong to the gap that the subscription ends: counting them would
    put an old order into a young window. Orders newer than the acknowledgement are real, even in
    the first frame. Each topic has such a frame, so the opening lasts ``opening_s`` from the first.
    """

    def __init__(self, opening_s: float) -> None:
        self._opening_s = opening_s
        self._before_ms = 0
        self._until_s: float | None = None

    def subscribed(self, at_ms: int) -> None:
        """A subscription was acknowledged; the market's time."""
        self._before_ms = at_ms
        self._until_s = None

    def without(self, liquidations: list[Liquidation], now_s: float) -> list[Liquidation]:
        """What is left of one frame; ``now_s`` is monotonic."""
        if self._until_s is None:
            self._until_s = now_s + self._opening_s
        if now_s > self._until_s:
            return liquidations
        return [event for event in liquidations if event.time_ms >= self._before_ms]
