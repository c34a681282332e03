"""The share of longs in what was liquidated (METRICS 4.1)."""

from bot.metrics.metric import Share

METRIC = Share("long_share", "the share of longs", longs=True, shorts=False)
