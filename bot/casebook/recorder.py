"""The last hours minute by minute, in memory: what was liquidated of each coin, and at what price.

Pure; its only clock is the market's time that events tell. Sums of all coins are whole for as long
as a minute is kept. Of single coins the ``MOST`` largest are: of one that was forgotten nothing is
told of the time before.
"""

from collections.abc import Iterable
from statistics import median

import msgspec

from bot.clock import HOUR_MS, MINUTE_MS
from bot.engine.windows import LATE_MS
from bot.events import Event, Heard, Recalled, Tick
from bot.flush.book import BASE
from bot.flush.life import WATCH_MS
from bot.market import Liquidation, Side, usd
from bot.sentences.case import MinuteSum

KEPT_MS = WATCH_MS + 2 * HOUR_MS
"""The watch after a flush, with the hour before it and some to spare."""

MOST = 150
"""Coins that are kept by themselves, BTC always."""

PRICES = 31
"""The last orders of a minute whose median is its price: many tell a bankruptcy price."""

PRICED = 3
"""Minutes after which an order comes too late to tell a price."""


class Minute(msgspec.Struct, frozen=True, gc=False):
    """One minute of a scope: amounts in ``market.USD``, prices in US dollars where known."""

    start_ms: int
    long: int
    short: int
    count: int
    low: float | None = None
    close: float | None = None
    high: float | None = None

    @property
    def total(self) -> int:
        return self.long + self.short


