"""A coin's market at any moment, put together from the shelf."""

from collections.abc import Callable, Collection, Iterable, Sequence

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, Now
from bot.structure import volatility
from bot.structure.aggregates import elsewhere, oi_share, parts, summed, weighted
from bot.structure.comparing import comparable, oi_change, total
from bot.structure.crowding import funding_percentile, oi_percentile
from bot.structure.facts import Candle, Measure
from bot.structure.flows import takers, traded
from bot.structure.lacking import lacking
from bot.structure.levels import levels
from bot.structure.look import DAILY_LIMIT_MS, Look, Shelf
from bot.structure.prices import price
from bot.structure.source import Source
from bot.structure.trends import futures_to_spot, oi_to_depth
from bot.structure.view import Figure, MarketView, Missing

OI_BEFORE_LIMIT_MS = HOUR_MS
"""Sources tell open interest of the day before a start by the hour."""


def view(
    shelf: Shelf, coin: str, at_ms: int, missing: Iterable[Missing], sources: Iterable[Source]
) -> MarketView:
    """What was known at ``at_ms``, now or in the past; nothing that came later is in it.

    ``sources`` in the order of their registry. Those with a key count exchanges that cannot be
    heard: they stand in ``elsewhere`` and in no sum.
    """
    known = list(sources)
    look = Look(shelf, coin, at_ms, {one.name: one.title for one in known if not one.keyed})
    keyed = {one.name: one.title for one in known if one.keyed}
    apart = Look(shelf, coin, at_ms, keyed, DAILY_LIMIT_MS)
    now, day_change = price(look)
    shares = parts(look)
    oi, oi_usd = total(shares)
    recent, usual = volatility.both(look)
    buys, sells = takers(look)
    return MarketView(
        coin,
        at_ms,
        price=now,
        day_change=day_change,
        oi=oi,
        oi_usd=oi_usd,
        oi_day_change=_oi_day_change(look),
        oi_share=oi_share(look),
        funding=weighted(look, Measure.FUNDING),
        funding_percentile=funding_percentile(look),
        oi_percentile=oi_percentile(look),
        long_accounts=weighted(look, Measure.LONG_ACCOUNTS),
        volatility=recent,
        usual_volatility=usual,
        spot_buys=buys,
        spot_sells=sells,
        **_sums(look),
        futures_to_spot=futures_to_spot(look),
        oi_to_depth=oi_to_depth(look),
        levels=levels(look),
        missing=lacking(missing, look, apart),
        oi_parts=shares,
        elsewhere=elsewhere(apart),
    )


class Views:
    """Fulfils ``bot.ports.Markets``: the coins that are followed, now and at past moments.

    ``missing`` tells what the pollers could not learn.
    """

    def __init__(
        self,
        shelf: Shelf,
        coins: Collection[str],
        sources: Sequence[Source],
        missing: Callable[[], Iterable[Missing]],
        market: Now,
    ) -> None:
        self._shelf = shelf
        self._coins = tuple(coins)
        self._sources = tuple(sources)
        self._missing = missing
        self._market = market

    def coins(self) -> Collection[str]:
        """In the order in which they were set."""
        return self._coins

    def view(self, coin: str) -> MarketView | None:
        """The market now; None for a coin that is not followed."""
        return self.at(coin, self._market.now_ms())

    def at(self, coin: str, at_ms: int) -> MarketView | None:
        """The market as it was known at ``at_ms``."""
        if coin not in self._coins:
            return None
        return view(self._shelf, coin, at_ms, self._missing(), self._sources)

    def around(self, coin: str, *moments: int) -> list[MarketView]:
        """The market at several moments, open interest over the same sources in all of them."""
        told = [view for at_ms in moments if (view := self.at(coin, at_ms)) is not None]
        return comparable(told)

    def traded(self, coin: str, at_ms: int, span_ms: int) -> Figure | None:
        """US dollars traded on futures in a span that ended at ``at_ms``."""
        return traded(self._look(coin, at_ms), span_ms)

    def glance(self, coin: str, at_ms: int, sources: tuple[str, ...] = ()) -> MarketView | None:
        """Open interest and volatility alone, a small part of what a view costs.

        ``sources``: whose volatility it is, by titles; the first that tells it where not given.
        """
        if coin not in self._coins:
            return None
        look = self._look(coin, at_ms)
        shares = parts(look)
        oi, oi_usd = total(shares)
        told = volatility.recent(look).values()
        known = (one for one in told if not sources or one.sources == sources)
        recent = next(known, None)
        return MarketView(coin, at_ms, oi=oi, oi_usd=oi_usd, volatility=recent, oi_parts=shares)

    def volatilities(self, coin: str, at_ms: int, count: int) -> tuple[float, ...]:
        """Over 15 minutes, per year, the last bars until then, oldest first."""
        return volatility.bars(self._look(coin, at_ms), count)

    def minutes(self, coin: str, from_ms: int, to_ms: int) -> list[Candle]:
        """Of futures, with a start in [from, to), oldest first, by the source that tells most."""
        told = self._shelf.candles(coin, False, MINUTE_MS, from_ms, to_ms)
        known = [told[one.name] for one in self._sources if not one.keyed and one.name in told]
        return max(known, key=len, default=[])

    def _look(self, coin: str, at_ms: int) -> Look:
        titles = {one.name: one.title for one in self._sources if not one.keyed}
        return Look(self._shelf, coin, at_ms, titles)


_SUMS = {
    "volume": Measure.VOLUME,
    "spot_volume": Measure.SPOT_VOLUME,
    "bids_1": Measure.BIDS_1,
    "asks_1": Measure.ASKS_1,
    "bids_2": Measure.BIDS_2,
    "asks_2": Measure.ASKS_2,
    "spot_bids_1": Measure.SPOT_BIDS_1,
    "spot_asks_1": Measure.SPOT_ASKS_1,
    "spot_bids_2": Measure.SPOT_BIDS_2,
    "spot_asks_2": Measure.SPOT_ASKS_2,
}
"""Fields of a view that are nothing but a sum over sources."""


def _sums(look: Look) -> dict[str, Figure | None]:
    return {field: summed(look, measure) for field, measure in _SUMS.items()}


def _oi_day_change(look: Look) -> float | None:
    then = look.ago(DAY_MS, OI_BEFORE_LIMIT_MS)
    before, now = (MarketView(at.coin, at.at_ms, oi_parts=parts(at)) for at in (then, look))
    change = oi_change(before, now)
    return change.value if change else None
