"""A coin's share of liquidations over its share of open interest (METRICS 4.2)."""

from bot.metrics.metric import Structural, Unit

METRIC = Structural("tilt", "tilt", unit=Unit.TIMES)
