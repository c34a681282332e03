"""One cascade as it adds up, minute by minute, and the ``Wave`` that is told of it."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from bot.clock import MINUTE_MS
from bot.figures import Order, Split
from bot.flush.book import BASE, Book, Cell
from bot.flush.flush import Span, Wave

QUIET = 15
"""Minutes in which none reached the bar: then it is over, since the last that did."""

SPANS = (1, 5, 15, 60)


class Sums(msgspec.Struct):
    """What was added up of a cascade, besides its minutes."""

    count: int = 0
    largest: Order | None = None
    coins: dict[str, list[int]] = {}
    exchanges: dict[str, list[int]] = {}
    low: float | None = None
    high: float | None = None

    def take(self, coin: str, cell: Cell, priced: bool) -> None:
        """Add a minute of a coin; ``priced``: its price is the cascade's."""
        self.count += cell.count
        if cell.count:
            _add(self.coins, coin, cell.sides)
        for exchange, sides in cell.exchanges.items():
            _add(self.exchanges, exchange, sides)
        self.weigh(cell.largest)
        if priced and (prices := cell.range) is not None:
            self.low = prices[0] if self.low is None else min(self.low, prices[0])
            self.high = prices[1] if self.high is None else max(self.high, prices[1])

    def add(self, order: Order) -> None:
        """Add a single order; it came too late to tell a price."""
        sides = [0, 0]
        sides[order.side] = order.usd
        self.count += 1
        _add(self.coins, order.coin, sides)
        _add(self.exchanges, order.exchange, sides)
        self.weigh(order)

    def weigh(self, order: Order | None) -> None:
        """Keep the largest order; of equal ones the earliest."""
        if order is not None and (
            self.largest is None
            or (-order.usd, order.time_ms) < (-self.largest.usd, self.largest.time_ms)
        ):
            self.largest = order

    def copy(self) -> "Sums":
        return msgspec.structs.replace(
            self,
            coins={name: list(sides) for name, sides in self.coins.items()},
            exchanges={name: list(sides) for name, sides in self.exchanges.items()},
        )


class Cascade(msgspec.Struct):
    """Minutes are numbers since 1970. ``last`` reached the bar last; ``end`` None: it goes on.

    The minutes before ``edge`` are in ``sums`` and in ``longs`` and ``shorts`` (from ``start`` on);
    the others are still in the book.
    """

    coin: str | None
    start: int
    last: int
    edge: int
    end: int | None
    sums: Sums
    longs: list[int]
    shorts: list[int]

    def settle(self, book: Book, until: int) -> None:
        """Take the minutes before ``until`` out of the book."""
        for minute in range(self.edge, until):
            longs, shorts = book.sides(self.coin, minute)
            self.longs.append(longs)
            self.shorts.append(shorts)
            take(self.sums, book, self.coin, minute)
        self.edge = max(self.edge, until)

    def finish(self, book: Book) -> None:
        """It ended with the last minute that reached the bar."""
        self.settle(book, self.last + 1)
        self.end = self.last

    def late(self, order: Order) -> None:
        """Add an order that belongs to a minute which the book or the cascade has closed."""
        minute = order.time_ms // MINUTE_MS
        if self.start <= minute < self.edge:
            (self.longs, self.shorts)[order.side][minute - self.start] += order.usd
            self.sums.add(order)

    def columns(self, book: Book, now: int) -> tuple[list[int], list[int]]:
        """Longs and shorts of its minutes until now, or until its end."""
        if self.end is not None:
            return self.longs, self.shorts
        rest = [book.sides(self.coin, minute) for minute in range(self.edge, now + 1)]
        return self.longs + [pair[0] for pair in rest], self.shorts + [pair[1] for pair in rest]

    def wave(self, book: Book, now_ms: int) -> Wave:
        """What is told of it now."""
        now = now_ms // MINUTE_MS
        longs, shorts = self.columns(book, now)
        sums = self.sums
        if self.end is None:
            sums = self.sums.copy()
            for minute in range(self.edge, now + 1):
                take(sums, book, self.coin, minute)
        spans = worst(longs, shorts, self.start, now_ms)
        return Wave(
            start_ms=self.start * MINUTE_MS,
            end_ms=None if self.end is None else (self.end + 1) * MINUTE_MS,
            long=sum(longs),
            short=sum(shorts),
            count=sums.count,
            largest=sums.largest,
            worst_minute=spans[0],
            worst_5m=spans[1],
            worst_15m=spans[2],
            worst_hour=spans[3],
            coins=splits(sums.coins),
            exchanges=splits(sums.exchanges),
            low=sums.low,
            high=sums.high,
        )


def begun(coin: str | None, start: int, last: int) -> Cascade:
    """A cascade whose minutes are all in the book."""
    return Cascade(coin, start, last, start, None, Sums(), [], [])


def take(sums: Sums, book: Book, coin: str | None, minute: int) -> None:
    """Add a minute of a scope."""
    base = BASE if coin is None else coin
    for name, cell in book.cells(coin, minute):
        sums.take(name, cell, name == base)


def worst(longs: Sequence[int], shorts: Sequence[int], start: int, now_ms: int) -> list[Span]:
    """The largest 1, 5, 15 and 60 neighbouring minutes; of equal ones the earliest.

    What is shorter counts whole. A span that has not run out ends now.
    """
    long, short = [0, *accumulate(longs)], [0, *accumulate(shorts)]
    many = len(longs)
    found = []
    for length in SPANS:
        ends = range(min(length, many), many + 1)
        firsts = [max(0, end - length) for end in ends]
        totals = [
            long[end] + short[end] - long[first] - short[first]
            for end, first in zip(ends, firsts, strict=True)
        ]
        place = totals.index(max(totals))
        end, first = ends[place], firsts[place]
        at_ms = min((start + end) * MINUTE_MS, now_ms)
        found.append(Span(long[end] - long[first], short[end] - short[first], at_ms))
    return found


def splits(sides: dict[str, list[int]]) -> tuple[Split, ...]:
    """Largest first, of equal ones by name."""
    told: Iterable[Split] = (Split(name, pair[0], pair[1]) for name, pair in sides.items())
    return tuple(sorted(told, key=lambda split: (-split.total, split.name)))


def _add(sums: dict[str, list[int]], name: str, sides: Sequence[int]) -> None:
    pair = sums.get(name)
    if pair is None:
        sums[name] = [sides[0], sides[1]]
    else:
        pair[0] += sides[0]
        pair[1] += sides[1]
