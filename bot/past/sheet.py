"""A CSV file of sums, read whole: every row of it is sound, or nothing of it is taken."""

import csv
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from bot.clock import HOUR_MS, as_datetime
from bot.errors import UserError
from bot.past.cells import amount, coin_named, exchange_named, moment
from bot.ports import PastSum
from bot.wording.numbers import duration, named, together

COLUMNS = ("time", "coin", "exchange", "long_usd", "short_usd")

BATCH = 10_000
"""Rows handed over at once."""


class Series:
    """One coin on one exchange, in columns: a row takes 32 bytes, so a million of them fit."""

    def __init__(self, coin: str, exchange: str) -> None:
        self.coin = coin
        self.exchange = exchange
        self.starts = array("q")
        self.longs = array("q")
        self.shorts = array("q")
        self.lines = array("q")
        self.span_ms = 0

    @property
    def title(self) -> str:
        """``BTC on Binance``, ``all coins on all exchanges``"""
        exchange = named(self.exchange) if self.exchange else "all exchanges"
        return f"{self.coin or 'all coins'} on {exchange}"

    def steps(self) -> Counter[int]:
        """How often which time lies between a row and the next; 0: a time is there twice."""
        ordered = sorted(self.starts)
        return Counter(after - before for before, after in pairwise(ordered))


class Sheet:
    """Takes a file's rows and tells what they are; ``name`` is the file's, for the sentences.

    ``left_out`` counts rows whose span has not ended at ``now_ms``: they are not yet sums.
    """

    def __init__(self, name: str, now_ms: int) -> None:
        self.rows = 0
        self.left_out = 0
        self._name = name
        self._now_ms = now_ms
        self._series: dict[tuple[str, str], Series] = {}
        self._spelt: dict[tuple[str, str], Series] = {}

    def add(self, line: int, time: str, coin: str, exchange: str, long: str, short: str) -> None:
        """One row of cells. Raises ``UserError`` with the file and the line."""
        try:
            series = self._spelt.get((coin, exchange)) or self._learn(coin, exchange)
            start_ms, long_units, short_units = moment(time), amount(long), amount(short)
            if start_ms > self._now_ms:
                raise UserError(f"{_said(start_ms)} is in the future")
        except UserError as mistake:
            raise UserError(f"{self._name}, line {line}: {mistake.sentence}.") from None
        series.starts.append(start_ms)
        series.longs.append(long_units)
        series.shorts.append(short_units)
        series.lines.append(line)
        self.rows += 1

    def finish(self) -> None:
        """Find each span and check the times. Raises ``UserError``."""
        if not self.rows:
            raise UserError(f"{self._name} holds no rows.")
        steps = {series: series.steps() for series in self._series.values()}
        for series, counted in steps.items():
            if counted[0]:
                self._refuse_twins(series)
        spans = {series: _most_common(counted) for series, counted in steps.items()}
        usual = _most_common(Counter(span for span in spans.values() if span))
        for series, span in spans.items():
            series.span_ms = self._sound(series, span or usual)
            self._refuse_beside_the_grid(series)
            self.left_out += sum(s + series.span_ms > self._now_ms for s in series.starts)
        if self.left_out == self.rows:
            raise UserError(f"{self._name} holds no span that has ended yet.")

    def sums(self) -> Iterator[list[PastSum]]:
        """All that has ended, in batches; after ``finish``."""
        batch: list[PastSum] = []
        for each in self._series.values():
            for start_ms, long, short in zip(each.starts, each.longs, each.shorts, strict=True):
                if start_ms + each.span_ms <= self._now_ms:
                    batch.append(
                        PastSum(each.coin, each.exchange, start_ms, each.span_ms, long, short)
                    )
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _learn(self, coin: str, exchange: str) -> Series:
        key = (coin_named(coin), exchange_named(exchange))
        series = self._series.setdefault(key, Series(*key))
        self._spelt[coin, exchange] = series
        return series

    def _refuse_twins(self, series: Series) -> None:
        first: dict[int, int] = {}
        for start_ms, line in zip(series.starts, series.lines, strict=True):
            earlier = first.setdefault(start_ms, line)
            if earlier != line:
                raise UserError(
                    f"{self._name}, line {line}: {series.title} at {_said(start_ms)} stands in "
                    f"line {earlier} already."
                )

    def _sound(self, series: Series, span_ms: int | None) -> int:
        if span_ms is None:
            raise UserError(
                f"{self._name} has one row only for {series.title}, which does not tell how long "
                "its span is: give at least two."
            )
        if span_ms > HOUR_MS:
            raise UserError(
                f"{self._name} has a row every {duration(span_ms)} for {series.title}, which "
                "cannot tell how unusual an hour is: export it hourly or finer, with rows of 0 "
                "where nothing was liquidated."
            )
        if HOUR_MS % span_ms:
            raise UserError(
                f"{self._name} has a row every {span_ms / 60_000:g} min for {series.title}, which "
                "does not add up to hours: export it hourly, or every 30, 15, 5 or 1 min."
            )
        return span_ms

    def _refuse_beside_the_grid(self, series: Series) -> None:
        span_ms = series.span_ms
        for start_ms, line in zip(series.starts, series.lines, strict=True):
            if start_ms % span_ms:
                raise UserError(
                    f"{self._name}, line {line}: {_said(start_ms)} is not where a span of "
                    f"{duration(span_ms)} begins; the time is a span's start, in UTC."
                )


def read_sheet(path: Path, now_ms: int) -> Sheet:
    """A whole file. Raises ``UserError`` in one sentence, with the line where there is one."""
    sheet = Sheet(str(path), now_ms)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            _read(lines, sheet, str(path))
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text: save it as CSV in UTF-8.") from None
    except OSError as error:
        raise UserError(f"I cannot read {path}: {error.strerror or error}.") from None
    sheet.finish()
    return sheet


def _read(lines: Iterable[str], sheet: Sheet, name: str) -> None:
    reader = csv.reader(lines, strict=True)
    try:
        header = next((row for row in reader if row), None)
        if header is None:
            raise UserError(f"{name} is empty.")
        places = _places(header, name)
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise UserError(
                    f"{name}, line {reader.line_num}: there are {len(row)} cells, and the header "
                    f"names {len(header)}."
                )
            sheet.add(reader.line_num, *(row[place].strip() for place in places))
    except csv.Error as error:
        raise UserError(f"{name}, line {reader.line_num}: this is no CSV ({error}).") from None


def _places(header: list[str], name: str) -> list[int]:
    """Where each of ``COLUMNS`` stands."""
    found = [cell.strip().lower() for cell in header]
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise UserError(
            f"{name} does not name {together(missing)}: its first line must be the names "
            f"{together(COLUMNS)}, in any order, with commas between."
        )
    twice = [column for column in COLUMNS if found.count(column) > 1]
    if twice:
        raise UserError(f"{name} has more than one column {twice[0]}.")
    return [found.index(column) for column in COLUMNS]


def _most_common(counted: Counter[int]) -> int | None:
    """The smaller one of two that are equally common; None of nothing."""
    return max(counted, key=lambda step: (counted[step], -step), default=None)


def _said(at_ms: int) -> str:
    return as_datetime(at_ms).strftime("%Y-%m-%d %H:%M:%S UTC")
