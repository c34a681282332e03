"""Draws a chart as a PNG of 1200 x 675 pixels, to be read on a phone.

Above the price, below it what was liquidated in each bucket: longs upwards, shorts downwards, and
the running total as a line. What was not heard is hatched. matplotlib is loaded by ``draw`` alone,
which runs in a process of its own (``bot.pictures.studio``).
"""

import math
from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, as_datetime
from bot.market import USD
from bot.pictures.chart import Chart
from bot.pictures.palette import PALETTES, Palette
from bot.wording.numbers import money
from bot.wording.prices import price as price_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

WIDTH, HEIGHT, DPI = 1200, 675, 100
LARGE, PLAIN, SMALL = 24, 16, 13
"""Points; a phone shows the picture at a third of its size."""

LEFT, RIGHT, BOTTOM, TOP = 0.085, 0.895, 0.125, 0.83
PRICE_SHARE = 0.38
"""Of the height, for the price where there is one."""

TICKS_MS = (
    *(n * MINUTE_MS for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR_MS for n in (1, 2, 3, 4, 6, 12)),
    *(n * DAY_MS for n in (1, 2, 7, 14, 28)),
)
MOST_TICKS = 8


def draw(chart: Chart) -> bytes:
    """The PNG."""
    from matplotlib import rc_context

    # Two dollar signs in a text would make a formula of what stands between them.
    with rc_context({"text.parse_math": False}):
        return _drawn(chart, PALETTES[chart.theme])


def _drawn(chart: Chart, palette: Palette) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=palette.paper)
    FigureCanvasAgg(figure)
    _write(figure, chart, palette)
    height = TOP - BOTTOM
    lower = height * (1 - PRICE_SHARE) - 0.02 if chart.prices else height
    sums = figure.add_axes((LEFT, BOTTOM, RIGHT - LEFT, lower))
    panels = [sums]
    if chart.prices:
        upper = figure.add_axes((LEFT, BOTTOM + lower + 0.02, RIGHT - LEFT, TOP - BOTTOM - lower))
        panels.insert(0, upper)
    for panel in panels:
        _frame(panel, chart, palette)
    if chart.prices:
        _draw_prices(panels[0], chart, palette)
    _draw_sums(sums, chart, palette)
    _draw_marks(panels, chart, palette)
    _name_times(sums, chart)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": "Liqwatch"})
    return out.getvalue()


def _write(figure: "Figure", chart: Chart, palette: Palette) -> None:
    """Title and subtitle above; below, what the figures are worth."""
    ink = palette.ink
    figure.text(0.03, 0.93, _cut(chart.title, 62), color=ink, size=LARGE, weight="bold")
    figure.text(0.03, 0.872, _cut(chart.subtitle, 100), color=ink, size=PLAIN, alpha=0.85)
    figure.text(0.03, 0.02, _cut(chart.note, 110), color=ink, size=SMALL, alpha=0.7)
    figure.text(0.97, 0.02, "Liqwatch", color=ink, size=SMALL, alpha=0.7, ha="right")


def _frame(panel: "Axes", chart: Chart, palette: Palette) -> None:
    """An empty panel over the chart's time, with what was not heard hatched."""
    panel.set_facecolor(palette.paper)
    panel.set_xlim(chart.start_ms, chart.end_ms)
    panel.grid(axis="y", color=palette.faint, linewidth=0.6, alpha=0.5)
    panel.set_axisbelow(True)
    panel.tick_params(colors=palette.ink, labelsize=SMALL, length=0, labelbottom=False)
    for name, spine in panel.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(palette.faint)
    for hole in chart.holes:
        start_ms, end_ms = max(hole.start_ms, chart.start_ms), min(hole.end_ms, chart.end_ms)
        panel.axvspan(
            start_ms, end_ms, facecolor="none", edgecolor=palette.faint, hatch="///", linewidth=0
        )


def _draw_prices(panel: "Axes", chart: Chart, palette: Palette) -> None:
    times = [point.at_ms for point in chart.prices]
    prices = [point.price for point in chart.prices]
    panel.plot(times, prices, color=palette.price, linewidth=2.4, solid_capstyle="round")
    low, high = min(prices), max(prices)
    room = (high - low) * 0.16 or high * 0.001
    panel.set_ylim(low - room, high + room)
    panel.yaxis.set_major_locator(_places(3))
    panel.yaxis.set_major_formatter(lambda price, _: price_of(price))
    panel.text(
        1.008, 0.92, chart.priced, color=palette.price, size=PLAIN, weight="bold", va="top",
        transform=panel.transAxes,
    )  # fmt: skip
    _name_end(panel, times[-1], prices[-1], price_of(prices[-1]), palette.price)


