"""Tells what happened from what an exchange repeats after a subscription."""

from bot.market import Liquidation


class OldNews:
    """OKX opens with recent orders from before the subscription.

    They were heard already, or belong to the gap that the subscription ends: counting them would
    put an old order into a young window. Orders newer than the first acknowledgement are real, even
    in the first frame. Each topic has such a frame, so the opening lasts ``opening_s`` from the
    first frame after the last acknowledgement.
    """

    def __init__(self, opening_s: float) -> None:
        self._opening_s = opening_s
        self._before_ms: int | None = None
        self._until_s: float | None = None

    def subscribed(self, at_ms: int) -> None:
        """A subscription was acknowledged; the market's time."""
        if self._before_ms is None:
            self._before_ms = at_ms
        self._until_s = None

    def without(self, liquidations: list[Liquidation], now_s: float) -> list[Liquidation]:
        """What is left of one frame; ``now_s`` is monotonic."""
        before_ms = self._before_ms
        if before_ms is None:  # unasked: nothing can be said of it
            return liquidations
        if self._until_s is None:
            self._until_s = now_s + self._opening_s
        if now_s > self._until_s:
            return liquidations
        return [event for event in liquidations if event.time_ms >= before_ms]
