"""Liquidations over the open interest before them (METRICS 4.4)."""

from bot.metrics.metric import Structural

METRIC = Structural("liq_to_oi", "of open interest liquidated")
