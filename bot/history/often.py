"""How often a rule would have fired, and which amount would fire as often as one likes."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from bot.clock import HOUR_MS
from bot.history.baseline import BUSY, Baseline, normal
from bot.history.known import ONE_SIDED_PERCENT, RESTLESS, Often, Sidedness
from bot.history.series import Timeline, rolled, totals
from bot.market import USD
from bot.metrics import METRICS, Metric, Sums, Unit
from bot.rules import WINDOWS
from bot.typed.amounts import LARGEST, SMALLEST
from bot.typed.draft import Draft

FREQUENCIES = {"big": 1 / 7, "medium": 1.0, "many": 3.5}
"""How often a day, by the names of the presets: about once a week, once a day, several times."""

FEWEST_BUSY = 5
"""Of fewer windows no share is told."""

BUSY_HOUR = 50_000_000 * USD
"""What is busy where no normal is known, or where it is zero."""

_STEPS = (10, 15, 20, 25, 30, 40, 50, 75)
AMOUNTS: tuple[int, ...] = tuple(
    amount
    for power in range(2, 10)
    for step in _STEPS
    if SMALLEST <= (amount := step * 10**power * USD) <= LARGEST
)
"""The amounts that people would say: 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a ten, from $1k up."""

_MEASURES: dict[str, Callable[[Timeline], Sequence[int]]] = {
    "total": totals,
    "long": lambda line: line.longs,
    "short": lambda line: line.shorts,
}
"""What can be told from sums: they know no single orders."""


def measured(baseline: Baseline, metric: str, span_ms: int) -> list[int] | None:
    """An amount over every window of the baseline, in order; None where sums do not tell it."""
    measure = _MEASURES.get(metric)
    if measure is None or span_ms not in baseline.windows:
        return None
    return rolled(measure(baseline.timeline), span_ms // baseline.timeline.step_ms)


def often(baseline: Baseline, draft: Draft) -> Often | None:
    """How often the draft would have fired; None where that cannot be known.

    As the engine does it, once a minute: it fires above the threshold and is armed again below
    70% of it. Escalations within an episode are not counted again; between the minutes more may
    have happened, so it is a floor.
    """
    metric = METRICS[draft.metric]
    span_ms = WINDOWS.get(draft.window)
    if span_ms is None or metric.told or not baseline.grown or span_ms not in baseline.windows:
        return None
    if metric.unit is Unit.SHARE:
        values = list(_shares(baseline, metric, span_ms, draft.floor))
        largest = max((value for value, _ in values if value is not None), default=None)
        times = _episodes(values, draft.threshold, metric.rearm_below(draft.threshold))
        return Often(times, baseline.days, largest, span_ms)
    amounts = measured(baseline, draft.metric, span_ms)
    if amounts is None:
        return None
    times = crossings(amounts, draft.threshold, metric.rearm_below(draft.threshold))
    daily = None
    if times >= RESTLESS * baseline.days:
        daily = amount_for(amounts, metric, baseline.days)
    return Often(times, baseline.days, max(amounts), span_ms, daily)


def crossings(values: Sequence[int], threshold: int, rearm_below: int) -> int:
    """How often values rise above a threshold, after having been below ``rearm_below``.

    What begins above it has to fall first, as with a rule that is made so.
    """
    stream = iter(values)
    above, below = threshold.__lt__, rearm_below.__gt__
    times = 0
    if values and values[0] > threshold:
        any(map(below, stream))
    while any(map(above, stream)):
        times += 1
        any(map(below, stream))
    return times


def amount_for(amounts: Sequence[int], metric: Metric, times: float) -> int | None:
    """The round amount that is passed about so often; None where no amount is.

    From the largest down: the first that is passed so often or more, or the one above it where
    that is nearer by ratio. (Far below, where the windows never fall again, less is passed.)
    """
    above: tuple[int, int] | None = None
    for amount in AMOUNTS[bisect_left(AMOUNTS, max(amounts, default=0)) :: -1]:
        fired = crossings(amounts, amount, metric.rearm_below(amount))
        if fired >= times:
            nearer = above is not None and above[1] * fired > times**2
            return above[0] if above and nearer else amount
        above = (amount, fired)
    return None


def threshold_for(baseline: Baseline, frequency: str, window: str) -> int | None:
    """The total that fires as often as ``frequency`` says; None before the seventh day."""
    amounts = measured(baseline, "total", WINDOWS[window]) if baseline.grown else None
    if amounts is None:
        return None
    return amount_for(amounts, METRICS["total"], FREQUENCIES[frequency] * baseline.days)


def floor(baseline: Baseline, span_ms: int, at_ms: int) -> int | None:
    """Below this a share says nothing: the round amount next to five times a normal window."""
    usual = normal(baseline, span_ms, at_ms)
    return rounded(BUSY * usual) if usual else None


def rounded(amount: int) -> int:
    """The nearest of ``AMOUNTS``."""
    index = bisect_left(AMOUNTS, amount)
    near = AMOUNTS[max(0, index - 1) : index + 1]
    return min(near, key=lambda other: abs(other - amount))


def sidedness(baseline: Baseline, span_ms: int) -> Sidedness | None:
    """How common it is that a busy window is one-sided; None where too few were busy.

    Windows that follow each other without overlapping; busy is what is above five times the normal
    of all hours, or 50M an hour where none is known.
    """
    windows = baseline.windows.get(span_ms)
    if windows is None or not baseline.grown:
        return None
    usual = windows.middle
    bar = rounded(BUSY * usual if usual else BUSY_HOUR * span_ms // HOUR_MS)
    line, width = baseline.timeline, span_ms // baseline.timeline.step_ms
    first = -line.from_ms // line.step_ms % width
    longs, shorts = (
        [sum(side[start : start + width]) for start in range(first, len(side) - width + 1, width)]
        for side in (line.longs, line.shorts)
    )
    busy = [(a, b) for a, b in zip(longs, shorts, strict=True) if a + b > bar]
    if len(busy) < FEWEST_BUSY:
        return None
    many = sum(100 * max(a, b) >= ONE_SIDED_PERCENT * (a + b) for a, b in busy)
    return Sidedness(many, len(busy), bar, span_ms, baseline.days)


Value = tuple[int | None, int | None]
"""What is held against the threshold, and what against the point of arming again."""


def _shares(baseline: Baseline, metric: Metric, span_ms: int, least: int) -> Iterator[Value]:
    line, width = baseline.timeline, span_ms // baseline.timeline.step_ms
    for long, short in zip(rolled(line.longs, width), rolled(line.shorts, width), strict=True):
        if 2 * (long + short) < least:
            yield None, 0  # it has lost its floor (below 70% of it): no need to ask the metric
        else:
            sums = Sums(long, short, 0, 0)
            yield metric.value(sums, least), metric.low(sums, least)


def _episodes(values: Sequence[Value], threshold: int, rearm_below: int) -> int:
    times, armed = 0, not values or (values[0][0] or 0) <= threshold
    for value, low in values:
        if armed and value is not None and value > threshold:
            times, armed = times + 1, False
        elif not armed and low is not None and low < rearm_below:
            armed = True
    return times
