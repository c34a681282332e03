"""Shorts that were liquidated in the window."""

from bot.metrics.metric import Amount

METRIC = Amount("short", "shorts", lambda sums: sums.short, longs=False)
