"""What a window holds, complete with what is needed to tell it."""

from bot.engine.hearing import Ears
from bot.engine.tally import PLACES, SPANS, Tally
from bot.engine.windows import Windows
from bot.figures import Reading, Split
from bot.metrics.metric import Sums


class Readings:
    """Builds readings, each once while nothing changes: a thousand rules that fire share one."""

    def __init__(self, windows: Windows, ears: Ears) -> None:
        self._windows = windows
        self._ears = ears
        self._known: dict[tuple[str | None, str | None, str], Reading] = {}

    def forget(self) -> None:
        """Something has changed."""
        self._known.clear()

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading:
        """Raises ``KeyError`` for a window that is not kept."""
        scope = (coin, exchange, window)
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = self._build(coin, exchange, window)
        return known

    def _build(self, coin: str | None, exchange: str | None, window: str) -> Reading:
        windows, place = self._windows, PLACES[window]
        now_ms, span_ms = windows.now_ms, SPANS[place]
        sums: Sums = windows.sums(coin, exchange, window)
        unpriced = windows.unpriced(coin, exchange, window)
        whole = windows.find(coin, exchange)
        coins = windows.coins(exchange) if coin is None else whole
        exchanges = windows.exchanges(coin) if exchange is None else whole
        return Reading(
            coin=coin,
            exchange=exchange,
            span_ms=span_ms,
            at_ms=now_ms,
            long=sums.long,
            short=sums.short,
            count=sums.count,
            largest=windows.largest(coin, exchange, window),
            coins=_splits([(tally.coin or "", tally) for tally in coins], place),
            exchanges=_splits([(tally.exchange or "", tally) for tally in exchanges], place),
            hearing=self._ears.hearing(exchange, span_ms, now_ms, unpriced),
            complete=self._ears.complete(exchange, span_ms, now_ms),
        )


def _splits(tallies: list[tuple[str, Tally]], place: int) -> tuple[Split, ...]:
    """Largest first, by name where equal; those without an order are left out."""
    splits = [
        Split(name, tally.long_in(place), tally.short_in(place))
        for name, tally in tallies
        if tally.count_in(place)
    ]
    return tuple(sorted(splits, key=lambda split: (-split.total, split.name)))
