"""An exchange that acknowledges everything and tells nothing while the market moves; no I/O."""

from bot.clock import SECOND_MS
from bot.feed.board import Quote

ELSEWHERE = 50
"""So many liquidations on the other exchanges are a market that moves."""

MOVE = 0.01
"""So is this change of the price."""


class Suspicion:
    """Judges one exchange since its last liquidation, or since it went live.

    ``silence_s`` is the exchange's own: silence up to that is expected whatever happens; None is
    never odd. Times are milliseconds of the market's clock.
    """

    def __init__(self, silence_s: float | None) -> None:
        self._silence_ms = None if silence_s is None else round(silence_s * SECOND_MS)
        self.since_ms: int | None = None
        self._elsewhere = 0
        self._first: Quote | None = None
        self._move = 0.0

    def begin(self, now_ms: int, elsewhere: int) -> None:
        """It is heard from here on, or has told a liquidation: nothing is odd."""
        self.since_ms = now_ms
        self._elsewhere = elsewhere
        self._first = None
        self._move = 0.0

    def pause(self) -> None:
        """It is not connected: that is another matter."""
        self.since_ms = None

    def odd(self, now_ms: int, elsewhere: int, quote: Quote | None) -> bool:
        """Whether its silence cannot be calm; asked again and again.

        ``elsewhere`` counts the liquidations of all others since the start; ``quote`` is a leading
        coin's price now.
        """
        if self.since_ms is None or self._silence_ms is None:
            return False
        if quote is not None:
            if self._first is None or self._first[:2] != quote[:2]:
                self._first = quote
            self._move = max(self._move, abs(quote.price / self._first.price - 1))
        if now_ms - self.since_ms < self._silence_ms:
            return False
        return elsewhere - self._elsewhere >= ELSEWHERE or self._move >= MOVE