def _draw_sums(panel: "Axes", chart: Chart, palette: Palette) -> None:
    starts = [bucket.start_ms for bucket in chart.buckets]
    width = chart.bucket_ms * 0.86
    longs, shorts = [b.long for b in chart.buckets], [-b.short for b in chart.buckets]
    for amounts, colour in ((longs, palette.long), (shorts, palette.short)):
        panel.bar(starts, amounts, width=width, align="edge", color=colour, linewidth=0)
    panel.axhline(0, color=palette.faint, linewidth=1)
    high, low = max(longs, default=0.0), min(shorts, default=0.0)
    size = max(high, -low, 1.0)
    panel.set_ylim(min(low * 1.15, -0.16 * size), max(high * 1.12, 0.16 * size))
    panel.yaxis.set_major_locator(_places(4))
    panel.yaxis.set_major_formatter(lambda amount, _: _dollars(abs(amount)))
    for name, height, colour in (("longs", 0.97, palette.long), ("shorts", 0.04, palette.short)):
        panel.text(
            0.008, height, name, color=colour, size=PLAIN, weight="bold",
            va="top" if height > 0.5 else "bottom", transform=panel.transAxes,
            bbox=_backing(palette),
        )  # fmt: skip
    if not any(longs) and not any(shorts):
        panel.set_yticks([0.0])
    _draw_total(panel, chart, palette)


def _draw_total(panel: "Axes", chart: Chart, palette: Palette) -> None:
    """The running total, on a scale of its own that its last value names."""
    totals = list(accumulate((b.long + b.short for b in chart.buckets), initial=0.0))
    if chart.totals:
        totals = [0.0, *chart.totals]
    if not totals[-1]:
        return
    low, high = panel.get_ylim()
    beside = panel.twinx()
    beside.set_axis_off()
    beside.set_xlim(chart.start_ms, chart.end_ms)
    beside.set_ylim(low / high * totals[-1] * 1.12, totals[-1] * 1.12)
    ends = [chart.buckets[0].start_ms, *(b.start_ms + chart.bucket_ms for b in chart.buckets)]
    beside.plot(ends, totals, color=palette.total, linewidth=1.8, linestyle=(0, (4, 2)))
    said = _dollars(totals[-1]) + ("+" if chart.floor else "")
    _name_end(beside, ends[-1], totals[-1], said, palette.total)


def _draw_marks(panels: Sequence["Axes"], chart: Chart, palette: Palette) -> None:
    """Stages as lines through all panels; each word stands where the one before has left room."""
    taken = -math.inf
    row = 0
    for mark in sorted(chart.marks, key=lambda mark: mark.at_ms):
        place = (mark.at_ms - chart.start_ms) / (chart.end_ms - chart.start_ms)
        if not 0 <= place <= 1:
            continue
        for panel in panels:
            panel.axvline(mark.at_ms, color=palette.ink, linewidth=1, alpha=0.45, linestyle=":")
        width = 0.018 * len(mark.word)
        right = place + width > 1
        begin = place - width if right else place
        row = row + 1 if begin < taken else 0
        taken = begin + width
        panels[0].text(
            mark.at_ms, 0.99 - 0.13 * row, f"{mark.word} " if right else f" {mark.word}",
            color=palette.ink, size=SMALL, va="top", ha="right" if right else "left",
            transform=panels[0].get_xaxis_transform(),
            bbox=_backing(palette),
        )  # fmt: skip


def _backing(palette: Palette) -> dict[str, object]:
    """What keeps a word readable over lines and bars."""
    return {"facecolor": palette.paper, "edgecolor": "none", "pad": 1, "alpha": 0.7}


def _name_times(panel: "Axes", chart: Chart) -> None:
    """Whole steps of the reader's clock; days where the chart is long."""
    span_ms = chart.end_ms - chart.start_ms
    step_ms = next((ms for ms in TICKS_MS if span_ms / ms <= MOST_TICKS), TICKS_MS[-1])
    ahead_ms = chart.offset_min * MINUTE_MS
    first_ms = -(-(chart.start_ms + ahead_ms) // step_ms) * step_ms
    shown = range(first_ms, chart.end_ms + ahead_ms + 1, step_ms)
    style = "%d %b" if step_ms >= DAY_MS else "%H:%M"
    names = [as_datetime(at_ms).strftime(style) for at_ms in shown]
    if names:
        names[0] += f" {chart.zone}"
    panel.set_xticks([at_ms - ahead_ms for at_ms in shown], names)
    panel.tick_params(labelbottom=True, pad=6)


def _name_end(panel: "Axes", at_ms: int, value: float, said: str, colour: str) -> None:
    """A line's last value, right of it."""
    panel.annotate(
        said, (at_ms, value), xytext=(8, 0), textcoords="offset points", color=colour,
        size=PLAIN, va="center", annotation_clip=False,
    )  # fmt: skip


def _cut(text: str, most: int) -> str:
    """So much fits into a line."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _places(most: int) -> "Locator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, min_n_ticks=2)


def _dollars(amount: float) -> str:
    return money(round(amount) * USD)