class Recorder:
    """``since_ms``: nothing is known of the time before; ``recall`` may fill what comes after."""

    def __init__(self, since_ms: int) -> None:
        self._since = -(-since_ms // MINUTE_MS)
        self._now_ms = since_ms
        self._all: dict[int, _Sum] = {}
        self._coins: dict[str, dict[int, _Cell]] = {}
        self._forgotten: dict[str, int] = {}
        """The last minute of which a coin is not known any more."""

    def hear(self, event: Event) -> None:
        """Take one event in; what does not concern markets is ignored."""
        if isinstance(event, Heard):
            self._pass(event.received_ms)
            self._take(event.events, self._now_ms - LATE_MS)
        elif isinstance(event, Recalled):
            self._pass(event.received_ms)
            self._take(event.events, 0)
        elif isinstance(event, Tick):
            self._pass(event.now_ms)

    def recall(self, orders: Iterable[Liquidation]) -> None:
        """Take in what the tape kept, in the order in which it was heard."""
        for order in orders:
            self._pass(order.received_ms)
            self._take((order,), 0)

    def price(self, coin: str, at_ms: int, price: float) -> None:
        """A price from elsewhere: of its minute it takes the place of the orders'."""
        minute = at_ms // MINUTE_MS
        if self._first <= minute <= self._now and not self._is_forgotten(coin, minute):
            self._cell(coin, minute).tell(price)

    def known_from_ms(self, coin: str | None) -> int:
        """From where on the minutes of a scope are whole."""
        first = max(self._first, self._since)
        if coin is not None:
            first = max(first, self._forgotten.get(coin, -1) + 1)
        return first * MINUTE_MS

    def minutes(self, coin: str | None, from_ms: int, to_ms: int) -> list[Minute]:
        """Those that begin in [from, to) and are known, without a hole, the running one too.

        Prices are the coin's, or of BTC for all coins (None).
        """
        first = -(-max(from_ms, self.known_from_ms(coin)) // MINUTE_MS)
        last = min(-(-to_ms // MINUTE_MS) - 1, self._now)
        return [self._minute(coin, minute) for minute in range(first, last + 1)]

    def sums(self, coin: str | None, from_ms: int, to_ms: int) -> tuple[MinuteSum, ...]:
        """The same as sentences look at them."""
        return tuple(self._sum(coin, minute) for minute in self.minutes(coin, from_ms, to_ms))

    @property
    def _now(self) -> int:
        return self._now_ms // MINUTE_MS

    @property
    def _first(self) -> int:
        """The oldest minute that is kept."""
        return (self._now_ms - KEPT_MS) // MINUTE_MS

    def _pass(self, now_ms: int) -> None:
        """Time passes; a step back is ignored."""
        before, self._now_ms = self._now, max(self._now_ms, now_ms)
        if self._now > before:
            self._turn(before)

    def _turn(self, before: int) -> None:
        """Forget what is old, and the smallest coins where they are many."""
        first = self._first
        _drop(self._all, first)
        priced = range(max(first, before - PRICED), self._now - PRICED + 1)
        for coin, cells in list(self._coins.items()):
            _drop(cells, first)
            for minute in priced:
                if minute in cells:
                    cells[minute].settle()
            if not cells:
                del self._coins[coin]
        self._forgotten = {coin: at for coin, at in self._forgotten.items() if at >= first}
        if len(self._coins) > MOST:
            for coin in self._smallest(len(self._coins) - MOST):
                del self._coins[coin]
                self._forgotten[coin] = self._now

    def _smallest(self, many: int) -> list[str]:
        sizes = {
            coin: sum(cell.total for cell in cells.values())
            for coin, cells in self._coins.items()
            if coin != BASE
        }
        return sorted(sizes, key=lambda coin: (sizes[coin], coin))[:many]

    def _take(self, orders: Iterable[Liquidation], oldest_ms: int) -> None:
        first = max(self._first, self._since)
        for order in orders:
            if order.notional is None or order.time_ms < oldest_ms:
                continue
            minute = min(order.time_ms, self._now_ms) // MINUTE_MS
            if minute < first:
                continue
            amount = usd(order.notional)
            whole = self._all.get(minute)
            if whole is None:
                whole = self._all[minute] = _Sum()
            whole.add(order.side, amount)
            if not self._is_forgotten(order.coin, minute):
                cell = self._cell(order.coin, minute)
                cell.add(order.side, amount)
                if self._now - minute < PRICED:
                    cell.quote(float(order.price))

    def _is_forgotten(self, coin: str, minute: int) -> bool:
        return minute <= self._forgotten.get(coin, -1)

    def _cell(self, coin: str, minute: int) -> "_Cell":
        cells = self._coins.setdefault(coin, {})
        cell = cells.get(minute)
        if cell is None:
            cell = cells[minute] = _Cell()
        return cell

    def _minute(self, coin: str | None, minute: int) -> Minute:
        cell = self._coins.get(coin or BASE, {}).get(minute)
        told = (self._all.get(minute) if coin is None else cell) or _Sum()
        low, close, high = cell.prices() if cell else (None, None, None)
        return Minute(minute * MINUTE_MS, told.long, told.short, told.count, low, close, high)

    def _sum(self, coin: str | None, minute: Minute) -> MinuteSum:
        number = minute.start_ms // MINUTE_MS
        whole = self._all.get(number) or _Sum()
        base = self._coins.get(BASE, {}).get(number) or _Sum()
        return MinuteSum(
            start_ms=minute.start_ms,
            btc=base.total,
            alts=whole.total - base.total,
            low=minute.low,
            close=minute.close,
            high=minute.high,
            own=None if coin in (None, BASE) else minute.total,
            count=minute.count,
        )


class _Sum(msgspec.Struct):
    long: int = 0
    short: int = 0
    count: int = 0

    @property
    def total(self) -> int:
        return self.long + self.short

    def add(self, side: Side, amount: int) -> None:
        if side is Side.LONG:
            self.long += amount
        else:
            self.short += amount
        self.count += 1


class _Cell(_Sum):
    """``quotes``: prices of its last orders, ``middle`` what they came to. ``told``: low, close and
    high from elsewhere."""

    quotes: list[float] = []
    middle: float | None = None
    told: tuple[float, float, float] | None = None

    def quote(self, price: float) -> None:
        """The price of an order that was just added."""
        if len(self.quotes) < PRICES:
            self.quotes.append(price)
        else:
            self.quotes[(self.count - 1) % PRICES] = price

    def tell(self, price: float) -> None:
        low, _, high = self.told or (price, price, price)
        self.told = (min(low, price), price, max(high, price))

    def prices(self) -> tuple[float | None, float | None, float | None]:
        """Low, close and high."""
        if self.told is not None:
            return self.told
        middle = median(self.quotes) if self.quotes else self.middle
        return middle, middle, middle

    def settle(self) -> None:
        """No further order tells its price."""
        if self.quotes:
            self.middle = median(self.quotes)
            self.quotes = []


def _drop(minutes: "dict[int, _Sum] | dict[int, _Cell]", first: int) -> None:
    for minute in [minute for minute in minutes if minute < first]:
        del minutes[minute]
