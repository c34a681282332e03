"""What the feeds know of the market together: marks, and how much each has heard."""

from collections import defaultdict
from typing import NamedTuple

from bot.clock import SECOND_MS

FRESH_MS = 30 * SECOND_MS
"""An older mark says nothing about a liquidation of now."""


class Quote(NamedTuple):
    """A mark price, whose it is, and the market's time at which it came."""

    exchange: str
    symbol: str
    price: float
    at_ms: int

    def is_fresh(self, now_ms: int) -> bool:
        return now_ms - self.at_ms <= FRESH_MS

    def replaces(self, older: "Quote") -> bool:
        """Whether it is what its coin costs, from now on.

        One contract speaks for a coin as long as it can: several lie apart, and would be a price
        that moves. The one with the shortest name: a dated one's lies percents from the others.
        """
        same = self[:2] == older[:2]
        return same or len(self.symbol) < len(older.symbol) or not older.is_fresh(self.at_ms)


class Board:
    """Marks by exchange and symbol, and by coin of any exchange; orders counted by exchange."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], Quote] = {}
        self._coins: dict[str, Quote] = {}
        self._orders: defaultdict[str, int] = defaultdict(int)
        self._all = 0

    def mark(self, exchange: str, symbol: str, coin: str | None, price: float, now_ms: int) -> None:
        """``coin`` None: the symbol is not listed, so nobody else can use its mark."""
        quote = self._marks[exchange, symbol] = Quote(exchange, symbol, price, now_ms)
        if coin is not None:
            known = self._coins.get(coin)
            if known is None or quote.replaces(known):
                self._coins[coin] = quote

    def price(self, exchange: str, symbol: str, coin: str, now_ms: int) -> float | None:
        """The contract's own mark, else one of its coin elsewhere; None without a fresh one."""
        for quote in (self._marks.get((exchange, symbol)), self._coins.get(coin)):
            if quote is not None and quote.is_fresh(now_ms):
                return quote.price
        return None

    def quote(self, coin: str, now_ms: int) -> Quote | None:
        """A fresh mark of a coin, whoever quotes it."""
        known = self._coins.get(coin)
        return known if known is not None and known.is_fresh(now_ms) else None

    def heard(self, exchange: str, orders: int) -> None:
        self._orders[exchange] += orders
        self._all += orders

    def orders_elsewhere(self, exchange: str) -> int:
        """Liquidations that all the other exchanges told, since the start."""
        return self._all - self._orders[exchange]
