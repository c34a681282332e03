"""Everything that was liquidated in the window."""

from bot.metrics.metric import Amount

METRIC = Amount("total", "liquidations", lambda sums: sums.long + sums.short)
