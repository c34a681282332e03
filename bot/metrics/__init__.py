"""What a rule can judge, most of it over a window: one measure a file, one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.metrics import (
    count,
    funding,
    imbalance,
    largest,
    liq_to_depth,
    liq_to_oi,
    liq_to_volume,
    long,
    long_share,
    oi_drop,
    order,
    short,
    short_share,
    tilt,
    total,
    volatility,
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
    oi_drop.METRIC,
    funding.METRIC,
    volatility.METRIC,
    liq_to_oi.METRIC,
    liq_to_volume.METRIC,
    liq_to_depth.METRIC,
    tilt.METRIC,
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""Every metric by its name, in the order in which people are told of them."""

__all__ = ["METRICS", "Metric", "Slack", "Sums", "Unit"]
