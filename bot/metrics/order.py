"""Each single order of at least the amount; bursts are told together (``bot/bursts.py``)."""

from bot.metrics.metric import Peak

METRIC = Peak("order", "a single order", lambda sums: sums.largest, windowed=False, levels=(1,))
