"""Facts of several sources made one figure: sums, means weighted by open interest, shares."""

from collections.abc import Iterable

from bot.structure.facts import ALL, Fact, Measure
from bot.structure.look import Look
from bot.structure.view import Elsewhere, Figure, Part

_APART = (Measure.OI_USD, Measure.FUNDING, Measure.LIQUIDATED)


def figure(value: float, facts: Iterable[Fact], look: Look) -> Figure:
    """``value`` with its evidence: as old as the oldest fact in it."""
    used = list(facts)
    titles = tuple(sorted({look.sources[fact.source] for fact in used}))
    return Figure(value, min(fact.at_ms for fact in used), titles)


def summed(look: Look, measure: Measure) -> Figure | None:
    """The sum over all sources with a fresh fact."""
    facts = look.fresh(measure).values()
    return figure(sum(fact.value for fact in facts), facts, look) if facts else None


def parts(look: Look) -> tuple[Part, ...]:
    """Open interest by source, in coins and in US dollars."""
    dollars = oi_usd(look)
    return tuple(
        Part(
            look.sources[source],
            fact.value,
            dollars[source].value if source in dollars else None,
            fact.at_ms,
        )
        for source, fact in look.fresh(Measure.OI).items()
    )


def oi_usd(look: Look) -> dict[str, Fact]:
    """By source: its coins at its own mark, or what it tells in US dollars itself."""
    told, coins, marks = (
        look.fresh(measure) for measure in (Measure.OI_USD, Measure.OI, Measure.MARK)
    )
    valued = {
        source: Fact(
            source,
            look.coin,
            Measure.OI_USD,
            min(fact.at_ms, marks[source].at_ms),
            fact.value * marks[source].value,
        )
        for source, fact in coins.items()
        if source in marks
    }
    return {source: fact for source in look.sources if (fact := (told | valued).get(source))}


def weighted(look: Look, measure: Measure) -> Figure | None:
    """The mean over sources, each weighted by its open interest in coins (METRICS 4.13).

    A source without fresh open interest has no weight and is left out.
    """
    weights = look.fresh(Measure.OI)
    facts = [fact for fact in look.fresh(measure).values() if fact.source in weights]
    whole = sum(weights[fact.source].value for fact in facts)
    if whole <= 0:
        return None
    value = sum(fact.value * weights[fact.source].value for fact in facts) / whole
    return figure(value, [*facts, *(weights[fact.source] for fact in facts)], look)


def oi_share(look: Look) -> Figure | None:
    """The coin's part of the open interest of all coins, over sources that tell both."""
    own, all_coins = oi_usd(look), look.fresh(Measure.OI_USD, ALL)
    both = [source for source in own if source in all_coins]
    whole = sum(all_coins[source].value for source in both)
    if whole <= 0:
        return None
    part = sum(own[source].value for source in both)
    used = [facts[source] for facts in (own, all_coins) for source in both]
    return figure(part / whole, used, look)


def elsewhere(look: Look) -> tuple[Elsewhere, ...]:
    """What each source of ``look`` says, by itself."""
    return tuple(
        Elsewhere(measure, figure(fact.value, (fact,), look))
        for measure in _APART
        for fact in look.fresh(measure).values()
    )
