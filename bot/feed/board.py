"""What the feeds know of the market together: marks, and how much each has heard."""

from collections import defaultdict

from bot.clock import SECOND_MS

FRESH_MS = 30 * SECOND_MS
"""An older mark says nothing about a liquidation of now."""

Quote = tuple[float, int]
"""A mark price and the market's time at which it came."""


class Board:
    """Marks by exchange and symbol, and by coin of any exchange; orders counted by exchange."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], Quote] = {}
        self._coins: dict[str, Quote] = {}
        self._orders: defaultdict[str, int] = defaultdict(int)
        self._all = 0

    def mark(self, exchange: str, symbol: str, coin: str | None, price: float, now_ms: int) -> None:
        """``coin`` None: the symbol is not listed, so nobody else can use its mark."""
        quote = (price, now_ms)
        self._marks[exchange, symbol] = quote
        if coin is not None:
            self._coins[coin] = quote

    def price(self, exchange: str, symbol: str, coin: str, now_ms: int) -> float | None:
        """The contract's own mark, else one of its coin elsewhere; None without a fresh one."""
        for quote in (self._marks.get((exchange, symbol)), self._coins.get(coin)):
            if quote is not None and now_ms - quote[1] <= FRESH_MS:
                return quote[0]
        return None

    def coin_price(self, coin: str, now_ms: int) -> float | None:
        """A fresh mark of a coin, whoever quotes it."""
        return self.price("", "", coin, now_ms)

    def heard(self, exchange: str, orders: int) -> None:
        self._orders[exchange] += orders
        self._all += orders

    def orders_elsewhere(self, exchange: str) -> int:
        """Liquidations that all the other exchanges told, since the start."""
        return self._all - self._orders[exchange]
