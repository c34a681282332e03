"""What an import took in, counted as it was stored, and said as a small table."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from bot.clock import as_datetime
from bot.ports import PastSum
from bot.wording.numbers import count, duration, named, together

_NAMED = 8


class Taken:
    """Counts the rows of one source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.rows = 0
        self._coins: set[str] = set()
        self._exchanges: set[str] = set()
        self._spans: set[int] = set()
        self._from_ms: int | None = None
        self._to_ms = 0

    def add(self, sums: Sequence[PastSum]) -> None:
        self.rows += len(sums)
        for each in sums:
            self._coins.add(each.coin)
            self._exchanges.add(each.exchange)
            self._spans.add(each.span_ms)
            if self._from_ms is None or each.start_ms < self._from_ms:
                self._from_ms = each.start_ms
            self._to_ms = max(self._to_ms, each.start_ms + each.span_ms)

    def table(self) -> Table:
        """One line for each of: source, rows, coins, exchanges, from, to, span."""
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
        table.add_column(style="bold")
        for name, value in self._lines():
            table.add_row(name, Text(value))
        return table

    def _lines(self) -> Iterable[tuple[str, str]]:
        yield "source", self.source
        yield "rows", count(self.rows)
        yield "coins", _listed(coin or "all" for coin in self._coins)
        yield "exchanges", _listed(named(each) if each else "all" for each in self._exchanges)
        yield "from", "–" if self._from_ms is None else _said(self._from_ms)
        yield "to", "–" if self._from_ms is None else _said(self._to_ms)
        yield "span", together([duration(span_ms) for span_ms in sorted(self._spans)]) or "–"


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - _NAMED
    shown = ordered if more <= 1 else [*ordered[:_NAMED], f"{more} more"]
    return together(shown) or "–"


def _said(at_ms: int) -> str:
    return as_datetime(at_ms).strftime("%Y-%m-%d %H:%M UTC")
