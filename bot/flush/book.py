"""The last minutes in full: what was liquidated of each coin, where, and at what prices."""

from collections.abc import Iterator
from statistics import median

import msgspec

from bot.clock import MINUTE_MS
from bot.figures import Order
from bot.flush.bars import size
from bot.market import Side

KEPT = 20
"""Minutes that are held in full: longer than a cascade may be quiet before it is over."""

PRICES = 31
"""The last orders of a minute whose median is its price: a bad print moves it by little."""

NO_LIMIT = 1 << 62

BASE = "BTC"
"""Whose price is told of the whole market."""


class Cell(msgspec.Struct):
    """One coin in one minute; amounts in ``market.USD``.

    ``sides`` are [long, short], so are those of ``exchanges``. ``limit``: the sum of a side at
    which the coin is to be judged. ``told``: lowest and highest price from elsewhere.
    """

    sides: list[int]
    exchanges: dict[str, list[int]]
    prices: list[float]
    limit: int
    count: int = 0
    largest: Order | None = None
    told: tuple[float, float] | None = None

    @property
    def range(self) -> tuple[float, float] | None:
        """Lowest and highest price; the orders' median is both where nobody told better."""
        if self.told is not None:
            return self.told
        if not self.prices:
            return None
        middle = median(self.prices)
        return middle, middle


class Minute(msgspec.Struct):
    """All coins in one minute; as ``Cell``."""

    sides: list[int]
    coins: dict[str, Cell]
    limit: int


class Book(msgspec.Struct):
    """Minutes by their number since 1970; those before ``first`` are held no more."""

    first: int
    minutes: dict[int, Minute] = {}

    def sides(self, coin: str | None, minute: int) -> tuple[int, int]:
        """Longs and shorts of a scope in a minute; ``coin`` None: all coins."""
        sums = self.sums(coin, minute)
        return (sums.sides[0], sums.sides[1]) if sums else (0, 0)

    def cells(self, coin: str | None, minute: int) -> Iterator[tuple[str, Cell]]:
        """The coins of a scope in a minute."""
        held = self.minutes.get(minute)
        if held is None:
            return
        if coin is None:
            yield from held.coins.items()
        elif coin in held.coins:
            yield coin, held.coins[coin]

    def add(
        self, coin: str, exchange: str, side: Side, usd: int, price: float, time_ms: int
    ) -> bool:
        """Take one order in; whether its coin or all coins have reached their limit with it."""
        number = time_ms // MINUTE_MS
        minute = self.minutes.get(number)
        if minute is None:
            minute = self.minutes[number] = Minute([0, 0], {}, size(None).floor)
        cell = minute.coins.get(coin)
        if cell is None:
            cell = minute.coins[coin] = Cell([0, 0], {}, [], size(coin).floor)
        minute.sides[side] += usd
        cell.sides[side] += usd
        pair = cell.exchanges.get(exchange)
        if pair is None:
            pair = cell.exchanges[exchange] = [0, 0]
        pair[side] += usd
        if len(cell.prices) < PRICES:
            cell.prices.append(price)
        else:
            cell.prices[cell.count % PRICES] = price
        cell.count += 1
        largest = cell.largest
        if largest is None or usd > largest.usd:
            cell.largest = Order(usd, coin, exchange, side, time_ms)
        return cell.sides[side] >= cell.limit or minute.sides[side] >= minute.limit

    def tell(self, coin: str, price: float, at_ms: int) -> None:
        """Take in a price from elsewhere: of its minute it takes the place of the orders'."""
        number = at_ms // MINUTE_MS
        minute = self.minutes.get(number)
        if minute is None:
            minute = self.minutes[number] = Minute([0, 0], {}, size(None).floor)
        cell = minute.coins.get(coin)
        if cell is None:
            cell = minute.coins[coin] = Cell([0, 0], {}, [], size(coin).floor)
        low, high = cell.told or (price, price)
        cell.told = (min(low, price), max(high, price))

    def sums(self, coin: str | None, minute: int) -> "Minute | Cell | None":
        """A scope's minute as it is held."""
        held = self.minutes.get(minute)
        return held if held is None or coin is None else held.coins.get(coin)

    def close(self, until: int) -> None:
        """Minutes before this one are over: of their prices only the range is kept."""
        for number, minute in self.minutes.items():
            if number < until:
                for cell in minute.coins.values():
                    if cell.prices:
                        cell.told = cell.range
                        cell.prices = []

    def drop(self, first: int) -> None:
        """Hold nothing before this minute."""
        for minute in [minute for minute in self.minutes if minute < first]:
            del self.minutes[minute]
        self.first = max(self.first, first)
