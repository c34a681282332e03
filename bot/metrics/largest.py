"""The largest single order of the window (METRICS 4.18)."""

from bot.metrics.metric import Amount

METRIC = Amount("largest", "the largest order", lambda sums: sums.largest)
