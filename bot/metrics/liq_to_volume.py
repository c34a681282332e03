"""Forced against organic: liquidations over all that was traded on futures (METRICS 4.4)."""

from bot.metrics.metric import Structural

METRIC = Structural("liq_to_volume", "of futures volume forced")
