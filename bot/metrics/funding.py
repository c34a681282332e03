"""Funding per 8 hours, weighted by open interest; above zero longs pay."""

from bot.metrics.metric import Structural

METRIC = Structural("funding", "funding", windowed=False)
