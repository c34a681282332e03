"""When volatility has calmed down after its peak (METRICS 4.10)."""

import math

COOL = 0.5
"""Of the peak, or less, and falling in each of the last ``BARS``."""

BARS = 3


def half_life_ms(elapsed_ms: int, peak: float, now: float) -> float | None:
    """In which it halves at the pace since the peak; None while it has not fallen.

    elapsed * ln 2 / ln(peak / now): an exponential decay through both values.
    """
    if not 0 < now < peak:
        return None
    return elapsed_ms * math.log(2) / math.log(peak / now)
