"""A chart to draw: an hour that falls, with stages and a hole."""

from typing import Any

from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.pictures.chart import Bucket, Chart, Hole, Mark, Point

START = 1_795_309_440_000


def a_chart(**changes: Any) -> Chart:
    minutes = range(60)
    chart = Chart(
        title="$565M+ liquidated in 97 min · 86% longs",
        subtitle="Largest hour in 92 days",
        note="At least: OKX publishes samples",
        start_ms=START,
        end_ms=START + 60 * MINUTE_MS,
        bucket_ms=MINUTE_MS,
        buckets=tuple(
            Bucket(START + n * MINUTE_MS, 1e6 * max(0, 20 - abs(n - 30)), 2e5) for n in minutes
        ),
        prices=tuple(Point(START + n * MINUTE_MS, 91_480.0 - 70 * n) for n in minutes),
        priced="BTC",
        marks=(Mark(START, "onset"), Mark(START + 30 * MINUTE_MS, "peak")),
        holes=(Hole(START + 37 * MINUTE_MS, START + 66 * MINUTE_MS, "Lighter"),),
    )
    return replace(chart, **changes)
