"""What share of open interest went within the window, in coins (METRICS 4.11)."""

from bot.metrics.metric import Structural

METRIC = Structural("oi_drop", "open interest gone")
