"""What can be measured over a window: one measure a file, one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.metrics import (
    count,
    imbalance,
    largest,
    long,
    long_share,
    order,
    short,
    short_share,
    total,
)
from bot.metrics.metric import Metric, Slack, Sums, Unit

_ALL: tuple[Metric, ...] = (
    total.METRIC,
    long.METRIC,
    short.METRIC,
    imbalance.METRIC,
    long_share.METRIC,
    short_share.METRIC,
    largest.METRIC,
    count.METRIC,
    order.METRIC,
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""Every metric by its name, in the order in which people are told of them."""

__all__ = ["METRICS", "Metric", "Slack", "Sums", "Unit"]
