"""The largest single order of the window (METRICS 4.18)."""

from bot.metrics.metric import Peak

METRIC = Peak("largest", "the largest order", lambda sums: sums.largest)
