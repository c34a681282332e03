"""Liquidations over what rested within 1% before them (METRICS 4.14)."""

from bot.metrics.metric import Structural

METRIC = Structural("liq_to_depth", "of the resting orders within 1%")
