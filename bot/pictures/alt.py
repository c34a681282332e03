"""What a chart shows, in words: for those who cannot see it."""

from bot.market import USD
from bot.pictures.chart import Bucket, Chart
from bot.wording.numbers import duration, money, together
from bot.wording.prices import price

LONGEST = 1_024
"""Characters that Discord takes for a picture's description."""


def alt_text(chart: Chart) -> str:
    """A few sentences: what it is, sums, the worst bucket, the price's way, what was not heard."""
    said = [f"{chart.title}.", f"{chart.subtitle}.", _sums(chart)]
    if chart.prices:
        first, last = chart.prices[0].price, chart.prices[-1].price
        low = min(point.price for point in chart.prices)
        way = f"{chart.priced} went from {price(first)} to {price(last)}, lowest {price(low)}."
        said.append(way)
    if chart.holes:
        said.append(f"Not heard throughout: {together(sorted({h.who for h in chart.holes}))}.")
    return " ".join(each for each in said if each != ".")[:LONGEST]


def _sums(chart: Chart) -> str:
    span = duration(chart.bucket_ms)
    worst = max(map(_total, chart.buckets), default=0.0)
    if not worst:
        return f"Bars of {span}: nothing was liquidated."
    long = _dollars(sum(bucket.long for bucket in chart.buckets))
    short = _dollars(sum(bucket.short for bucket in chart.buckets))
    return f"Bars of {span}: longs {long}, shorts {short}, the largest bar {_dollars(worst)}."


def _total(bucket: Bucket) -> float:
    return bucket.long + bucket.short


def _dollars(amount: float) -> str:
    return money(round(amount) * USD)
