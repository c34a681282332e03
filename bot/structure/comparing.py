"""Views made comparable: changes are formed over the same sources on both sides."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.structure.view import Figure, MarketView, Part


def comparable(views: Sequence[MarketView]) -> list[MarketView]:
    """The same views, their open interest summed over the sources that told it in all of them.

    Where none did, ``oi`` and ``oi_usd`` are None in all: there is nothing to compare.
    """
    named = [{part.source for part in view.oi_parts} for view in views]
    common = set.intersection(*named) if named else set()
    return [_over(view, common) for view in views]


def oi_change(earlier: MarketView, later: MarketView) -> Figure | None:
    """Later coins / earlier coins - 1 over the sources of both, as old as the later ones.

    In coins, because open interest in US dollars falls when the price does (METRICS 4.11).
    """
    before, after = (view.oi for view in comparable((earlier, later)))
    if before is None or after is None or before.value <= 0:
        return None
    return Figure(after.value / before.value - 1, after.at_ms, after.sources)


def total(parts: Sequence[Part]) -> tuple[Figure | None, Figure | None]:
    """The sums in coins and in US dollars; the latter over those that have it."""
    coins = [(part.coins, part) for part in parts]
    dollars = [(part.usd, part) for part in parts if part.usd is not None]
    return _sum(coins), _sum(dollars)


def _over(view: MarketView, sources: set[str]) -> MarketView:
    parts = tuple(part for part in view.oi_parts if part.source in sources)
    coins, dollars = total(parts)
    return replace(view, oi=coins, oi_usd=dollars, oi_parts=parts)


def _sum(values: Sequence[tuple[float, Part]]) -> Figure | None:
    if not values:
        return None
    at_ms = min(part.at_ms for _, part in values)
    sources = tuple(sorted(part.source for _, part in values))
    return Figure(sum(value for value, _ in values), at_ms, sources)
