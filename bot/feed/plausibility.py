"""Whether an exchange's sides can be right: forced prices against the market's; no I/O."""

from collections import deque

from bot.market import Side

SAMPLE = 50
WRONG = 0.7
"""With more than this share of a sample on the wrong side, sides are read the wrong way round."""

NEAR = 0.002
FAR = 0.2
"""Relative distances that tell nothing: at the market, or of another unit (1000 coins in one)."""


class Plausibility:
    """A closed long's price lies at or below the mark, a closed short's at or above.

    Bankruptcy prices (Bybit, OKX, HTX, Bitget, Gate) tell; average fills lie at the mark and leave
    the sample empty. ``inverted`` stays as it was until a whole sample says otherwise.
    """

    def __init__(self) -> None:
        self.inverted = False
        self._wrong: deque[bool] = deque(maxlen=SAMPLE)

    def hear(self, side: Side, price: float, mark: float) -> None:
        distance = price / mark - 1
        if not NEAR < abs(distance) < FAR:
            return
        self._wrong.append((distance > 0) is (side is Side.LONG))
        if len(self._wrong) == SAMPLE:
            self.inverted = sum(self._wrong) > WRONG * SAMPLE
