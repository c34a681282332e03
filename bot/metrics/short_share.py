"""The share of shorts in what was liquidated (METRICS 4.1)."""

from bot.metrics.metric import Share

METRIC = Share("short_share", "the share of shorts", longs=False, shorts=True)
