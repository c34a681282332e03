"""What a replay tells: exact sums over the whole recording, as one object and as a page."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.clock import as_datetime
from bot.market import Liquidation, Side, dollars
from bot.wording.numbers import count, named

_EXACT = Context(prec=400)
"""More digits than any sum of what the dialects let through can have."""

_COINS_SHOWN = 12


class Sums:
    """Liquidations of one exchange or coin; US dollars, exact. Unpriced ones count as events."""

    __slots__ = ("events", "long_usd", "short_usd")

    def __init__(self) -> None:
        self.events = 0
        self.long_usd = Decimal(0)
        self.short_usd = Decimal(0)

    def add(self, side: Side, notional: Decimal | None) -> None:
        self.events += 1
        if notional is None:
            return
        if side is Side.LONG:
            self.long_usd = _EXACT.add(self.long_usd, notional)
        else:
            self.short_usd = _EXACT.add(self.short_usd, notional)

    @property
    def total_usd(self) -> Decimal:
        return _EXACT.add(self.long_usd, self.short_usd)

    def as_json(self) -> dict[str, object]:
        return {
            "events": self.events,
            "long_usd": plain(self.long_usd),
            "short_usd": plain(self.short_usd),
        }


class Totals:
    """Sums over all, by exchange and by coin."""

    def __init__(self) -> None:
        self.unpriced = 0
        self.exchanges: dict[str, Sums] = {}
        self.coins: dict[str, Sums] = {}

    def add(self, events: Iterable[Liquidation]) -> None:
        for event in events:
            notional = event.notional
            self.unpriced += notional is None
            for sums, name in ((self.exchanges, event.exchange), (self.coins, event.coin)):
                known = sums.get(name)
                if known is None:
                    known = sums[name] = Sums()
                known.add(event.side, notional)

    def whole(self) -> Sums:
        whole = Sums()
        for part in self.exchanges.values():
            whole.events += part.events
            whole.long_usd = _EXACT.add(whole.long_usd, part.long_usd)
            whole.short_usd = _EXACT.add(whole.short_usd, part.short_usd)
        return whole


def by_size(sums: Mapping[str, Sums]) -> dict[str, dict[str, object]]:
    """Largest total first, then by name."""
    order = sorted(sums, key=lambda name: (-sums[name].total_usd, name))
    return {name: sums[name].as_json() for name in order}


def plain(amount: Decimal) -> str:
    """All digits, never an exponent."""
    return format(amount, "f")


def amount_text(units: int) -> str:
    """US dollars of an integer amount, without the zeros behind: ``1500000.5``."""
    text = plain(dollars(units))
    return text.rstrip("0").rstrip(".") if "." in text else text


def summary(report: Mapping[str, Any]) -> RenderableType:
    """The report as a page for people."""
    return Group(*_parts(report))


def _parts(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    noun = "liquidation" if report["events"] == 1 else "liquidations"
    yield Text.assemble(
        (f"{count(report['events'])} {noun}", "bold"),
        f"   longs ${_money(report['long_usd'])}   shorts ${_money(report['short_usd'])}",
    )
    counts = ((name, report[name]) for name in ("duplicates", "unpriced", "ignored", "bad"))
    yield Text("   ".join(f"{name} {count(number)}" for name, number in counts), style="dim")
    yield _sums_table("Exchange", {named(k): v for k, v in report["exchanges"].items()})
    yield _sums_table("Coin", report["coins"])
    yield _peaks_table(report["peaks"])
    if report["alerts"]:
        yield _alerts_table(report["alerts"])


def _sums_table(title: str, rows: Mapping[str, Any]) -> Table:
    table = _table((title, "Events", "Longs USD", "Shorts USD"))
    for name, row in list(rows.items())[:_COINS_SHOWN]:
        table.add_row(
            Text(name), count(row["events"]), _money(row["long_usd"]), _money(row["short_usd"])
        )
    if len(rows) > _COINS_SHOWN:
        table.add_row(Text(f"and {len(rows) - _COINS_SHOWN} more", style="dim"))
    return table


def _peaks_table(peaks: Mapping[str, Any]) -> Table:
    table = _table(("Window", "Peak USD", "At (UTC)"))
    for window, peak in peaks.items():
        table.add_row(window, _money(peak["total_usd"]), _moment(peak["at"]))
    return table


def _alerts_table(alerts: Iterable[Mapping[str, Any]]) -> Table:
    table = _table(("Alert", "Value", "At (UTC)"))
    for alert in alerts:
        value = f"{Decimal(alert['value']):,}"
        table.add_row(Text(alert["rule"]), value, _moment(alert["at"]))
    return table


def _table(columns: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), title_justify="left")
    table.add_column(columns[0], style="bold")
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"


def _moment(at_ms: int | None) -> str:
    return "–" if at_ms is None else as_datetime(at_ms).strftime("%Y-%m-%d %H:%M:%S")
