"""Longs that were liquidated in the window."""

from bot.metrics.metric import Amount

METRIC = Amount("long", "longs", lambda sums: sums.long, shorts=False)
