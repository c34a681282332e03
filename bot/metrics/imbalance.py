"""The share of the heavier side, whichever it is (METRICS 4.1)."""

from bot.metrics.metric import Share

METRIC = Share("imbalance", "the heavier side", longs=True, shorts=True)
