"""Volatility of the last 15 minutes in times of its 30 days (METRICS 4.9)."""

from bot.metrics.metric import Structural, Unit

METRIC = Structural("volatility", "volatility", unit=Unit.TIMES, windowed=False)
