"""How many orders were liquidated in the window; those without a price are counted apart."""

from bot.metrics.metric import Amount, Unit

METRIC = Amount(
    "count", "orders", lambda sums: sums.count, unit=Unit.COUNT, least=1, most=100_000_000
)
