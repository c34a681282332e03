"""The past of each scope, seeded from storage and kept up as minutes leave the book."""

from bot.clock import MINUTE_MS
from bot.flush.bars import bar
from bot.flush.book import Minute
from bot.flush.past import Past
from bot.ports.record import Series

MOST = 500
"""Coins whose past is held; the one that was quiet for longest goes first."""


class Pasts:
    """``since``: the minute since which the past is known at all."""

    def __init__(self, since: int) -> None:
        self.since = since
        self._pasts: dict[str | None, Past] = {None: Past()}
        self._bars: dict[str | None, tuple[int, int]] = {}
        self._minute = -1

    def bar(self, coin: str | None, now: int) -> tuple[int, int]:
        """Baseline and bar of a scope; worked out once a minute."""
        if now != self._minute:
            self._bars.clear()
            self._minute = now
        known = self._bars.get(coin)
        if known is None:
            known = self._bars[coin] = bar(coin, self._pasts.get(coin), now, self.since)
        return known

    def seed(self, coin: str | None, series: Series, from_ms: int, until: int) -> None:
        """What was heard of a scope since then; minutes from ``until`` on are in the book.

        Raises ``ValueError`` for spans other than minutes.
        """
        if series.span_ms != MINUTE_MS:
            raise ValueError(f"spans of {series.span_ms} ms are no minutes")
        if coin is None:
            self.since = min(self.since, -(-from_ms // MINUTE_MS))
        past = self._past(coin)
        for start_ms, longs, shorts in zip(series.starts, series.longs, series.shorts, strict=True):
            minute = start_ms // MINUTE_MS
            if minute < until:
                past.add(minute, longs + shorts)
        self._bars.clear()

    def take(self, number: int, minute: Minute) -> None:
        """A minute that leaves the book."""
        if any(minute.sides):
            self._past(None).add(number, sum(minute.sides))
        for coin, cell in minute.coins.items():
            if cell.count:
                self._past(coin).add(number, sum(cell.sides))

    def recall(self, coin: str | None, minute: int, amount: int) -> None:
        """More of a minute that the book holds no longer."""
        self._past(coin).add(minute, amount)
        self._bars.pop(coin, None)

    def _past(self, coin: str | None) -> Past:
        past = self._pasts.get(coin)
        if past is None:
            if len(self._pasts) > MOST:
                self._forget()
            past = self._pasts[coin] = Past()
        return past

    def _forget(self) -> None:
        coins = (coin for coin in self._pasts if coin is not None)
        quiet = min(coins, key=lambda coin: (self._pasts[coin].latest, coin))
        del self._pasts[quiet]
