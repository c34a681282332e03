"""Whether volatility calms down after its peak (METRICS 4.10)."""

import math
from collections.abc import Sequence

import msgspec

from bot.structure.volatility import falling

COOL = 0.5
BARS = 3


class Cooling(msgspec.Struct, frozen=True):
    """``ratio``: volatility now over its peak. ``falling``: in each of the last three bars.

    ``half_life_ms``: in which it halves, at the pace since the peak; None while it has not fallen.
    ``calm``: whether the last bar's liquidations were below three of four in history, None where
    that is unknown.
    """

    ratio: float
    falling: bool
    half_life_ms: float | None
    calm: bool | None

    @property
    def is_cooling(self) -> bool | None:
        """Half of the peak or less, falling and calm; None where only calm is unknown."""
        if self.ratio > COOL or not self.falling:
            return False
        return self.calm


def cooling(bars: Sequence[tuple[int, float]], calm: bool | None = None) -> Cooling | None:
    """``bars``: (end, volatility over 15 minutes per year) since the event began, oldest first.

    None without bars, or where the peak is not above zero. Of equal peaks the latest counts. The
    half-life is elapsed * ln 2 / ln(peak / now): an exponential decay through both values.
    """
    if not bars:
        return None
    peak_at, (peak_ms, peak) = max(enumerate(bars), key=lambda bar: (bar[1][1], bar[0]))
    if peak <= 0:
        return None
    now_ms, now = bars[-1]
    values = [value for _, value in bars[peak_at:]]
    ratio = now / peak
    half_ms = (now_ms - peak_ms) * math.log(2) / -math.log(ratio) if 0 < ratio < 1 else None
    return Cooling(ratio, falling(values, BARS), half_ms, calm)
